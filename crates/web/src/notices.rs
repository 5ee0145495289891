//! What one was told: by ticket, with what is not read yet. (ROT-10)

use axum::response::{IntoResponse, Redirect};
use desk::Act;
use desk::notices::{Gathered, Which};
use domain::notices::{Notice, What};
use domain::rota::SwapState;
use domain::{NoticeId, TicketId};
use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::notices_link::notices_link;
use crate::components::time;
use crate::form::Form;
use crate::problem::Answer;
use crate::reader::Reader;
use crate::rows::subject;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{frame, routes, times};

/// How many notices a page has.
const SIZE: i64 = 50;

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get("/notices", Act::ReadDesk, list),
        Route::get("/notices/count", Act::ReadDesk, count),
        Route::post("/notices/read", Act::ReadDesk, read),
    ]
}

async fn list(visitor: Visitor) -> Answer {
    let before = visitor.query.number("before").map(NoticeId);
    let ctx = visitor.ctx.clone();
    let gathered =
        visitor.desk.read(ctx, move |tx, ctx| desk::notices::page(tx, ctx, before, SIZE)).await?;
    let around = visitor.around().await?;
    let reader = visitor.reader();
    let words = reader.words;
    let newest = gathered.notices.first().map(|notice| notice.id.to_string());
    let main = html! {
        div.heading {
            h1 tabindex="-1" { (words.say(Text::Notices)) }
            @if around.unread > 0 { p { (words.count(Text::Unread, around.unread)) } }
            @if let Some(newest) = newest.filter(|_| around.unread > 0 && before.is_none()) {
                (mark(&reader, "upto", &newest, Button::primary(words.say(Text::NoticesReadAll))))
            }
        }
        @if gathered.notices.is_empty() {
            (empty_state(words.say(Text::NoticesNone), words.say(Text::NoticesNoneWhy), None))
        }
        @for group in gathered.groups() { (section(&visitor, &reader, &gathered, &group)) }
        p.line {
            @if let Some(last) = gathered.notices.last().filter(|_| gathered.notices.len() == 50) {
                a.button.quiet href={ (routes::NOTICES) "?before=" (last.id) } rel="next" { (words.say(Text::Older)) }
            }
            a href=(routes::SETTINGS) { (words.say(Text::NoticesChoose)) }
        }
    };
    let title = words.say(Text::Notices);
    let page = frame::Frame { title, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(&visitor, &reader, page, &main, None).await?))
}

/// A form of one button that marks notices as read.
fn mark(reader: &Reader, name: &str, value: &str, button: Button<'_>) -> Markup {
    html! {
        form.action method="post" action=(routes::NOTICES_READ) {
            (button::csrf(reader))
            input type="hidden" name=(name) value=(value);
            (button::submit(button))
        }
    }
}

/// Everything on the page about one ticket, or about one team.
fn section(visitor: &Visitor, reader: &Reader, gathered: &Gathered, group: &[&Notice]) -> Markup {
    let words = reader.words;
    let Some(first) = group.first() else { return html! {} };
    let team = first.team.and_then(|id| gathered.teams.get(&id));
    let slug = team.and_then(|team| team.slug.as_deref()).unwrap_or_default();
    let weeks = visitor.ctx.handbook.calendar(slug).zone();
    let (heading, href) = match first.ticket {
        Some(id) => {
            let stored = gathered.tickets.get(&id);
            let about = stored.map_or("", |stored| stored.subject.as_str());
            (format!("#{id} {}", subject(words, about)), routes::ticket(id.0))
        }
        None => {
            let name = team.map_or("", |team| team.name.as_str());
            (words.fill(Text::RotaOf, &[("team", &name)]), routes::rota(slug))
        }
    };
    let unread: Vec<String> = group
        .iter()
        .filter(|notice| notice.read_at.is_none())
        .map(|notice| notice.id.to_string())
        .collect();
    let id = format!("notices-{}", first.id);
    html! {
        section.notice-group aria-labelledby=(id) {
            div.notice-head {
                h2 id=(id) { a href=(href) { (heading) } }
                @if !unread.is_empty() {
                    (mark(reader, "ids", &unread.join(","), Button::quiet(words.say(Text::NoticesRead))))
                }
            }
            ul {
                @for notice in group {
                    li.unread[notice.read_at.is_none()] {
                        @if notice.read_at.is_none() { span.badge { (words.say(Text::NoticeNew)) } " " }
                        (sentence(reader, gathered, notice, (slug, weeks)))
                        " " span.small.muted { (time::past(reader, notice.at)) }
                    }
                }
            }
        }
    }
}

/// What happened, in a sentence.
fn sentence(
    reader: &Reader,
    gathered: &Gathered,
    notice: &Notice,
    (slug, weeks): (&str, &TimeZone),
) -> Markup {
    let words = reader.words;
    let by = match gathered.by(notice) {
        "" => words.say(Text::Somebody),
        name => name,
    };
    let named = |text: Text| words.fill(text, &[("name", &by)]);
    let week = |at| times::day(words, at, weeks, reader.now);
    let when = |at| times::promise_to_reader(words, at, &reader.zone, reader.now);
    let swap = |text: Text, one, other| {
        words.fill(text, &[("name", &by), ("week", &week(one)), ("back", &week(other))])
    };
    let span = |text: Text, from, to| {
        words.fill(text, &[("name", &by), ("from", &when(from)), ("to", &when(to))])
    };
    let said = match &notice.what {
        What::Escalated => named(Text::NoticeEscalated),
        What::BackFromHold => words.say(Text::NoticeBackFromHold).to_owned(),
        What::Assigned if notice.by.is_none() => words.say(Text::NoticeAssignedByRule).to_owned(),
        What::Assigned => named(Text::NoticeAssigned),
        What::CustomerWrote => named(Text::NoticeCustomerWrote),
        What::RatedLow { rating } => words.fill(Text::NoticeRatedLow, &[("rating", rating)]),
        What::Followed => named(Text::NoticeFollowed),
        What::SnoozeOver => words.say(Text::NoticeSnoozeOver).to_owned(),
        What::Ruled { rule, text } => {
            words.fill(Text::NoticeRuled, &[("rule", rule), ("text", text)])
        }
        What::Mentioned => named(Text::NoticeMentioned),
        What::SwapOffered { week, in_return, .. } => {
            swap(Text::NoticeSwapOffered, *week, *in_return)
        }
        What::SwapAnswered { state, week, in_return } => {
            let text = match state {
                SwapState::Accepted => Text::NoticeSwapAccepted,
                SwapState::Refused => Text::NoticeSwapRefused,
                SwapState::Withdrawn | SwapState::Offered => Text::NoticeSwapWithdrawn,
            };
            swap(text, *week, *in_return)
        }
        What::TimeGiven { from, to } => span(Text::NoticeTimeGiven, *from, *to),
        What::CoverAsked { from, to } => span(Text::NoticeCoverAsked, *from, *to),
        What::WeekBegins { until, stands_in } => {
            let text = if *stands_in { Text::NoticeStandsIn } else { Text::NoticeWeekBegins };
            words.fill(text, &[("until", &when(*until))])
        }
        What::DigestReady { week } => {
            let to = routes::digest(slug, &week.to_string());
            return html! { a href=(to) { (words.say(Text::NoticeDigestReady)) } };
        }
    };
    html! { (said) }
}

/// The link in the header again, with the count as it is now.
async fn count(visitor: Visitor) -> Answer {
    let unread = visitor.desk.read(visitor.ctx.clone(), desk::notices::unread).await?;
    let me = visitor.person()?.id.0;
    Ok(frame::html(notices_link(visitor.reader().words, unread, me)))
}

async fn read(visitor: Visitor, form: Form) -> Answer {
    let ids = || form.get("ids").split(',').filter_map(|id| id.parse().ok()).map(NoticeId);
    let which = match (form.number("upto"), form.number("ticket")) {
        (Some(upto), _) => Which::UpTo(NoticeId(upto)),
        (None, Some(ticket)) => Which::Ticket(TicketId(ticket)),
        (None, None) => Which::These(ids().take(200).collect()),
    };
    let ctx = visitor.ctx.clone();
    visitor.desk.write(ctx, move |tx, ctx| desk::notices::read(tx, ctx, &which)).await?;
    Ok(Redirect::to(routes::NOTICES).into_response())
}
