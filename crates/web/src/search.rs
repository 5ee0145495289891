//! Going somewhere by what one knows: a ticket's number, or who asked.

use axum::response::{IntoResponse, Redirect};
use desk::pages::Rows;
use desk::tickets::{Filter, Order};
use desk::{Act, Error, Page};
use domain::TicketId;
use maud::html;

use crate::components::empty_state::empty_state;
use crate::components::row::{self, Row};
use crate::problem::Answer;
use crate::rows::lines;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{frame, routes};

/// How many people a query may mean.
const MOST_PEOPLE: i64 = 10;
/// How many tickets of them are listed.
const MOST_TICKETS: i64 = 50;

pub(crate) fn pages() -> Vec<Route> {
    vec![Route::get("/search", Act::ReadDesk, search)]
}

async fn search(visitor: Visitor) -> Answer {
    let query = visitor.query.get("q").trim().to_owned();
    if let Ok(id) = query.trim_start_matches('#').parse::<i64>() {
        let ctx = visitor.ctx.clone();
        let found =
            visitor.desk.read(ctx, move |tx, ctx| desk::tickets::show(tx, ctx, TicketId(id)));
        match found.await {
            Ok(_) => return Ok(Redirect::to(&routes::ticket(id)).into_response()),
            Err(Error::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let rows = of_people(&visitor, &query).await?;
    let around = visitor.around().await?;
    let reader = visitor.reader();
    let words = reader.words;
    let lines = lines(&visitor, &around, &rows, Order::Id);
    let whys: Vec<Vec<&str>> =
        lines.iter().map(|line| line.why.iter().map(String::as_str).collect()).collect();
    let shown: Vec<Row<'_>> = lines.iter().zip(&whys).map(|(line, why)| line.row(why)).collect();
    let main = html! {
        div.heading { h1 tabindex="-1" { (words.say(Text::Search)) } p { (words.say(Text::SearchedIn)) } }
        @if shown.is_empty() {
            (empty_state(&words.fill(Text::NothingFound, &[("query", &query)]), words.say(Text::NothingFoundWhy), None))
        } @else { (row::list(&reader, words.say(Text::Search), &shown)) }
    };
    let title = words.say(Text::Search);
    let frame = frame::Frame { title, query: &query, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(&visitor, &reader, frame, &main, None).await?))
}

/// The newest tickets of the people a query means.
async fn of_people(visitor: &Visitor, query: &str) -> Result<Rows, Error> {
    if query.is_empty() {
        return Ok(Rows::default());
    }
    let query = query.to_owned();
    let read = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
        let page = Page::first(MOST_PEOPLE);
        let (people, _) = desk::users::search(tx, ctx, &query, &page, false)?;
        let filters: Vec<Filter> = people
            .iter()
            .map(|user| Filter { requester: Some(user.id), ..Filter::default() })
            .collect();
        let page = Page { descending: true, ..Page::first(MOST_TICKETS) };
        desk::pages::rows(tx, ctx, &filters, Order::Id, &page)
    };
    visitor.desk.read(visitor.ctx.clone(), read).await
}
