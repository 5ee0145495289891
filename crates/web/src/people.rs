//! A person and an organization: what is known of them, where that comes from and how old it is, and their tickets.

use axum::extract::Path;
use desk::tickets::{Order, Stored};
use desk::{Act, Key, Page, Start};
use domain::{Identity, Organization, OrganizationId, User, UserId};
use handbook::{Handbook, OrganizationFacts};
use maud::{Markup, html};
use serde_json::Value;

use crate::components::avatar::{Size, avatar};
use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::facts::{Fact, Source, facts};
use crate::components::row::{self, Row};
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::rows::lines;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::{Text, Words, number};
use crate::{frame, routes, times};

/// How many tickets a page has.
const SIZE: i64 = 25;
/// How many people are offered while one types.
const OFFERED: i64 = 8;

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get("/people", Act::WorkTickets, offered),
        Route::get("/people/{id}", Act::ReadDesk, person),
        Route::get("/organizations/{id}", Act::ReadDesk, organization),
    ]
}

fn id(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

/// The page of tickets that is asked for, and one more, which says whether there is a next page.
fn wanted(visitor: &Visitor) -> Page {
    let before = visitor.query.number("before");
    let start = before.map_or(Start::Offset(0), |id| Start::After(Key { value: None, id }));
    Page { start, size: SIZE + 1, descending: true }
}

async fn person(visitor: Visitor, Path(text): Path<String>) -> Answer {
    let id = UserId(id(&text)?);
    let page = wanted(&visitor);
    let found = visitor
        .desk
        .read(visitor.ctx.clone(), move |tx, ctx| desk::beside::person(tx, ctx, id, &page))
        .await?;
    let reader = visitor.reader();
    let words = reader.words;
    let user = &found.user;
    let main = html! {
        div.heading {
            h1 tabindex="-1" dir="auto" { (avatar(&user.name, Size::Large)) " " (user.name) }
            @if !user.role.answers() {
                (button::link(&format!("{}?email={}", routes::NEW_TICKET, crate::form::escaped(user.email.as_deref().unwrap_or_default())), Button::plain(words.say(Text::NewTicketFor))))
            }
        }
        div.stack {
        (person_facts(&reader, user, &found.identities))
        @if found.graded_down > 0 { p { (words.count(Text::GradedDown, found.graded_down)) } }
        @for one in &found.organizations {
            section.stack aria-labelledby={ "organization-" (one.id) } {
                h2 id={ "organization-" (one.id) } dir="auto" { a href=(routes::organization(one.id.0)) { (one.name) } }
                (organization_facts(&visitor.ctx.handbook, &reader, one, None))
                (channels(&visitor.ctx.handbook, words, &one.facts()))
            }
        }
        @if found.organizations.is_empty() && !user.role.answers() {
            (channels(&visitor.ctx.handbook, words, &OrganizationFacts::default()))
        }
        (tickets(&visitor, &reader, found.tickets, &routes::person(user.id.0)).await?)
        }
    };
    let frame = frame::Frame { title: &user.name, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(&visitor, &reader, frame, &main, None).await?))
}

async fn organization(visitor: Visitor, Path(text): Path<String>) -> Answer {
    let id = OrganizationId(id(&text)?);
    let page = wanted(&visitor);
    let (organization, people, rows) = visitor
        .desk
        .read(visitor.ctx.clone(), move |tx, ctx| desk::beside::organization(tx, ctx, id, &page))
        .await?;
    let reader = visitor.reader();
    let words = reader.words;
    let main = html! { div.stack {
        h1 tabindex="-1" dir="auto" { (organization.name) }
        (organization_facts(&visitor.ctx.handbook, &reader, &organization, None))
        (channels(&visitor.ctx.handbook, words, &organization.facts()))
        @if !organization.domains.is_empty() {
            p.small { (words.say(Text::MailDomains)) " " (organization.domains.join(", ")) }
        }
        @if let Some(notes) = &organization.notes { p dir="auto" { (notes) } }
        @if !people.is_empty() {
            h2 { (words.say(Text::People)) }
            ul.others {
                @for one in &people {
                    li { a href=(routes::person(one.id.0)) dir="auto" { (one.name) } @if let Some(email) = &one.email { " " span.small { (email) } } }
                }
            }
        }
        (tickets(&visitor, &reader, rows, &routes::organization(id.0)).await?)
    } };
    let frame = frame::Frame { title: &organization.name, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(&visitor, &reader, frame, &main, None).await?))
}

/// A page of tickets, the newest first, with the way to older ones.
async fn tickets(
    visitor: &Visitor,
    reader: &Reader,
    mut rows: desk::pages::Rows,
    href: &str,
) -> Result<Markup, Problem> {
    let around = visitor.around().await?;
    let words = reader.words;
    let size = usize::try_from(SIZE).unwrap_or_default();
    let more = rows.tickets.len() > size;
    rows.tickets.truncate(size);
    let last = rows.tickets.last().map(|one: &Stored| one.ticket.id).filter(|_| more);
    let lines = lines(visitor, &around, &rows, Order::Id);
    let whys: Vec<Vec<&str>> =
        lines.iter().map(|line| line.why.iter().map(String::as_str).collect()).collect();
    let shown: Vec<Row<'_>> = lines.iter().zip(&whys).map(|(line, why)| line.row(why)).collect();
    let is_first = visitor.query.number("before").is_none();
    Ok(html! {
        h2 { (words.say(Text::Tickets_)) }
        @if shown.is_empty() { (empty_state(words.say(Text::NoTickets), words.say(Text::NoTicketsWhy), None)) }
        @else { (row::list(reader, words.say(Text::Tickets_), &shown)) }
        nav.line aria-label=(words.say(Text::Pages)) {
            @if !is_first { a.button.quiet href=(href) { (words.say(Text::Newest)) } }
            @if let Some(last) = last {
                a.button.quiet href={ (href) "?before=" (last) } rel="next" { (words.say(Text::Older)) }
            }
        }
    })
}

fn person_facts(reader: &Reader, user: &User, identities: &[Identity]) -> Markup {
    let words = reader.words;
    let mut all = Vec::new();
    for one in identities.iter().filter(|one| one.kind == "email") {
        let source = if one.verified { Source::Own } else { Source::Said(&user.name) };
        let value = html! {
            (one.value)
            @if let Some(why) = &one.undeliverable { span.source.stale { (words.fill(Text::MailFails, &[("why", why)])) } }
        };
        all.push(Fact { name: words.say(Text::Email), value, source });
    }
    let local = their_time(reader, user);
    let known = [
        (Text::TheirTime, local),
        (Text::Phone, user.phone.clone()),
        (Text::LanguageOf, user.locale.clone()),
        (Text::Tags, (!user.tags.is_empty()).then(|| user.tags.join(", "))),
        (Text::About, user.details.clone()),
        (Text::NotesAbout, user.notes.clone()),
        (Text::KnownSince, Some(times::past(words, user.created_at, &reader.zone, reader.now))),
    ];
    for (name, value) in known {
        if let Some(value) = value {
            let value = html! { span dir="auto" { (value) } };
            all.push(Fact { name: words.say(name), value, source: Source::Own });
        }
    }
    facts(reader, &all)
}

/// What time it is where somebody is, if they have told their zone: "09:12 (BST)".
pub(crate) fn their_time(reader: &Reader, user: &User) -> Option<String> {
    let zone = jiff::tz::TimeZone::get(user.time_zone.as_deref()?).ok()?;
    let time = times::time_of_day(reader.now, &zone);
    let values: [(&str, &dyn std::fmt::Display); 2] =
        [("when", &time), ("zone", &times::zone_name(reader.now, &zone))];
    Some(reader.words.fill(Text::Exact, &values))
}

/// What is known of an organization, each with its source and age; `name` is where its name comes from, unless a heading has
/// said it. What is too old is marked: whoever tells it may have fallen silent. (PR-12)
pub(crate) fn organization_facts(
    handbook: &Handbook,
    reader: &Reader,
    organization: &Organization,
    name: Option<Source<'_>>,
) -> Markup {
    let words = reader.words;
    let age = organization.facts_at.map(|at| times::past(words, at, &reader.zone, reader.now));
    let is_old = |at| reader.now.duration_since(at).as_secs() > handbook.facts.stale_after;
    let stale = organization.facts_at.is_some_and(is_old);
    let told = match (&organization.facts_source, &age) {
        (Some(source), Some(age)) => Source::From { source, age, stale },
        _ => Source::Own,
    };
    let fields = &organization.fields;
    let to = routes::organization(organization.id.0);
    let mut all = Vec::new();
    if let Some(source) = name {
        let value = html! { a href=(to) dir="auto" { (organization.name) } };
        all.push(Fact { name: words.say(Text::Organization), value, source });
    }
    let mut add = |name: Text, value: Option<String>| {
        if let Some(value) = value {
            let value = html! { (value) };
            all.push(Fact { name: words.say(name), value, source: told });
        }
    };
    let flag = |key: &str| fields.get(key).and_then(Value::as_bool) == Some(true);
    let yes = |is: bool| is.then(|| words.say(Text::Yes).to_owned());
    add(Text::Plan, fields.get("plan").and_then(Value::as_str).map(str::to_owned));
    let mrr = fields.get("mrr").and_then(Value::as_f64).filter(|mrr| *mrr > 0.0);
    add(Text::Pays, mrr.map(|mrr| words.fill(Text::AMonth, &[("amount", &money(mrr))])));
    add(Text::Trial, yes(flag("trial")));
    let addons = organization.facts().addons;
    add(Text::Addons, (!addons.is_empty()).then(|| addons.join(", ")));
    facts(reader, &all)
}

/// Whether the channels that are not for everyone are for an organization, and why. (CH-08)
fn channels(handbook: &Handbook, words: Words, facts: &OrganizationFacts) -> Markup {
    html! {
        @for one in handbook.eligibilities(facts) {
            p {
                @if one.because.is_empty() {
                    (words.fill(Text::ChannelNotFor, &[("channel", &one.channel), ("reasons", &one.any.join(", "))]))
                } @else {
                    (words.fill(Text::ChannelIsFor, &[("channel", &one.channel), ("reasons", &one.because.join(", "))]))
                }
            }
        }
    }
}

/// An amount of money without more digits than it needs.
fn money(amount: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "revenue is far below 2^52")]
    let whole = amount.trunc() as i64;
    let cents = ((amount - amount.trunc()) * 100.0).round().abs();
    if cents > 0.0 { format!("{}.{cents:02}", number(whole)) } else { number(whole) }
}

/// People whose names or addresses begin with what was typed.
async fn offered(visitor: Visitor) -> Answer {
    let typed = visitor.query.get("email").trim().to_owned();
    let ctx = visitor.ctx.clone();
    let found = if typed.is_empty() {
        Vec::new()
    } else {
        visitor
            .desk
            .read(ctx, move |tx, ctx| {
                desk::users::autocomplete(tx, ctx, &typed, &Page::first(OFFERED), false)
            })
            .await?
            .0
    };
    Ok(frame::html(html! {
        @for user in &found {
            @if let Some(email) = &user.email { option value=(email) { (user.name) } }
        }
    }))
}
