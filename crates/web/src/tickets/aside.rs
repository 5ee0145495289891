//! Beside the conversation: who asks, why and by when, and where the rest is.

use desk::beside::Beside;
use desk::tickets::{Explained, Stored};
use domain::{Kind, Organization, Severity, Status, User};
use handbook::Handbook;
use maud::{Markup, html};

use super::{Seen, activity, sent_along, via, why};
use crate::components::avatar::{Size, avatar};
use crate::components::badge;
use crate::components::button::{self, Button};
use crate::components::facts::{Fact, Source, facts};
use crate::rows::subject;
use crate::words::{Text, Words};
use crate::{keys, routes};

/// The whole of it.
pub(crate) fn aside(seen: &Seen, beside: &Beside) -> Markup {
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
            (part_heading(&asker, keys::CUSTOMER, words.say(Text::CustomersDetails)))
            @if let Some(requester) = requester {
                p.person { (avatar(&requester.name, Size::Large)) a href=(routes::person(requester.id.0)) dir="auto" { (requester.name) } }
                (about_person(seen, requester))
            }
            @match organization {
                Some(organization) => (about_organization(seen, organization)),
                None => (sent_along::claimed_organization(seen)),
            }
            (about_ticket(seen, beside))
            @if seen.whole.graded_down > 0 {
                p { (words.count(Text::GradedDown, seen.whole.graded_down)) }
            }
            (sent_along::sent_along(seen))
            (tickets(words, &words.count(Text::OtherOpen, count(&seen.whole.others)), &seen.whole.others))
        }
        details.aside-part id={ "ticket-" (id) "-why" } {
            (part_heading(words.say(Text::WhyAndByWhen), keys::WHY, words.say(Text::WhyAndByWhen)))
            (why::short(seen, &explained))
            p.line {
                a href=(routes::ticket_part(id, "explanation")) { (words.say(Text::AllRules)) }
                @if !ticket.status.is_done() {
                    (button::dialog_link(&routes::ticket_part(id, "priority"), Button::plain(words.say(Text::Override))))
                }
            }
        }
        @let found = count(&beside.earlier) + count(&beside.of_organization);
        details.aside-part id={ "ticket-" (id) "-related" } {
            summary { span { @if found > 0 { (words.fill(Text::RelatedCount, &[("n", &found)])) } @else { (words.say(Text::Related)) } } }
            (tickets(words, words.say(Text::EarlierTickets), &beside.earlier))
            (tickets(words, words.say(Text::OfOrganization), &beside.of_organization))
            @let to = routes::ticket_part(id, "related");
            p { a href=(to) hx-get=(to) hx-target="closest p" hx-swap="outerHTML" { (words.say(Text::SameWords)) } }
        }
        details.aside-part id={ "ticket-" (id) "-activity" } {
            (part_heading(&words.fill(Text::ActivityCount, &[("n", &ticket.seq)]), keys::ACTIVITY, words.say(Text::Activity)))
            (activity::recent(seen))
            p { a href=(routes::ticket_part(id, "activity")) { (words.count(Text::AllEvents, ticket.seq)) } }
        }
        label.choice.print-choice {
            input #without-notes type="checkbox";
            (words.say(Text::PrintWithoutNotes))
        }
    }
}

fn part_heading(heading: &str, key: &str, label: &str) -> Markup {
    html! {
        summary data-key=(key) data-key-label=(label) aria-keyshortcuts=[button::shortcut(Some(key))] {
            span { (heading) }
            (button::key_cap(Some(key)))
        }
    }
}

fn about_person(seen: &Seen, person: &User) -> Markup {
    let reader = &seen.reader;
    let words = reader.words;
    let local = crate::people::their_time(reader, person);
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
    let is_claimed =
        seen.whole.claimed.as_ref().is_some_and(|claimed| claimed.organization.is_some());
    let requester = seen.whole.stored.ticket.requester;
    let source =
        if is_claimed { Source::Said(seen.names().person(requester)) } else { Source::Own };
    crate::people::organization_facts(&seen.handbook, &seen.reader, organization, Some(source))
}

/// What was said about the ticket itself.
fn about_ticket(seen: &Seen, beside: &Beside) -> Markup {
    let words = seen.reader.words;
    let ticket = &seen.whole.stored.ticket;
    let names = seen.names();
    let mut all = vec![Fact {
        name: words.say(Text::Channel),
        value: html! { (via(words, ticket.channel)) },
        source: Source::Own,
    }];
    let copies: Vec<&str> = ticket.ccs.iter().map(|id| names.person(*id)).collect();
    let followers: Vec<&str> = beside.followers.iter().map(|user| user.name.as_str()).collect();
    let said = [
        (Text::Followers, (!followers.is_empty()).then(|| followers.join(", "))),
        (
            Text::Severity,
            ticket.severity.map(|severity| words.say(severity_text(severity)).to_owned()),
        ),
        (Text::Area, ticket.area.as_deref().map(|slug| area_name(&seen.handbook, slug).to_owned())),
        (Text::Kind, ticket.kind.map(|kind| words.say(kind_text(kind)).to_owned())),
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
    for (field, value) in &beside.custom {
        let value = crate::fields::shown(words, field, value);
        if !value.is_empty() {
            let value = html! { span dir="auto" { (value) } };
            all.push(Fact { name: &field.title, value, source: Source::Own });
        }
    }
    let to = routes::ticket_part(seen.id(), "details");
    html! {
        (facts(&seen.reader, &all))
        @if ticket.status != Status::Closed {
            p { (button::dialog_link(&to, Button::quiet(words.say(Text::ActDetails)))) }
        }
    }
}

/// What an area is called; one that the handbook does not know any more has its slug alone.
fn area_name<'a>(handbook: &'a Handbook, slug: &'a str) -> &'a str {
    handbook.area(slug).map_or(slug, |area| area.name.as_str())
}

fn severity_text(severity: Severity) -> Text {
    match severity {
        Severity::Critical => Text::SeverityCritical,
        Severity::High => Text::SeverityHigh,
        Severity::Medium => Text::SeverityMedium,
        Severity::Low => Text::SeverityLow,
    }
}

pub(super) fn kind_text(kind: Kind) -> Text {
    match kind {
        Kind::Question => Text::KindQuestion,
        Kind::Bug => Text::KindBug,
        Kind::Feedback => Text::KindFeedback,
        Kind::Feature => Text::KindFeature,
    }
}

fn count(tickets: &[Stored]) -> i64 {
    i64::try_from(tickets.len()).unwrap_or_default()
}

/// Some other tickets under a heading.
/// Other tickets under a heading, if there are any.
pub(super) fn tickets(words: Words, heading: &str, all: &[Stored]) -> Markup {
    html! {
        @if !all.is_empty() {
            h3 { (heading) }
            (list(words, all))
        }
    }
}

/// Tickets, each with its status.
pub(super) fn list(words: Words, all: &[Stored]) -> Markup {
    html! {
        ul.others {
            @for other in all {
                li {
                    a href=(routes::ticket(other.ticket.id.0)) dir="auto" { "#" (other.ticket.id) " " (subject(words, &other.subject)) }
                    " " (badge::status(words, other.ticket.status))
                }
            }
        }
    }
}
