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

/// A value as text. An address in the web is a link that tells nothing of where it stands and opens beside the page; its
/// host is shown, for the rest can be of any length and say anything.
fn shown(seen: &Seen, key: &str, value: &Value) -> Markup {
    let words = seen.reader.words;
    match value {
        Value::String(text) if host(text).is_some() => {
            let host = host(text).unwrap_or_default();
            html! {
                a href=(text) rel="noopener noreferrer nofollow" target="_blank" {
                    @if key == "replay" { (words.say(Text::OpenReplay)) } @else { (text) }
                }
                " " span.muted { (words.fill(Text::LinkLeadsTo, &[("host", &host)])) }
            }
        }
        Value::String(text) => html! { (text) },
        Value::Array(list) => html! {
            ul { @for one in list { li { (one.as_str().map_or_else(|| one.to_string(), str::to_owned)) } } }
        },
        other => html! { (other) },
    }
}

/// The host of an address in the web; none for what is no plain `https` address.
fn host(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let is_plain = text.chars().all(|c| c.is_ascii_graphic() && !"\"<>\\`".contains(c))
        && host.contains('.')
        && host.chars().all(|c| c.is_ascii_alphanumeric() || "-.:".contains(c));
    is_plain.then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_in_the_web_are_links() {
        assert_eq!(host("https://app.acme.test/flags?x=1"), Some("app.acme.test"));
        for text in [
            "http://app.acme.test/",
            "javascript:alert(1)",
            "https://app.acme.test@evil.test/",
            "https://two words.test/",
            "https:///nowhere",
            "https://localhost/",
            "see https://acme.test",
        ] {
            assert_eq!(host(text), None, "{text}");
        }
    }
}
