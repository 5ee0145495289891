//! What has changed in a list that somebody looks at: rows in place, those that left stay where they were and say where
//! they went, and what is new waits as a line at the edge.

use std::collections::HashMap;

use desk::pages::Rows;
use desk::tickets::{Filter, Order};
use desk::{Ctx, Error, Page, Tx};
use domain::{Envelope, Event, Status, TicketId, UserId};
use maud::{Markup, html};

use super::rows::SIZE;
use super::{Asked, Place};
use crate::components::badge::status_text;
use crate::components::button::key_cap;
use crate::components::navigation::tickets;
use crate::components::row;
use crate::form::Form;
use crate::memory::Around;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::rows::{Line, lines, version};
use crate::views::View;
use crate::visitor::Visitor;
use crate::words::{Text, Words};
use crate::{frame, keys, routes, views};

/// No list shows more.
const MOST: usize = 100;

/// A list as it is asked for.
#[derive(Clone)]
pub(super) struct List {
    asked: Asked,
    /// Whether it is a list that everybody has, as it is.
    plain: Option<View>,
}

/// What became of the rows that somebody looks at.
#[derive(Default)]
struct Seen {
    order: Order,
    /// The numbers on the page as it would be now.
    now: Vec<TicketId>,
    /// Those that are to be drawn anew.
    rows: Rows,
    /// Of these the ones that do not belong to the list any more, and what happened to them last.
    gone: HashMap<TicketId, Vec<Envelope>>,
}

impl List {
    pub(super) async fn read(visitor: &Visitor, slug: &str, query: &Form) -> Result<Self, Problem> {
        let built_in = View::named(slug);
        let asked = Asked::read_with(visitor, built_in, slug, query).await?;
        let plain = built_in.filter(|view| asked.place == Place::of(*view));
        Ok(Self { asked, plain })
    }

    /// Filters no ticket is found by twice, and their order.
    pub(super) fn held(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        around: &Around,
    ) -> Result<(Vec<Filter>, Order, bool), Error> {
        if let (Some(view), Some(user)) = (self.plain, ctx.actor.user()) {
            return Ok((view.filters(ctx, user, &around.own), view.order(), view.descending()));
        }
        let held = self.asked.held(tx, ctx, around)?;
        Ok((held.filters, held.order, held.descending))
    }

    /// How many tickets it has, and on the first page of what waits how many of them are over and soon will be.
    fn counted(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        around: &Around,
        is_first: bool,
    ) -> Result<(i64, Option<(i64, i64)>), Error> {
        let (filters, ..) = self.held(tx, ctx, around)?;
        let Some(view) = self.plain else {
            let all = desk::tickets::view_counts(tx, ctx, &filters)?.into_iter().sum();
            return Ok((all, None));
        };
        let presses = is_first && !view.descending();
        let pressing = if presses { Some(views::press(tx, ctx, &filters)?) } else { None };
        Ok((views::count_of(view, around), pressing))
    }

    /// What it is called.
    pub(super) fn title(&self, words: Words) -> &str {
        self.asked.title(words)
    }

    /// What the address of a ticket of this list ends with.
    pub(super) fn within(&self) -> String {
        self.asked.place.within()
    }

    pub(super) fn href(&self) -> String {
        self.asked.place.address()
    }
}

/// What became of these tickets, each with the version that is shown.
fn look(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (list, around): (&List, &Around),
    shown: &[(TicketId, i64)],
    with_page: bool,
) -> Result<Seen, Error> {
    let (filters, order, descending) = list.held(tx, ctx, around)?;
    let mut seen = Seen { order, ..Seen::default() };
    if with_page {
        let page = Page { descending, ..Page::first(SIZE) };
        seen.now = desk::pages::numbers(tx, ctx, &filters, order, &page)?;
    }
    let shown_ids: Vec<TicketId> = shown.iter().map(|(id, _)| *id).collect();
    let mut rows = desk::pages::these(tx, ctx, &shown_ids)?;
    let unread = std::mem::take(&mut rows.unread);
    rows.tickets.retain(|one| {
        let id = one.ticket.id;
        let now = version(one.ticket.seq, unread.contains(&id));
        shown.iter().any(|(shown, had)| *shown == id && *had != now)
    });
    rows.unread = unread;
    let changed: Vec<TicketId> = rows.tickets.iter().map(|one| one.ticket.id).collect();
    let still = desk::pages::still(tx, ctx, &filters, &changed)?;
    for id in changed.into_iter().filter(|id| !still.contains(id)) {
        seen.gone.insert(id, desk::pages::latest(tx, ctx, id)?);
    }
    seen.rows = rows;
    Ok(seen)
}

/// The line at the edge of a list, and the rows of it that are others than those shown: `?rows=7.12,8.3`, each number
/// with its version.
pub(crate) async fn news(visitor: &Visitor, slug: &str) -> Answer {
    let list = List::read(visitor, slug, &visitor.query).await?;
    let shown = visitor.query.get("rows").split(',').filter_map(|one| {
        let (id, seq) = one.split_once('.')?;
        Some((TicketId(id.parse().ok()?), seq.parse().ok()?))
    });
    let shown: Vec<(TicketId, i64)> = shown.take(MOST).collect();
    let around = visitor.around().await?;
    let (inner, circle, had) = (list.clone(), around.clone(), shown.clone());
    let is_first = visitor.query.some("first").is_some();
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let seen = look(tx, ctx, (&inner, &circle), &had, true)?;
        Ok::<_, Error>((seen, inner.counted(tx, ctx, &circle, is_first)?))
    };
    let (seen, (all, pressing)) = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let words = visitor.reader().words;
    let top = visitor.query.number("n").unwrap_or(1);
    let places = (top..).zip(&shown).map(|(place, (id, _))| (*id, place)).collect();
    let new = seen.now.iter().filter(|id| shown.iter().all(|(one, _)| one != *id)).count();
    let stayed = seen.now.iter().filter(|id| shown.iter().any(|(one, _)| one == *id));
    let before: Vec<TicketId> =
        shown.iter().map(|(id, _)| *id).filter(|id| seen.now.contains(id)).collect();
    let left = shown.len() - before.len();
    let moved = stayed.zip(&before).filter(|(a, b)| a != b).count();
    let mut said = Vec::new();
    let first = seen.now.iter().find(|id| shown.iter().all(|(one, _)| one != *id));
    let first = first.or(seen.now.first()).map(|id| format!("row-{id}"));
    if new + moved > 0 {
        said.push(words.fill(Text::RowsNews, &[("new", &new), ("moved", &moved)]));
    }
    if left > 0 && is_first {
        said.push(words.fill(Text::RowsGone, &[("n", &left)]));
    }
    Ok(frame::html(html! {
        p { @if !said.is_empty() {
            (said.join(", ")) " · "
            a #list-show href=(list.href()) data-first=[first] data-key=(keys::NEWS) data-key-label=(words.say(Text::KeyShowNew)) aria-keyshortcuts=(keys::NEWS) {
                (words.say(Text::Show)) (key_cap(Some(keys::NEWS)))
            }
        } }
        ol { (drawn(visitor, &around, (&seen, &list.within()), Some(&places))) }
        (views::summary(words, all, pressing))
        (row::whole(words, i64::try_from(shown.len()).unwrap_or_default(), all))
        @for (view, count) in View::ALL.iter().zip(&around.counts) { (tickets(words, &view.href(), *count)) }
        @for (view, count) in &around.kept { (tickets(words, &routes::view(&view.slug), *count)) }
        (tickets(words, &frame::triage(visitor), around.triage))
        (tickets(words, routes::SUSPENDED, around.suspended))
    }))
}

/// The rows of a list that were changed just now by the one who looks at it, each to take its own place.
pub(crate) async fn changed_rows(
    visitor: &Visitor,
    from: &str,
    ids: &[TicketId],
) -> Result<Markup, Problem> {
    let (path, query) = from.split_once('?').unwrap_or((from, ""));
    let slug = path.strip_prefix("/views/").unwrap_or_default().to_owned();
    let query = Form::read(query.as_bytes()).unwrap_or_default();
    let Ok(list) = List::read(visitor, &slug, &query).await else { return Ok(html! {}) };
    let around = visitor.around().await?;
    let shown: Vec<(TicketId, i64)> = ids.iter().take(MOST).map(|id| (*id, 0)).collect();
    let (circle, within) = (around.clone(), list.within());
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| look(tx, ctx, (&list, &circle), &shown, false);
    let seen = visitor.desk.read(visitor.ctx.clone(), read).await?;
    Ok(drawn(visitor, &around, (&seen, &within), None))
}

/// The rows anew: of news with the places they have on the page, else as what takes their place there.
fn drawn(
    visitor: &Visitor,
    around: &Around,
    (seen, within): (&Seen, &str),
    places: Option<&HashMap<TicketId, i64>>,
) -> Markup {
    let reader = visitor.reader();
    let all: Vec<Line> = lines(visitor, around, &seen.rows, seen.order);
    html! {
        @for line in &all {
            @let why: Vec<&str> = line.why.iter().map(String::as_str).collect();
            @let gone = seen.gone.get(&TicketId(line.id)).map(|log| gone(visitor, &reader, around, seen, log));
            @let within = super::placed(within, places.and_then(|places| places.get(&TicketId(line.id))).copied());
            (row::anew(&reader, &row::Row { gone: gone.as_deref(), within: &within, ..line.row(&why) }, places.is_none()))
        }
    }
}

/// Where a ticket went, and by whom: the last change that says where.
fn gone(
    visitor: &Visitor,
    reader: &Reader,
    around: &Around,
    seen: &Seen,
    log: &[Envelope],
) -> String {
    let words = reader.words;
    let person = |id: UserId| {
        let known = seen.rows.people.iter().find(|user| user.id == id);
        known.map_or(words.say(Text::Somebody), |user| user.name.as_str())
    };
    let who = |envelope: &Envelope| match envelope.person() {
        Some(id) if visitor.ctx.actor.user() == Some(id) => words.say(Text::GoneYou).to_owned(),
        Some(id) => person(id).to_owned(),
        None => words.fill(Text::ByRule, &[("rule", &envelope.actor_id)]),
    };
    let place = |envelope: &Envelope| {
        let who = who(envelope);
        Some(match &envelope.event {
            Event::StatusChanged { to: Status::Solved, .. } => {
                words.fill(Text::GoneSolved, &[("who", &who)])
            }
            Event::StatusChanged { to, .. } => {
                let status = words.say(status_text(*to));
                words.fill(Text::GoneStatus, &[("status", &status), ("who", &who)])
            }
            Event::TeamChanged { to, .. } | Event::Routed { team: to, .. } => {
                let team = around.team_name(*to);
                words.fill(Text::GoneMoved, &[("team", &team), ("who", &who)])
            }
            Event::Escalated { team, .. } => {
                let team = around.team_name(*team);
                words.fill(Text::GoneMoved, &[("team", &team), ("who", &who)])
            }
            Event::Assigned { to: Some(to) } => {
                let name = person(*to);
                words.fill(Text::GoneGiven, &[("name", &name), ("who", &who)])
            }
            Event::Assigned { to: None } => words.fill(Text::GoneFreed, &[("who", &who)]),
            _ => return None,
        })
    };
    let said = log.iter().rev().find_map(place);
    said.or_else(|| log.last().map(|one| words.fill(Text::GoneChanged, &[("who", &who(one))])))
        .unwrap_or_default()
}
