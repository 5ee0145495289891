//! What has changed in a list that somebody looks at: chips in place, everything else as a line at the edge.

use desk::{Ctx, Page, Tx};
use maud::html;

use super::Asked;
use super::rows::SIZE;
use crate::components::row;
use crate::frame;
use crate::problem::Answer;
use crate::routes;
use crate::rows::Chips;
use crate::views::View;
use crate::visitor::Visitor;
use crate::words::Text;

/// The fragment at the edge of a list with a query over it.
pub(crate) async fn news(visitor: &Visitor, built_in: Option<View>, slug: &str) -> Answer {
    let asked = Asked::read(visitor, built_in, slug).await?;
    let shown: Vec<i64> =
        visitor.query.get("ids").split(',').filter_map(|id| id.parse().ok()).collect();
    let around = visitor.around().await?;
    let (list, circle) = (asked.clone(), around.clone());
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let held = list.held(tx, ctx, &circle)?;
        let page = Page { descending: held.descending, ..Page::first(SIZE) };
        desk::pages::rows(tx, ctx, &held.filters, held.order, &page)
    };
    let rows = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let reader = visitor.reader();
    let now: Vec<i64> = rows.tickets.iter().map(|one| one.ticket.id.0).collect();
    let new = now.iter().filter(|id| !shown.contains(id)).count();
    let stayed = now.iter().filter(|id| shown.contains(id));
    let before: Vec<&i64> = shown.iter().filter(|id| now.contains(id)).collect();
    let moved = shown.len() - before.len() + stayed.zip(&before).filter(|(a, b)| a != *b).count();
    let chips = Chips::new(&visitor.ctx, &around);
    let to = routes::filtered(&asked.href, &asked.query);
    let markup = html! {
        @if new + moved > 0 {
            (reader.words.fill(Text::NewAndMoved, &[("new", &new), ("moved", &moved)])) " · "
            a href=(to) data-key="." data-key-label=(reader.words.say(Text::Show)) { (reader.words.say(Text::Show)) }
        }
        @for stored in rows.tickets.iter().filter(|one| shown.contains(&one.ticket.id.0)) {
            (row::chip_in_place(&reader, stored.ticket.id.0, chips.left(&stored.ticket)))
        }
    };
    Ok(frame::html(markup))
}
