//! Beside the conversation: who asks, why and by when, and where the rest is.

use desk::tickets::Explained;
use domain::{Organization, Status, User};
use maud::{Markup, html};
use serde_json::Value;

use super::{Seen, sent_along, via, why};
use crate::components::avatar::{Size, avatar};
use crate::components::badge;
use crate::components::button::{self, Button};
use crate::components::facts::{Fact, Source, facts};
use crate::rows::subject;
use crate::words::{Text, number};
use crate::{routes, times};

/// The whole of it.
pub(crate) fn aside(seen: &Seen) -> Markup {
    let words = seen.reader.words;
    let ticket = &seen.whole.stored.ticket;
    let names = seen.names();
    let requester = names.user(ticket.requester);
    let organization = seen.whole.organization.as_ref();
    let asker = match organization {
        Some(organization) => format!("{}, {}", names.person(ticket.requester), organization.name),
        None => names.person(ticket.requester).to_owned(),
    };
    let explained = Explained::of(ticket, &seen.whole.events, "");
    let id = seen.id();
    html! {
        details.aside-part id={ "ticket-" (id) "-requester" } {
            (part_heading(&asker, "d", words.say(Text::CustomersDetails)))
            @if let Some(requester) = requester {
                p.person { (avatar(&requester.name, Size::Large)) span { (requester.name) } }
                (about_person(seen, requester))
            }
            @match organization {
                Some(organization) => (about_organization(seen, organization)),
                None => (sent_along::claimed_organization(seen)),
            }
            (about_ticket(seen))
            @if seen.whole.graded_down > 0 {
                p { (words.count(Text::GradedDown, seen.whole.graded_down)) }
            }
            (sent_along::sent_along(seen))
            (others(seen))
        }
        details.aside-part id={ "ticket-" (id) "-why" } {
            (part_heading(words.say(Text::WhyAndByWhen), "y", words.say(Text::WhyAndByWhen)))
            (why::short(seen, &explained))
            p.line {
                a href=(routes::ticket_part(id, "explanation")) { (words.say(Text::AllRules)) }
                @if !ticket.status.is_done() {
                    (button::dialog_link(&routes::ticket_part(id, "priority"), Button::plain(words.say(Text::Override))))
                }
            }
        }
        details.aside-part id={ "ticket-" (id) "-activity" } {
            (part_heading(&words.fill(Text::ActivityCount, &[("n", &ticket.seq)]), "v", words.say(Text::Activity)))
            p { a href=(routes::ticket_part(id, "activity")) { (words.count(Text::AllEvents, ticket.seq)) } }
        }
    }
}

fn part_heading(heading: &str, key: &str, label: &str) -> Markup {
    html! {
        summary data-key=(key) data-key-label=(label) aria-keyshortcuts=(key.to_uppercase()) {
            span { (heading) }
            kbd aria-hidden="true" { (key.to_uppercase()) }
        }
    }
}

fn about_person(seen: &Seen, person: &User) -> Markup {
    let reader = &seen.reader;
    let words = reader.words;
    let zone = person.time_zone.as_deref().and_then(|name| jiff::tz::TimeZone::get(name).ok());
    let local = zone.map(|zone| {
        let time = times::time_of_day(reader.now, &zone);
        words.fill(Text::Exact, &[("when", &time), ("zone", &times::zone_name(reader.now, &zone))])
    });
    let mut all = Vec::new();
    if let Some(email) = &person.email {
        let source = if person.verified { Source::Own } else { Source::Said(&person.name) };
        all.push(Fact { name: words.say(Text::Email), value: html! { (email) }, source });
    }
    all.extend(sent_along::identity(seen));
    if let Some(local) = local {
        all.push(Fact {
            name: words.say(Text::TheirTime),
            value: html! { (local) },
            source: Source::Own,
        });
    }
    facts(reader, &all)
}

fn about_organization(seen: &Seen, organization: &Organization) -> Markup {
    let reader = &seen.reader;
    let words = reader.words;
    let age = organization.facts_at.map(|at| times::past(words, at, &reader.zone, reader.now));
    let source = match (&organization.facts_source, &age) {
        (Some(source), Some(age)) => Source::From { source, age, stale: false },
        _ => Source::Own,
    };
    let fields = &organization.fields;
    let is_claimed =
        seen.whole.claimed.as_ref().is_some_and(|claimed| claimed.organization.is_some());
    let requester = seen.whole.stored.ticket.requester;
    let mut all = vec![Fact {
        name: words.say(Text::Organization),
        value: html! { (organization.name) },
        source: if is_claimed { Source::Said(seen.names().person(requester)) } else { Source::Own },
    }];
    let mut add = |name: Text, value: Option<String>| {
        if let Some(value) = value {
            all.push(Fact { name: words.say(name), value: html! { (value) }, source });
        }
    };
    add(Text::Plan, fields.get("plan").and_then(Value::as_str).map(str::to_owned));
    add(
        Text::Pays,
        fields
            .get("mrr")
            .and_then(Value::as_f64)
            .filter(|mrr| *mrr > 0.0)
            .map(|mrr| words.fill(Text::AMonth, &[("amount", &money(mrr))])),
    );
    let trial = fields.get("trial").and_then(Value::as_bool) == Some(true);
    add(Text::Trial, trial.then(|| words.say(Text::Yes).to_owned()));
    let addons = organization.facts().addons;
    add(Text::Addons, (!addons.is_empty()).then(|| addons.join(", ")));
    facts(reader, &all)
}

/// An amount of money without more digits than it needs.
fn money(amount: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "revenue is far below 2^52")]
    let whole = amount.trunc() as i64;
    let cents = ((amount - amount.trunc()) * 100.0).round().abs();
    if cents > 0.0 { format!("{}.{cents:02}", number(whole)) } else { number(whole) }
}

/// What was said about the ticket itself.
fn about_ticket(seen: &Seen) -> Markup {
    let words = seen.reader.words;
    let ticket = &seen.whole.stored.ticket;
    let names = seen.names();
    let mut all = vec![Fact {
        name: words.say(Text::Channel),
        value: html! { (via(words, ticket.channel)) },
        source: Source::Own,
    }];
    let copies: Vec<&str> = ticket.ccs.iter().map(|id| names.person(*id)).collect();
    let said = [
        (Text::Severity, ticket.severity.map(|severity| severity.as_str().to_owned())),
        (Text::Area, ticket.area.clone()),
        (Text::Kind, ticket.kind.map(|kind| kind.as_str().to_owned())),
        (Text::Tags, (!ticket.tags.is_empty()).then(|| ticket.tags.join(", "))),
        (Text::CopiedIn, (!copies.is_empty()).then(|| copies.join(", "))),
    ];
    for (name, value) in said {
        if let Some(value) = value {
            all.push(Fact { name: words.say(name), value: html! { (value) }, source: Source::Own });
        }
    }
    if ticket.status == Status::Solved
        && let Some(cause) = ticket.cause
    {
        let value = html! { (words.say(super::said::cause_text(cause))) };
        all.push(Fact { name: words.say(Text::SolvedBecause), value, source: Source::Own });
    }
    if let Some(value) = super::rated::fact(seen) {
        all.push(Fact { name: words.say(Text::Satisfaction), value, source: Source::Own });
    }
    facts(&seen.reader, &all)
}

fn others(seen: &Seen) -> Markup {
    let words = seen.reader.words;
    let others = &seen.whole.others;
    html! {
        @if !others.is_empty() {
            h3 { (words.count(Text::OtherOpen, i64::try_from(others.len()).unwrap_or_default())) }
            ul.others {
                @for other in others {
                    li {
                        a href=(routes::ticket(other.ticket.id.0)) { "#" (other.ticket.id) " " (subject(words, &other.subject)) }
                        " " (badge::status(words, other.ticket.status))
                    }
                }
            }
        }
    }
}
