//! Searching: one box over tickets, comments, people and organizations, and what the bar at the top finds while one types.

use axum::response::{IntoResponse, Redirect};
use desk::questions::Hit;
use desk::search::{CommentHit, Groups, TicketHit};
use desk::tickets::Stored;
use desk::{Act, Error};
use domain::conditions::{Condition, Misread, Place, Query};
use domain::{Organization, TicketId, User, UserId};
use maud::{Markup, html};

use crate::components::badge::status;
use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::excerpt::excerpt;
use crate::components::time::past;
use crate::components::time_left::time_left;
use crate::problem::Answer;
use crate::reader::Reader;
use crate::rows::{self, Chips};
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::{Text, Words, number};
use crate::{frame, routes};

/// How many of each sort the page shows, and the bar.
const ON_PAGE: usize = 20;
const IN_BAR: usize = 5;
/// Beyond this nobody counts.
const COUNTED: i64 = 1_000;

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get(routes::SEARCH, Act::ReadDesk, search),
        Route::get(routes::BAR, Act::ReadDesk, bar),
    ]
}

async fn search(visitor: Visitor) -> Answer {
    let query = visitor.query.get("q").trim().to_owned();
    if !visitor.fragment
        && let Some(id) = only_ticket(&visitor, &query).await?
    {
        return Ok(Redirect::to(&routes::ticket(id.0)).into_response());
    }
    let groups = find(&visitor, &query, ON_PAGE).await?;
    let reader = visitor.reader();
    let chips = Chips::new(&visitor.ctx, &*visitor.around().await?);
    let found = found((&reader, &chips), &query, &groups);
    if visitor.fragment {
        return Ok(frame::html(found));
    }
    let words = reader.words;
    let main = html! {
        div.heading { h1 tabindex="-1" { (words.say(Text::Search)) } p { (words.say(Text::SearchedIn)) } }
        (help(words))
        div #found aria-live="polite" { (found) }
    };
    let title = words.say(Text::Search);
    let frame = frame::Frame { title, query: &query, searches: true, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(&visitor, &reader, frame, &main, None).await?))
}

/// The ticket that a query is the number of.
async fn only_ticket(visitor: &Visitor, query: &str) -> Result<Option<TicketId>, Error> {
    let Ok(id) = query.trim_start_matches('#').parse::<i64>() else { return Ok(None) };
    let id = TicketId(id);
    let shown = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| desk::tickets::show(tx, ctx, id);
    match visitor.desk.read(visitor.ctx.clone(), shown).await {
        Ok(_) => Ok(Some(id)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn find(visitor: &Visitor, query: &str, most: usize) -> Result<Groups, Error> {
    let query = query.to_owned();
    let search =
        move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| desk::search::groups(tx, ctx, &query, most);
    visitor.desk.read(visitor.ctx.clone(), search).await
}

/// What was found, in groups; or that nothing was.
fn found((reader, chips): (&Reader, &Chips), query: &str, groups: &Groups) -> Markup {
    let words = reader.words;
    let nothing = groups.tickets.is_empty()
        && groups.comments.is_empty()
        && groups.people.is_empty()
        && groups.organizations.is_empty()
        && groups.questions.is_empty();
    html! {
        (misread(words, &groups.misread))
        @if groups.is_building { p.message-box role="status" { (words.say(Text::IndexBuilding)) } }
        @if query.is_empty() { p.muted { (words.say(Text::SearchFor)) } }
        @else if nothing { (nothing_found(words, query)) }
        @else {
            row-list {
                (tickets((reader, chips), query, groups))
                (comments(reader, groups))
                (people(words, &groups.people))
                (organizations(words, &groups.organizations))
                (questions(words, &groups.questions))
            }
        }
    }
}

/// What of a query was not understood, part by part.
pub(crate) fn misread(words: Words, misread: &[Misread]) -> Markup {
    html! {
        @if !misread.is_empty() {
            div.message-box.warn role="status" {
                @for one in misread {
                    p { (words.fill(Text::NotUnderstood, &[("part", &one.part), ("why", &one.why)])) }
                }
            }
        }
    }
}

fn nothing_found(words: Words, query: &str) -> Markup {
    let parsed = Query::parse(query).query;
    let (texts, rest) = parsed.condition.split_words();
    let action = (!texts.is_empty() && rest != Condition::always()).then(|| {
        let plain = Condition::Text(Place::Anywhere, texts.to_vec()).to_string();
        let label = words.fill(Text::DropFilters, &[("filters", &rest)]);
        button::link(&routes::search(&plain), Button::plain(&label))
    });
    let heading = words.fill(Text::NothingFound, &[("query", &query)]);
    empty_state(&heading, words.say(Text::NothingFoundWhy), action.as_ref())
}

fn tickets((reader, chips): (&Reader, &Chips), query: &str, groups: &Groups) -> Markup {
    let words = reader.words;
    let count = if groups.ticket_count > COUNTED {
        format!("{}+", number(COUNTED))
    } else {
        number(groups.ticket_count)
    };
    let more = groups.ticket_count > i64::try_from(groups.tickets.len()).unwrap_or(i64::MAX);
    html! {
        @if !groups.tickets.is_empty() {
            section.found aria-labelledby="found-tickets" {
                h2 #found-tickets { (words.say(Text::FoundTickets)) " " span.count { (count) } }
                ol { @for hit in &groups.tickets { (ticket((reader, chips), hit, &groups.named)) } }
                @if more { p { a href=(routes::filtered(&routes::view("all"), query)) { (words.say(Text::AllTickets)) } } }
            }
        }
    }
}

fn name(people: &[User], id: UserId) -> &str {
    people.iter().find(|user| user.id == id).map_or("", |user| &user.name)
}

fn ticket((reader, chips): (&Reader, &Chips), hit: &TicketHit, named: &[User]) -> Markup {
    let words = reader.words;
    let ticket = &hit.stored.ticket;
    html! {
        li id={ "found-ticket-" (ticket.id) } {
            h3 {
                a href=(routes::ticket(ticket.id.0)) id={ "found-ticket-" (ticket.id) "-link" } {
                    span.muted { "#" (ticket.id) } " "
                    @if hit.stored.subject.trim().is_empty() { (words.say(Text::NoSubject)) } @else { (excerpt(&hit.subject)) }
                }
            }
            p.found-text { (excerpt(&hit.excerpt)) }
            p.found-meta {
                (status(words, ticket.status)) " "
                (time_left(reader, chips.left(ticket))) " · "
                span dir="auto" { (name(named, ticket.requester)) } " · "
                (past(reader, ticket.updated_at))
            }
        }
    }
}

fn comments(reader: &Reader, groups: &Groups) -> Markup {
    let words = reader.words;
    html! {
        @if !groups.comments.is_empty() {
            section.found aria-labelledby="found-comments" {
                h2 #found-comments { (words.say(Text::FoundComments)) }
                ol { @for hit in &groups.comments { (comment(reader, hit, &groups.named)) } }
                @if groups.more_comments { p.muted { (words.say(Text::MoreComments)) } }
            }
        }
    }
}

fn comment(reader: &Reader, hit: &CommentHit, named: &[User]) -> Markup {
    let words = reader.words;
    let said = &hit.said;
    let subject = rows::subject(words, &said.subject);
    let to = format!("{}#message-{}", routes::ticket(said.ticket.0), said.id);
    html! {
        li id={ "found-comment-" (said.id) } class=[(!said.is_public).then_some("found-note")] {
            h3 {
                a href=(to) id={ "found-comment-" (said.id) "-link" } dir="auto" {
                    (name(named, said.author)) " "
                    span.muted { (words.fill(Text::OnTicket, &[("id", &said.ticket), ("subject", &subject)])) }
                }
            }
            p.found-text { (excerpt(&hit.excerpt)) }
            p.found-meta {
                @if !said.is_public { strong { (words.say(Text::InternalNote)) } " · " }
                (past(reader, said.created_at))
            }
        }
    }
}

fn people(words: Words, people: &[User]) -> Markup {
    html! {
        @if !people.is_empty() {
            section.found aria-labelledby="found-people" {
                h2 #found-people { (words.say(Text::FoundPeople)) }
                ol {
                    @for user in people {
                        li id={ "found-person-" (user.id) } {
                            h3 { a href=(routes::person(user.id.0)) id={ "found-person-" (user.id) "-link" } dir="auto" { (user.name) } }
                            @if let Some(email) = &user.email { p.found-meta { (email) } }
                        }
                    }
                }
            }
        }
    }
}

fn organizations(words: Words, organizations: &[Organization]) -> Markup {
    html! {
        @if !organizations.is_empty() {
            section.found aria-labelledby="found-organizations" {
                h2 #found-organizations { (words.say(Text::FoundOrganizations)) }
                ol {
                    @for one in organizations {
                        li id={ "found-organization-" (one.id) } {
                            h3 { a href=(routes::organization(one.id.0)) id={ "found-organization-" (one.id) "-link" } dir="auto" { (one.name) } }
                            @if !one.domains.is_empty() { p.found-meta { (one.domains.join(", ")) } }
                        }
                    }
                }
            }
        }
    }
}

fn questions(words: Words, questions: &[Hit]) -> Markup {
    html! {
        @if !questions.is_empty() {
            section.found aria-labelledby="found-questions" {
                h2 #found-questions { (words.say(Text::Questions)) }
                ol {
                    @for hit in questions {
                        @let question = &hit.answered.question;
                        li id={ "found-question-" (question.id) } {
                            h3 { a href=(routes::question(question.id.0)) id={ "found-question-" (question.id) "-link" } lang=(question.locale.tag()) dir="auto" { (question.title) } }
                            p.found-text lang=(question.locale.tag()) { (excerpt(&hit.excerpt)) }
                        }
                    }
                }
            }
        }
    }
}

/// What can be typed, with an example that can be pressed for each.
fn help(words: Words) -> Markup {
    let examples: [(&str, Text); 11] = [
        ("flag", Text::SyntaxWord),
        ("\"fall back\"", Text::SyntaxPhrase),
        ("-safari", Text::SyntaxNot),
        ("(safari OR firefox)", Text::SyntaxOr),
        ("status<solved", Text::SyntaxStatus),
        ("assignee:me", Text::SyntaxPeople),
        ("team:mine", Text::SyntaxTeam),
        ("tags:vip tags:beta", Text::SyntaxTags),
        ("created>4hours", Text::SyntaxTime),
        ("type:user", Text::SyntaxType),
        ("order_by:updated", Text::SyntaxOrder),
    ];
    html! {
        details.syntax {
            summary { (words.say(Text::SyntaxHelp)) }
            dl {
                @for (example, text) in examples {
                    dt { a href=(routes::search(example)) { code { (example) } } }
                    dd { (words.say(text)) }
                }
            }
        }
    }
}

/// What the bar at the top shows of what the server finds: places to go to.
async fn bar(visitor: Visitor) -> Answer {
    let query = visitor.query.get("q").trim().to_owned();
    if query.is_empty() {
        return recent(&visitor).await;
    }
    let groups = find(&visitor, &query, IN_BAR).await?;
    let reader = visitor.reader();
    let words = reader.words;
    let chips = Chips::new(&visitor.ctx, &*visitor.around().await?);
    let tickets = groups.tickets.iter().map(|hit| bar_ticket((&reader, &chips), &hit.stored));
    let comments = groups.comments.iter().take(IN_BAR).map(|hit| {
        let said = &hit.said;
        let to = format!("{}#message-{}", routes::ticket(said.ticket.0), said.id);
        option(&format!("bar-comment-{}", said.id), &to, &html! {
            span dir="auto" { (name(&groups.named, said.author)) } " "
            span.muted { "#" (said.ticket) " " span dir="auto" { (rows::subject(words, &said.subject)) } }
        })
    });
    let people = groups.people.iter().map(|user| {
        option(&format!("bar-person-{}", user.id), &routes::person(user.id.0), &html! {
            span dir="auto" { (user.name) } @if let Some(email) = &user.email { " " span.muted { (email) } }
        })
    });
    let organizations = groups.organizations.iter().map(|one| {
        let id = format!("bar-organization-{}", one.id);
        option(&id, &routes::organization(one.id.0), &html! { span dir="auto" { (one.name) } })
    });
    let questions = groups.questions.iter().map(|hit| {
        let one = &hit.answered.question;
        let title = html! { span lang=(one.locale.tag()) dir="auto" { (one.title) } };
        option(&format!("bar-question-{}", one.id), &routes::question(one.id.0), &title)
    });
    let all = html! { (words.fill(Text::BarSearchAll, &[("query", &query)])) };
    Ok(frame::html(html! {
        (bar_group(words.say(Text::FoundTickets), tickets.collect()))
        (bar_group(words.say(Text::FoundComments), comments.collect()))
        (bar_group(words.say(Text::FoundPeople), people.collect()))
        (bar_group(words.say(Text::FoundOrganizations), organizations.collect()))
        (bar_group(words.say(Text::Questions), questions.collect()))
        (option("bar-everywhere", &routes::search(&query), &all))
    }))
}

/// A line of the bar that leads somewhere.
fn option(id: &str, to: &str, label: &Markup) -> Markup {
    html! { a.bar-option role="option" id=(id) href=(to) tabindex="-1" { (label) } }
}

/// Lines of the bar under their heading, if there are any.
fn bar_group(label: &str, options: Vec<Markup>) -> Markup {
    html! {
        @if !options.is_empty() {
            div role="group" aria-label=(label) {
                p.bar-heading aria-hidden="true" { (label) }
                @for option in options { (option) }
            }
        }
    }
}

/// A ticket in the bar: what it is about, how it stands and when it is due.
fn bar_ticket((reader, chips): (&Reader, &Chips), stored: &Stored) -> Markup {
    let (words, id) = (reader.words, stored.ticket.id);
    let label = html! {
        span.muted { "#" (id) } " " span dir="auto" { (rows::subject(words, &stored.subject)) } " "
        (status(words, stored.ticket.status)) " " (time_left(reader, chips.left(&stored.ticket)))
    };
    option(&format!("bar-ticket-{id}"), &routes::ticket(id.0), &label)
}

/// The tickets somebody looked at last, whose numbers their browser knows.
async fn recent(visitor: &Visitor) -> Answer {
    let asked = visitor.query.get("recent").split(',').filter_map(|id| id.parse().ok());
    let ids: Vec<TicketId> = asked.map(TicketId).take(IN_BAR).collect();
    let wanted = ids.clone();
    let read = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| desk::pages::these(tx, ctx, &wanted);
    let mut found = visitor.desk.read(visitor.ctx.clone(), read).await?.tickets;
    found.sort_by_key(|one| ids.iter().position(|id| *id == one.ticket.id));
    let reader = visitor.reader();
    let chips = Chips::new(&visitor.ctx, &*visitor.around().await?);
    let options = found.iter().map(|one| bar_ticket((&reader, &chips), one)).collect();
    Ok(frame::html(bar_group(reader.words.say(Text::BarRecent), options)))
}
