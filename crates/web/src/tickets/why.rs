//! Why and by when: the reasons of the level, the route, and each clock with its walk over the calendar.

use desk::tickets::Explained;
use domain::{Clock, ClockKind, ClockState};
use handbook::{Tried, Walk};
use maud::{Markup, html};

use super::Seen;
use crate::components::badge;
use crate::components::facts::{Fact, Source, facts};
use crate::components::rules::{Outcome, Rule, rules};
use crate::components::time;
use crate::reader::Reader;
use crate::words::Text;
use crate::{routes, times, walks};

/// The short form, beside the conversation: what decided, the clock that runs, what was said.
pub(crate) fn short(seen: &Seen, explained: &Explained) -> Markup {
    let reader = &seen.reader;
    let decided: Vec<Tried> = explained.rules.iter().filter(|rule| rule.holds).cloned().collect();
    html! {
        (because(reader, explained))
        @if seen.whole.stored.ticket.level_override.is_none() { (tried(reader, &decided)) }
        (route(reader, explained))
        @if let Some((clock, steps)) = explained.clocks.last() { (one_clock(reader, clock, steps)) }
        @else { p.small { (reader.words.say(Text::NoClock)) } }
        (told(seen, explained))
        (super::coming::coming(seen))
    }
}

/// The long form: every rule tried with the facts it saw, every clock.
pub(crate) fn page(seen: &Seen, explained: &Explained) -> Markup {
    let reader = &seen.reader;
    let words = reader.words;
    html! {
        section.stack aria-labelledby="why-priority" {
            h2 #why-priority { (words.say(Text::WhyPriority)) }
            (because(reader, explained))
            @if seen.whole.stored.ticket.level_override.is_some() { p { (words.say(Text::TriedBefore)) } }
            (tried(reader, &explained.rules))
            (facts_seen(reader, explained))
        }
        section.stack aria-labelledby="why-team" {
            h2 #why-team { (words.say(Text::WhyTeam)) }
            (route(reader, explained))
        }
        section.stack aria-labelledby="why-clocks" {
            h2 #why-clocks { (words.say(Text::Clocks)) }
            @if explained.clocks.is_empty() { p { (words.say(Text::NoClock)) } }
            @for (clock, steps) in &explained.clocks { (one_clock(reader, clock, steps)) }
            (told(seen, explained))
        }
    }
}

/// The page's own address, to be copied.
pub(crate) fn address(seen: &Seen, base: &str) -> Markup {
    let address = format!("{base}{}", routes::ticket_part(seen.id(), "explanation"));
    html! {
        div.field {
            label for="explanation-address" { (seen.reader.words.say(Text::ExplanationAddress)) }
            input #explanation-address type="text" value=(address) readonly;
        }
    }
}

fn because(reader: &Reader, explained: &Explained) -> Markup {
    let words = reader.words;
    html! {
        p {
            (badge::priority(words, explained.level)) " "
            @if explained.because.is_empty() { (words.say(Text::BecauseNothing)) }
            @else { (words.fill(Text::Because, &[("reasons", &explained.because.join("; "))])) }
        }
    }
}

fn tried(reader: &Reader, all: &[Tried]) -> Markup {
    let shown: Vec<Rule<'_>> = all
        .iter()
        .map(|tried| Rule {
            because: &tried.because,
            when: &tried.when,
            outcome: if tried.holds { Outcome::Decided } else { Outcome::NotTrue },
        })
        .collect();
    html! { @if !shown.is_empty() { (rules(reader.words, &shown)) } }
}

/// The facts the rules looked at, each once, and where they came from.
fn facts_seen(reader: &Reader, explained: &Explained) -> Markup {
    let words = reader.words;
    let mut seen: Vec<(&str, &str)> = explained
        .rules
        .iter()
        .flat_map(|rule| &rule.facts)
        .map(|fact| (fact.name.as_str(), fact.value.as_str()))
        .collect();
    seen.sort_unstable();
    seen.dedup();
    let shown: Vec<Fact<'_>> = seen
        .iter()
        .map(|(name, value)| Fact { name, value: html! { code { (value) } }, source: Source::Own })
        .collect();
    html! {
        @if !shown.is_empty() { h3 { (words.say(Text::FactsSeen)) } (facts(reader, &shown)) }
        @if let Some(provenance) = &explained.provenance {
            p.small.muted {
                (words.fill(Text::OrganizationBecause, &[("because", &provenance.because)]))
                @if let (Some(source), Some(at)) = (&provenance.source, provenance.as_of) {
                    " · " (words.fill(Text::From, &[("source", source), ("age", &times::past(words, at, &reader.zone, reader.now))]))
                }
            }
        }
    }
}

fn route(reader: &Reader, explained: &Explained) -> Markup {
    html! {
        @if let Some(route) = &explained.route {
            p.small { (reader.words.fill(Text::RouteBecause, &[("because", &route.because)])) }
        }
    }
}

fn one_clock(reader: &Reader, clock: &Clock, steps: &Walk) -> Markup {
    let words = reader.words;
    let kind = words.say(match clock.kind {
        ClockKind::First => Text::ClockFirst,
        ClockKind::Next => Text::ClockNext,
        ClockKind::Escalated => Text::ClockEscalated,
    });
    let late = clock.stopped_at.map(|at| at.duration_since(clock.due_at).as_secs());
    let state = match (clock.state, late) {
        (ClockState::Running, _) => words.say(Text::ClockRuns).to_owned(),
        (ClockState::Met, _) => words.say(Text::ClockMet).to_owned(),
        (ClockState::Missed, Some(late)) => {
            words.fill(Text::ClockMissedBy, &[("span", &times::span(words, late))])
        }
        (ClockState::Missed, None) => words.say(Text::ClockMissed).to_owned(),
        (ClockState::Cancelled, _) => words.say(Text::ClockCancelled).to_owned(),
    };
    let caption = words
        .fill(Text::ClockCaption, &[("kind", &kind), ("target", &clock.target), ("state", &state)]);
    walks::shown(reader, steps, &caption, clock.due_at)
}

/// What the requester was told, word for word, and by which handbook it was decided.
fn told(seen: &Seen, explained: &Explained) -> Markup {
    let reader = &seen.reader;
    let words = reader.words;
    let version = explained.policy.get(..7).unwrap_or(&explained.policy);
    html! {
        p.small.muted {
            @if let Some(promise) = &seen.whole.stored.ticket.promise {
                (words.fill(Text::ToldThem, &[("name", &seen.requester()), ("text", &promise.text)]))
                " " (time::past(reader, promise.at)) " · "
            }
            a href=(routes::handbook(&explained.policy)) { (words.say(Text::Handbook)) " " code { (version) } }
        }
    }
}
