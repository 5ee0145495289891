//! What is said about shifts, swaps and absences.

use desk::rota::{Rotas, SwapState, TeamRota};
use domain::rota::{Cover, Fallback, Proposal, Reason, Shift, Swap, Why};
use domain::{Role, UserId};
use jiff::Timestamp;
use maud::{Markup, html};

use super::forms;
use crate::components::icon::icon;
use crate::reader::Reader;
use crate::times;
use crate::visitor::Visitor;
use crate::words::Text;

/// Who holds, or who stands in.
pub(super) fn holder(reader: &Reader, rotas: &Rotas, shift: &Shift) -> String {
    let words = reader.words;
    match (shift.holder, shift.answers()) {
        (Some(person), _) => rotas.name(person).to_owned(),
        (None, Some(person)) => words.fill(Text::RotaNobodyThen, &[("name", &rotas.name(person))]),
        (None, None) => words.say(Text::RotaNobody).to_owned(),
    }
}

/// Who holds, with a mark where it is not just their turn.
pub(super) fn marked(reader: &Reader, rotas: &Rotas, shift: &Shift) -> Markup {
    let words = reader.words;
    html! {
        span.rota-mark {
            @if shift.holder.is_none() { (icon("soon")) " " }
            (holder(reader, rotas, shift))
            @match shift.reason {
                Reason::Swap(_, turn) => {
                    " " span.small { (words.fill(Text::RotaFor, &[("name", &rotas.name(turn))])) }
                }
                Reason::Override(_) => { " " span.small { (words.say(Text::RotaGivenMark)) } }
                Reason::Nobody(Why::Away(person), _) => {
                    " " span.small { (words.fill(Text::RotaAwayMark, &[("name", &rotas.name(person))])) }
                }
                Reason::Turn | Reason::Nobody(..) => {}
            }
        }
    }
}

/// Whether somebody was asked to take the week that begins then.
pub(super) fn asked(reader: &Reader, rotas: &Rotas, loaded: &TeamRota, from: Timestamp) -> Markup {
    let swaps = loaded.rota.recorded.swaps.iter();
    let mut open = swaps.filter(|swap| swap.state == SwapState::Offered);
    let other = open.find_map(|swap| match from {
        at if at == swap.week => Some(swap.other),
        at if at == swap.in_return => Some(swap.asker),
        _ => None,
    });
    html! {
        @if let Some(other) = other {
            " " span.small { (reader.words.fill(Text::RotaAskedMark, &[("name", &rotas.name(other))])) }
        }
    }
}

/// Why they hold, or why nobody does.
pub(super) fn why(reader: &Reader, rotas: &Rotas, shift: &Shift) -> Markup {
    let words = reader.words;
    let named = |text, person: UserId| words.fill(text, &[("name", &rotas.name(person))]);
    let text = match shift.reason {
        Reason::Turn => words.say(Text::RotaTurn).to_owned(),
        Reason::Swap(_, turn) => named(Text::RotaSwapped, turn),
        Reason::Override(id) => {
            let all = rotas.teams.iter().flat_map(|(loaded, _)| &loaded.rota.recorded.overrides);
            let given = all.into_iter().find(|one| one.id == id && !one.reason.is_empty());
            given.map_or_else(
                || words.say(Text::RotaGiven).to_owned(),
                |one| words.fill(Text::RotaGivenWhy, &[("reason", &one.reason)]),
            )
        }
        Reason::Nobody(why, fallback) => {
            let why = match why {
                Why::Away(person) => named(Text::RotaAway, person),
                Why::Left(person) => named(Text::RotaLeft, person),
                Why::NotBegun => words.say(Text::RotaNotBegun).to_owned(),
                Why::NoRota => words.say(Text::RotaNoHero).to_owned(),
            };
            let then = words.say(match fallback {
                Fallback::Previous(_) => Text::RotaPrevious,
                Fallback::Lead(_) => Text::RotaLead,
                Fallback::Team => Text::RotaTeam,
            });
            format!("{why}; {then}")
        }
    };
    html! { (text) @if !shift.beneath.is_empty() { ". " (words.say(Text::RotaOverEarlier)) } }
}

/// Swaps that wait for an answer or are void, and weeks that nobody covers.
/// What lies after `until` is not known here.
pub(super) fn needs(visitor: &Visitor, reader: &Reader, rotas: &Rotas, until: Timestamp) -> Markup {
    let words = reader.words;
    let mut all: Vec<Markup> = Vec::new();
    for (loaded, _) in &rotas.teams {
        for swap in &loaded.rota.recorded.swaps {
            all.extend(open(visitor, reader, rotas, loaded, swap));
        }
        for (person, proposal) in uncovered(loaded, reader.now, until) {
            all.push(missed(visitor, reader, rotas, loaded, (person, &proposal)));
        }
    }
    html! {
        @if !all.is_empty() {
            section.stack aria-labelledby="needs-a-word" {
                h2 #needs-a-word { (words.say(Text::RotaNeedsWord)) }
                ul.stack { @for one in all { li { (one) } } }
            }
        }
    }
}

/// Whether the reader may speak for somebody.
pub(super) fn speaks_for(visitor: &Visitor, person: UserId) -> bool {
    visitor.user.as_ref().is_some_and(|user| user.id == person || user.role == Role::Admin)
}

/// The day on which a week of the team begins, where the team is.
fn day(reader: &Reader, loaded: &TeamRota, at: Timestamp) -> String {
    times::day(reader.words, at, &loaded.rota.rule.zone, reader.now)
}

fn open(
    visitor: &Visitor,
    reader: &Reader,
    rotas: &Rotas,
    loaded: &TeamRota,
    swap: &Swap,
) -> Option<Markup> {
    let words = reader.words;
    let (week, back) = (day(reader, loaded, swap.week), day(reader, loaded, swap.in_return));
    if swap.last_week() <= reader.now {
        return None;
    }
    let values: [(&str, &dyn std::fmt::Display); 5] = [
        ("team", &loaded.team.name),
        ("asker", &rotas.name(swap.asker)),
        ("other", &rotas.name(swap.other)),
        ("week", &week),
        ("back", &back),
    ];
    match swap.state {
        SwapState::Offered => Some(html! {
            p { (words.fill(Text::RotaAsks, &values)) }
            div.line {
                @if speaks_for(visitor, swap.other) {
                    (forms::answer(reader, loaded, swap, SwapState::Accepted, Text::RotaAccept))
                    (forms::answer(reader, loaded, swap, SwapState::Refused, Text::RotaRefuse))
                }
                @if speaks_for(visitor, swap.asker) {
                    (forms::answer(reader, loaded, swap, SwapState::Withdrawn, Text::RotaWithdraw))
                }
            }
        }),
        SwapState::Accepted if loaded.rota.unfit(swap).is_some() => {
            Some(html! { p { (words.fill(Text::RotaVoid, &values)) } })
        }
        SwapState::Accepted | SwapState::Refused | SwapState::Withdrawn => None,
    }
}

/// Weeks that somebody has but is away in, as long as nobody covers them.
fn uncovered(loaded: &TeamRota, now: Timestamp, until: Timestamp) -> Vec<(UserId, Proposal)> {
    let rota = &loaded.rota;
    let mut found = Vec::new();
    for absence in rota.recorded.absences.iter().filter(|one| !one.left) {
        let Some(to) = absence.to.filter(|to| *to > now) else { continue };
        let to = to.min(until);
        for proposal in rota.proposals(absence.person, absence.from.max(now), to) {
            let away = Why::Away(absence.person);
            let mut shifts = rota.shifts(proposal.from, proposal.to).into_iter();
            let missed =
                shifts.any(|shift| matches!(shift.reason, Reason::Nobody(why, _) if why == away));
            if missed {
                found.push((absence.person, proposal));
            }
        }
    }
    found
}

fn missed(
    visitor: &Visitor,
    reader: &Reader,
    rotas: &Rotas,
    loaded: &TeamRota,
    (person, proposal): (UserId, &Proposal),
) -> Markup {
    let words = reader.words;
    let name = rotas.name(person);
    let week = day(reader, loaded, proposal.week.from);
    let said =
        [("team", &loaded.team.name as &dyn std::fmt::Display), ("name", &name), ("week", &week)];
    html! {
        p {
            (words.fill(Text::RotaMissed, &said)) " "
            @match proposal.cover {
                Cover::Swap { with, in_return } => {
                    @let back = day(reader, loaded, in_return);
                    (words.fill(Text::RotaProposeSwap, &[("other", &rotas.name(with)), ("name", &name), ("back", &back)]))
                }
                Cover::Override { holder } => { (words.fill(Text::RotaProposeOverride, &[("other", &rotas.name(holder))])) }
                Cover::Nobody => { (words.say(Text::RotaProposeNobody)) }
            }
        }
        (forms::cover(visitor, reader, rotas, loaded, (person, proposal)))
    }
}
