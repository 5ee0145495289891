//! What the command bar offers for one ticket or for a selection: everything that can be chosen, and why not what cannot.

use std::collections::HashMap;

use axum::http::HeaderMap;
use desk::tickets::Stored;
use desk::{Ctx, Tx};
use domain::{Level, Status, TicketId};
use maud::{Markup, html};

use super::What;
use super::selection::Selection;
use crate::components::badge::{level_text, status_text};
use crate::form::escaped;
use crate::problem::{Answer, Problem};
use crate::tickets::macros::{has_words, way};
use crate::tickets::{actions, cause_text, linking};
use crate::visitor::Visitor;
use crate::words::{Text, Words};
use crate::{frame, routes, times};

/// Of so many tickets it is looked at whether something is so already.
const LOOKED_AT: usize = 200;
/// So many tags are offered.
const TAGS: i64 = 20;

/// One line of the bar.
struct Choice {
    /// What is sent: field and value.
    sent: (&'static str, String),
    /// Its words.
    label: String,
    /// What it means, or why it cannot be chosen.
    hint: String,
    /// Where it leads, if it takes more words.
    to: Option<String>,
    /// Whether that is a page of its own and no form.
    is_page: bool,
    /// Whether it can be chosen.
    is_open: bool,
}

impl Choice {
    fn of(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            sent: ("value", value.into()),
            label: label.into(),
            hint: String::new(),
            to: None,
            is_page: false,
            is_open: true,
        }
    }

    fn hinted(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    fn leading(self, to: String) -> Self {
        Self { to: Some(to), ..self }
    }

    fn closed(self) -> Self {
        Self { is_open: false, ..self }
    }
}

/// The lines for what is to be set on the tickets that are named.
pub(super) async fn choices(visitor: Visitor, headers: HeaderMap) -> Answer {
    if visitor.query.get("do") == "link" {
        return linking::choices(&visitor).await;
    }
    let from = super::from(&visitor.query, &headers);
    let ids = Selection::read(&visitor, &visitor.query, &from).await?;
    let what = What::named(visitor.query.get("do"));
    let (Some(what), false) = (what, ids.is_out()) else {
        return Ok(frame::html(html! {}));
    };
    let words = Words::default();
    let stored = ids.some(&visitor, LOOKED_AT).await?;
    let all = match what {
        What::Assign => people(&visitor, words).await?,
        What::Status => statuses(words, &ids, &stored),
        What::Priority => priorities(words, &ids, &stored),
        What::Team => teams(&visitor, &stored, None).await?,
        What::Escalate => escalations(&visitor, words, &ids, &stored).await?,
        What::Area => areas(&visitor, words, &stored),
        What::Tags => tags(&visitor, words, &stored).await?,
        What::Macro => macros(&visitor, &ids).await?,
        What::Spam => Vec::new(),
    };
    let verb = match what {
        What::Assign => Text::PickAssign,
        What::Status => Text::PickStatus,
        What::Priority => Text::PickPriority,
        What::Team => Text::PickTeam,
        What::Area => Text::PickArea,
        What::Tags | What::Spam => Text::PickTags,
        What::Escalate => Text::PickEscalate,
        What::Macro => Text::PickMacro,
    };
    let scope =
        words.fill(Text::BarScope, &[("what", &words.say(verb)), ("tickets", &ids.said(words))]);
    Ok(frame::html(html! {
        div role="group" aria-label=(scope) data-scope=(scope) data-do=(what.word()) {
            @for (index, one) in all.iter().enumerate() { (line(index, one)) }
        }
    }))
}

fn line(index: usize, choice: &Choice) -> Markup {
    let id = format!("choice-{index}");
    let (field, value) = &choice.sent;
    let inner = html! {
        span dir="auto" { (choice.label) }
        @if !choice.hint.is_empty() { " " span.muted dir="auto" { (choice.hint) } }
    };
    html! {
        @match &choice.to {
            Some(to) if choice.is_open => {
                a.bar-option role="option" id=(id) href=(to) tabindex="-1" data-dialog[!choice.is_page] { (inner) }
            }
            _ => {
                div.bar-option role="option" id=(id) data-field=(field) data-value=(value)
                    aria-disabled=[(!choice.is_open).then_some("true")] { (inner) }
            }
        }
    }
}

/// The form of a change that takes more words.
fn form(what: What, ids: &Selection, value: &str) -> String {
    let value = escaped(value);
    format!("{}?do={}&value={value}{}", routes::BULK, what.word(), ids.address())
}

fn all_are(stored: &[Stored], test: impl Fn(&Stored) -> bool) -> bool {
    !stored.is_empty() && stored.iter().all(test)
}

async fn people(visitor: &Visitor, words: Words) -> Result<Vec<Choice>, Problem> {
    let reader = visitor.reader();
    let away: HashMap<_, _> = actions::away(visitor).await?;
    let mut all = Vec::new();
    if let Some(me) = &visitor.user {
        all.push(Choice::of("me", words.fill(Text::Me, &[("name", &me.name)])).hinted("I"));
    }
    let me = visitor.user.as_ref().map(|user| user.id);
    for agent in actions::agents(visitor).await?.into_iter().filter(|one| Some(one.id) != me) {
        let until = away.get(&agent.id);
        let hint = until.map(|until| {
            let until = times::soon(words, *until, &reader.zone, reader.now);
            words.fill(Text::PickAway, &[("until", &until)])
        });
        all.push(Choice::of(agent.id.to_string(), agent.name).hinted(hint.unwrap_or_default()));
    }
    all.push(Choice::of("none", words.say(Text::PickNobody)));
    Ok(all)
}

fn statuses(words: Words, ids: &Selection, stored: &[Stored]) -> Vec<Choice> {
    let closed = all_are(stored, |one| one.ticket.status == Status::Closed);
    let of = |status: Status, hint: Text| {
        let choice = Choice::of(status.as_str(), words.say(status_text(status)));
        if closed {
            choice.hinted(words.say(Text::PickClosed)).closed()
        } else if all_are(stored, |one| one.ticket.status == status) {
            choice.hinted(words.say(Text::PickNow)).closed()
        } else {
            choice.hinted(words.say(hint))
        }
    };
    let mut all = vec![of(Status::Open, Text::OpenMeans), of(Status::Pending, Text::PendingMeans)];
    let solved = all_are(stored, |one| one.ticket.status.is_done());
    let mut solve = Choice::of("solved", words.say(Text::StatusSolved));
    if let [one] = stored {
        let cause = words.say(cause_text(actions::likely_cause(&one.ticket)));
        solve.label = words.fill(Text::PickSolve, &[("cause", &cause)]);
    }
    all.push(if solved { solve.hinted(words.say(Text::PickSolved)).closed() } else { solve });
    if let ([id], false) = (ids.ids.as_slice(), solved) {
        let to = routes::ticket_part(id.0, "solution");
        all.push(Choice::of("", words.say(Text::PickSolveOther)).leading(to));
    }
    let to = match ids.ids.as_slice() {
        [id] => routes::ticket_part(id.0, "hold"),
        _ => form(What::Status, ids, "hold"),
    };
    let hold = Choice::of("hold", words.say(Text::PickHold));
    all.push(if closed {
        hold.hinted(words.say(Text::PickClosed)).closed()
    } else {
        hold.hinted(words.say(Text::PickHoldMeans)).leading(to)
    });
    all
}

fn priorities(words: Words, ids: &Selection, stored: &[Stored]) -> Vec<Choice> {
    let levels = [Level::Urgent, Level::High, Level::Normal, Level::Low];
    let of = |level: Level| {
        let choice = Choice::of(level.as_str(), words.say(level_text(level)));
        if all_are(stored, |one| one.ticket.priority == level) {
            return choice.hinted(words.say(Text::PickNow)).closed();
        }
        let to = match ids.ids.as_slice() {
            [id] => {
                format!("{}?level={}", routes::ticket_part(id.0, "priority"), level.as_str())
            }
            _ => form(What::Priority, ids, level.as_str()),
        };
        choice.hinted(words.say(Text::PickReason)).leading(to)
    };
    levels.map(of).into()
}

async fn teams(
    visitor: &Visitor,
    stored: &[Stored],
    escalated: Option<TicketId>,
) -> Result<Vec<Choice>, Problem> {
    let words = Words::default();
    let around = visitor.around().await?;
    let of = |team: &domain::Team| {
        let choice = Choice::of(team.id.to_string(), &team.name);
        if all_are(stored, |one| one.ticket.team == team.id) {
            return choice.hinted(words.say(Text::PickNow)).closed();
        }
        match escalated {
            None => choice,
            Some(id) => {
                let to = routes::ticket_part(id.0, "escalation");
                let choice = choice.hinted(words.say(Text::PickWords));
                choice.leading(format!("{to}?team={}", team.id))
            }
        }
    };
    Ok(around.teams.iter().map(of).collect())
}

fn areas(visitor: &Visitor, words: Words, stored: &[Stored]) -> Vec<Choice> {
    let of = |slug: Option<&str>, name: &str| {
        let choice = Choice::of(slug.unwrap_or("none"), name);
        if all_are(stored, |one| one.ticket.area.as_deref() == slug) {
            return choice.hinted(words.say(Text::PickNow)).closed();
        }
        choice
    };
    let areas = visitor.ctx.handbook.areas.iter();
    let mut all: Vec<Choice> = areas.map(|area| of(Some(&area.slug), &area.name)).collect();
    all.push(of(None, words.say(Text::NoArea)));
    all
}

async fn escalations(
    visitor: &Visitor,
    words: Words,
    ids: &Selection,
    stored: &[Stored],
) -> Result<Vec<Choice>, Problem> {
    match ids.ids.as_slice() {
        [id] => teams(visitor, stored, Some(*id)).await,
        _ => Ok(vec![
            Choice::of("", words.say(Text::PickEscalate))
                .hinted(words.say(Text::PickEscalateOne))
                .closed(),
        ]),
    }
}

/// The macros: for one ticket each leads into the composer or to what it would change; for many one without words is
/// applied at once, and the words of another are looked at before they are sent.
async fn macros(visitor: &Visitor, ids: &Selection) -> Result<Vec<Choice>, Problem> {
    let all = visitor.desk.read(visitor.ctx.clone(), desk::macros::list).await?;
    let of = |one: &domain::Macro| match ids.ids.as_slice() {
        [id] => {
            Choice { is_page: has_words(one), ..Choice::of("", &one.title).leading(way(*id, one)) }
        }
        _ if has_words(one) => Choice::of("", &one.title)
            .hinted(Words::default().say(Text::PickMacroWords))
            .leading(form(What::Macro, ids, &one.id.to_string())),
        _ => Choice::of(one.id.to_string(), &one.title),
    };
    Ok(all.iter().filter(|one| one.active).map(of).collect())
}

/// What is typed as a new tag, tags that begin like it, and those that can be taken out.
async fn tags(visitor: &Visitor, words: Words, stored: &[Stored]) -> Result<Vec<Choice>, Problem> {
    let typed = visitor.query.get("q").trim().to_lowercase();
    let begin = typed.clone();
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::tickets::tags_with(tx, ctx, &begin, TAGS);
    let mut known = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let is_new = !typed.is_empty() && !typed.contains(char::is_whitespace);
    if is_new && !known.contains(&typed) {
        known.insert(0, typed.clone());
    }
    let has = |one: &Stored, tag: &String| one.ticket.tags.contains(tag);
    let mut present: Vec<&String> = stored.iter().flat_map(|one| &one.ticket.tags).collect();
    present.sort();
    present.dedup();
    let missing = known.iter().filter(|tag| !all_are(stored, |one| has(one, tag)));
    let add = missing.map(|tag| Choice {
        sent: ("add", tag.clone()),
        ..Choice::of("", words.fill(Text::PickAdd, &[("tag", tag)]))
    });
    let take = present.iter().filter(|tag| tag.starts_with(&typed)).map(|tag| Choice {
        sent: ("take", (*tag).clone()),
        ..Choice::of("", words.fill(Text::PickTake, &[("tag", tag)]))
    });
    Ok(take.chain(add).collect())
}
