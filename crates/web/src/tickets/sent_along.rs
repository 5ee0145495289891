//! Beside the conversation: who the requester is proved to be, and what the app sent along. All of it is data. (CH-01)

use maud::{Markup, html};
use serde_json::{Map, Value};

use super::Seen;
use crate::components::facts::{Fact, Source, facts};
use crate::words::Text;

/// Whether the requester is who they say; nothing if the door did not ask.
pub(crate) fn identity(seen: &Seen) -> Option<Fact<'_>> {
    let words = seen.reader.words;
    let claimed = seen.whole.claimed.as_ref()?;
    let value = match &claimed.reason {
        _ if claimed.verified => words.say(Text::IdentitySigned).to_owned(),
        reason => {
            let reason = reason.as_deref().unwrap_or("unsigned").replace('_', " ");
            words.fill(Text::IdentityNotProved, &[("reason", &reason)])
        }
    };
    Some(Fact { name: words.say(Text::Identity), value: html! { (value) }, source: Source::Own })
}

/// The organization that only the requester speaks of, or that none is known.
pub(crate) fn claimed_organization(seen: &Seen) -> Markup {
    let words = seen.reader.words;
    let claimed = seen.whole.claimed.as_ref().and_then(|claimed| claimed.organization.as_ref());
    let Some(claimed) = claimed.filter(|claimed| claimed.known.is_none()) else {
        return html! { p.small { (words.say(Text::OrganizationUnknown)) } };
    };
    let source = Source::Said(seen.names().person(seen.whole.stored.ticket.requester));
    let facts_said = claimed.facts();
    let mut all = vec![(Text::Organization, claimed.name.clone())];
    if !facts_said.plan.is_empty() {
        all.push((Text::Plan, facts_said.plan));
    }
    if facts_said.mrr > 0.0 {
        all.push((Text::Pays, words.fill(Text::AMonth, &[("amount", &facts_said.mrr)])));
    }
    let all: Vec<Fact<'_>> = all
        .into_iter()
        .map(|(name, value)| Fact { name: words.say(name), value: html! { (value) }, source })
        .collect();
    facts(&seen.reader, &all)
}

/// What the app sent along.
pub(crate) fn sent_along(seen: &Seen) -> Markup {
    let context: Option<Map<String, Value>> =
        seen.whole.context.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let Some(context) = context else { return html! {} };
    let words = seen.reader.words;
    let named = |key: &str| match key {
        "page" => words.say(Text::WidgetPage).to_owned(),
        "version" => words.say(Text::WidgetVersion).to_owned(),
        "browser" => words.say(Text::WidgetBrowser).to_owned(),
        "locale" => words.say(Text::WidgetLanguage).to_owned(),
        "zone" => words.say(Text::WidgetZone).to_owned(),
        "replay" => words.say(Text::WidgetReplay).to_owned(),
        "distinct_id" => words.say(Text::WidgetPerson).to_owned(),
        "errors" => words.say(Text::WidgetErrors).to_owned(),
        other => other.to_owned(),
    };
    html! {
        h3 { (words.say(Text::SentByApp)) }
        dl.facts {
            @for (key, value) in &context {
                dt { (named(key)) }
                dd dir="auto" { (shown(seen, key, value)) }
            }
        }
    }
}

/// A value as text. Only the session replay is a link, and only into the web.
fn shown(seen: &Seen, key: &str, value: &Value) -> Markup {
    let words = seen.reader.words;
    match value {
        Value::String(url) if key == "replay" && url.starts_with("https://") => html! {
            a href=(url) rel="noopener noreferrer" { (words.say(Text::OpenReplay)) }
        },
        Value::String(text) => html! { (text) },
        Value::Array(list) => html! {
            ul { @for one in list { li { (one.as_str().map_or_else(|| one.to_string(), str::to_owned)) } } }
        },
        other => html! { (other) },
    }
}
