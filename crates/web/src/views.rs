//! The lists of tickets: what is due first, with the time left, who asks, and why it stands where it stands.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect};
use desk::tickets::{Filter, Order};
use desk::{Act, Ctx, Error, Key, KeyValue, Page, Start};
use domain::{Status, TeamId, UserId};
use handbook::{Amount, Target};
use maud::{Markup, html};

use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::pagination::Pages;
use crate::memory::Around;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::rows::{Line, lines};
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::{Text, Words, number};
use crate::{frame, keys, lists, routes, times};

/// How many rows a page has.
const SIZE: i64 = 50;

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get("/views/{slug}", Act::ReadDesk, view),
        Route::get("/views/{slug}/news", Act::ReadDesk, news),
        Route::post("/next", Act::WorkTickets, next),
    ]
}

/// A list everybody who answers has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// What my teams have to answer.
    MyQueue,
    /// What I have.
    Mine,
    /// What nobody has.
    Unassigned,
    /// What was handed to another team.
    Escalated,
    /// What is over or soon will be.
    DueSoon,
    /// What anybody has to answer.
    Open,
    /// What waits for the customer.
    Pending,
    /// What comes back on a day.
    OnHold,
    /// What is done.
    Solved,
    /// Everything.
    All,
}

impl View {
    /// All of them, in the order of the navigation.
    pub(crate) const ALL: &[Self] = &[
        Self::MyQueue,
        Self::Mine,
        Self::Unassigned,
        Self::Escalated,
        Self::DueSoon,
        Self::Open,
        Self::Pending,
        Self::OnHold,
        Self::Solved,
        Self::All,
    ];

    fn slug(self) -> &'static str {
        match self {
            Self::MyQueue => "my-queue",
            Self::Mine => "mine",
            Self::Unassigned => "unassigned",
            Self::Escalated => "escalated",
            Self::DueSoon => "due-soon",
            Self::Open => "open",
            Self::Pending => "pending",
            Self::OnHold => "on-hold",
            Self::Solved => "solved",
            Self::All => "all",
        }
    }

    /// The view with this name.
    pub(crate) fn named(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|view| view.slug() == slug)
    }

    /// Where it is.
    pub(crate) fn href(self) -> String {
        routes::view(self.slug())
    }

    /// What it is called.
    pub(crate) fn label(self) -> Text {
        match self {
            Self::MyQueue => Text::ViewMyQueue,
            Self::Mine => Text::ViewMine,
            Self::Unassigned => Text::ViewUnassigned,
            Self::Escalated => Text::ViewEscalated,
            Self::DueSoon => Text::ViewDueSoon,
            Self::Open => Text::ViewOpen,
            Self::Pending => Text::ViewPending,
            Self::OnHold => Text::ViewOnHold,
            Self::Solved => Text::ViewSolved,
            Self::All => Text::ViewAll,
        }
    }

    /// The keys that lead there.
    pub(crate) fn chord(self) -> Option<&'static str> {
        match self {
            Self::MyQueue => Some(keys::GO_QUEUE),
            Self::Mine => Some(keys::GO_MINE),
            Self::Unassigned => Some(keys::GO_UNASSIGNED),
            Self::Escalated => Some(keys::GO_ESCALATED),
            Self::DueSoon => Some(keys::GO_DUE_SOON),
            Self::Pending => Some(keys::GO_PENDING),
            Self::OnHold => Some(keys::GO_ON_HOLD),
            Self::Solved => Some(keys::GO_SOLVED),
            Self::Open | Self::All => None,
        }
    }

    /// What it holds. No ticket is found by two of the filters.
    pub(crate) fn filters(self, ctx: &Ctx, user: UserId, own: &[TeamId]) -> Vec<Filter> {
        let status = |status| Filter { statuses: vec![status], ..Filter::default() };
        let open = Filter { statuses: vec![Status::New, Status::Open], ..Filter::default() };
        // What one does not want to see for a while is not in one's own lists.
        let unsnoozed = Some((user, ctx.now));
        let unsolved = vec![Status::New, Status::Open, Status::Pending, Status::Hold];
        let one = match self {
            Self::MyQueue => {
                return own
                    .iter()
                    .map(|team| Filter { team: Some(*team), unsnoozed, ..open.clone() })
                    .collect();
            }
            Self::Mine => Filter {
                assignee: Some(Some(user)),
                statuses: unsolved,
                unsnoozed,
                ..Filter::default()
            },
            Self::Unassigned => Filter { assignee: Some(None), unsnoozed, ..open },
            Self::Escalated => Filter { escalated: true, ..open },
            Self::DueSoon => Filter { due_before: Some(soon(ctx).as_microsecond()), ..open },
            Self::Open => open,
            Self::Pending => status(Status::Pending),
            Self::OnHold => status(Status::Hold),
            Self::Solved => status(Status::Solved),
            Self::All => Filter::default(),
        };
        vec![one]
    }

    pub(crate) fn order(self) -> Order {
        match self {
            Self::MyQueue | Self::Unassigned => Order::Work,
            Self::Mine | Self::Escalated | Self::DueSoon | Self::Open => Order::Due,
            Self::Pending | Self::OnHold | Self::Solved | Self::All => Order::UpdatedAt,
        }
    }

    /// What waits for us comes in the order of work or by its deadline, everything else by its last change, newest
    /// first.
    pub(crate) fn descending(self) -> bool {
        self.order() == Order::UpdatedAt
    }
}

/// The handbook's first warning, in open seconds.
pub(crate) fn warning_seconds(handbook: &handbook::Handbook) -> i64 {
    let seconds = handbook.replies.warn_before.iter().filter_map(|target| match target.amount {
        Amount::OpenSeconds(seconds) => Some(seconds),
        Amount::BusinessDays(_) => None,
    });
    seconds.max().unwrap_or(3_600)
}

/// Until when a deadline counts as soon, on the company's calendar.
fn soon(ctx: &Ctx) -> jiff::Timestamp {
    let seconds = warning_seconds(&ctx.handbook);
    let warning = Target { text: String::new(), amount: Amount::OpenSeconds(seconds) };
    ctx.handbook.company_calendar().add(ctx.now, &warning).0
}

async fn view(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    match View::named(&slug) {
        Some(view) if !lists::is_filtered(&visitor) => show(&visitor, view).await,
        named => lists::show(&visitor, named, &slug).await,
    }
}

/// The page of a view.
pub(crate) async fn show(visitor: &Visitor, view: View) -> Answer {
    let around = visitor.around().await?;
    let listed = Listed::read(visitor, view, &around).await?;
    let reader = visitor.reader();
    let main = listed.markup(&reader, view, &around);
    let title = reader.words.say(view.label());
    let frame = frame::Frame {
        title,
        view: Some(view),
        topics: Some("tickets,presence"),
        ..frame::Frame::default()
    };
    let page = frame::workspace(visitor, &reader, frame, &main, None).await?;
    Ok(frame::html(page))
}

/// A page of a view, read.
struct Listed {
    lines: Vec<Line>,
    first: i64,
    older: Option<String>,
    newer: Option<String>,
    /// How many are over, and how many soon will be; on the first page of what waits for us.
    pressing: Option<(i64, i64)>,
    /// What is due next in the reader's teams, where nothing is listed.
    next_due: Option<(domain::TicketId, jiff::Timestamp)>,
    /// The next ticket was asked for, and there is none.
    nothing_to_take: bool,
}

impl Listed {
    async fn read(visitor: &Visitor, view: View, around: &Around) -> Result<Self, Problem> {
        let page = asked(visitor, view);
        let filters = view.filters(&visitor.ctx, visitor.person()?.id, &around.own);
        let own = around.own.clone();
        // One more than is shown says whether there is a next page.
        let wanted = Page { size: SIZE + 1, ..page.clone() };
        let order = view.order();
        let pressing = page.start == Start::Offset(0) && !view.descending();
        let (mut rows, pressing, next_due) = visitor
            .desk
            .read(visitor.ctx.clone(), move |tx, ctx| {
                let pressing = if pressing { Some(press(tx, ctx, &filters)?) } else { None };
                let rows = desk::pages::rows(tx, ctx, &filters, order, &wanted)?;
                let idle = rows.tickets.is_empty() && order != Order::UpdatedAt;
                let next = if idle { due_next(tx, ctx, &own)? } else { None };
                Ok::<_, Error>((rows, pressing, next))
            })
            .await?;
        let size = usize::try_from(SIZE).unwrap_or_default();
        let more = rows.tickets.len() > size;
        let backwards = matches!(page.start, Start::Before(_));
        if more && backwards {
            rows.tickets.remove(0);
        }
        rows.tickets.truncate(size);
        let first = visitor.query.number("n").unwrap_or(1).max(1);
        let count = i64::try_from(rows.tickets.len()).unwrap_or_default();
        let link = |side: &str, stored: &desk::tickets::Stored, n: i64| {
            let key = desk::tickets::key(order, stored);
            let place: Vec<String> = match key.value {
                Some(KeyValue::Int(value)) => vec![value.to_string()],
                Some(KeyValue::Place(place)) => place.iter().map(i64::to_string).collect(),
                Some(KeyValue::Text(_)) | None => return view.href(),
            };
            format!("{}?{side}={}.{}&n={n}", view.href(), place.join("."), key.id)
        };
        let is_first = page.start == Start::Offset(0);
        let has_older = if backwards { true } else { more };
        let has_newer = if backwards { more } else { !is_first };
        let older =
            rows.tickets.last().filter(|_| has_older).map(|one| link("after", one, first + count));
        let newer = rows.tickets.first().filter(|_| has_newer);
        let newer = newer.map(|one| link("before", one, (first - SIZE).max(1)));
        let lines = lines(visitor, around, &rows, order);
        let nothing_to_take = visitor.query.get("next") == "none";
        Ok(Self { lines, first, older, newer, pressing, next_due, nothing_to_take })
    }

    fn markup(&self, reader: &Reader, view: View, around: &Around) -> Markup {
        let words = reader.words;
        let all = count_of(view, around);
        let last = self.first + i64::try_from(self.lines.len()).unwrap_or_default() - 1;
        let list = lists::Shown {
            title: words.say(view.label()),
            ordered: lists::Ordered::of(view),
            place: &lists::Place::of(view),
            lines: &self.lines,
            pages: Pages {
                first: self.first,
                last,
                all: all.max(last),
                newer: self.newer.as_deref(),
                older: self.older.as_deref(),
            },
        };
        html! {
            div.heading {
                h1 tabindex="-1" { (words.say(view.label())) }
                p { (summary(words, all, self.pressing)) }
                @if !around.own.is_empty() {
                    (button::action(reader, routes::NEXT, Button::primary(words.say(Text::NextTicket)).with_key(keys::TAKE)))
                }
            }
            (lists::bar(reader, around, view))
            @if view == View::MyQueue { (handover(reader, around)) }
            @if self.nothing_to_take { p.hint role="status" { (words.say(Text::NothingToTake)) } }
            @if self.lines.is_empty() { (empty(reader, view, self.next_due)) } @else { (lists::shown(reader, &list)) }
        }
    }
}

/// "12 tickets · 1 over · 2 due soon": a part of its own, so that news can bring it up to date.
pub(crate) fn summary(words: Words, all: i64, pressing: Option<(i64, i64)>) -> Markup {
    let mut parts = vec![if all > 1_000 {
        words.fill(Text::ManyTickets, &[("n", &number(1_000))])
    } else {
        words.count(Text::Tickets, all)
    }];
    if let Some((over, soon)) = pressing {
        for (count, text) in [(over, Text::SoManyOver), (soon, Text::SoManySoon)] {
            if count > 0 {
                parts.push(words.fill(text, &[("n", &count)]));
            }
        }
    }
    html! { span #count-shown { (parts.join(" · ")) } }
}

/// How many of what waits are over, and how many will be within the first warning; each counted up to a thousand.
pub(crate) fn press(
    tx: &mut desk::Tx<'_>,
    ctx: &Ctx,
    filters: &[Filter],
) -> Result<(i64, i64), Error> {
    let mut before = |at: jiff::Timestamp| {
        let due = |filter: &Filter| {
            let at = at.as_microsecond();
            let before = filter.due_before.map_or(at, |other| other.min(at));
            Filter { due_before: Some(before), ..filter.clone() }
        };
        let filters: Vec<Filter> = filters.iter().map(due).collect();
        Ok::<i64, Error>(desk::tickets::view_counts(tx, ctx, &filters)?.into_iter().sum())
    };
    let over = before(ctx.now)?;
    Ok((over, before(soon(ctx))? - over))
}

/// Takes the next ticket and goes there; says so when nothing is left to take. (ROT-11)
async fn next(visitor: Visitor) -> Answer {
    let taken = visitor.desk.write(visitor.ctx.clone(), desk::work::next).await?;
    let to = match taken {
        Some(lease) => {
            let within = lists::Place::of(View::MyQueue).within();
            format!("{}{within}", routes::ticket(lease.ticket.0))
        }
        None => format!("{}?next=none", View::MyQueue.href()),
    };
    Ok(Redirect::to(&to).into_response())
}

/// The way to the handover sheet of the reader's team, and what it comes to. (ROT-07)
fn handover(reader: &Reader, around: &Around) -> Markup {
    let words = reader.words;
    let Some((team, beside)) = &around.handover else { return html! {} };
    let (all, silent) = beside.counts;
    let text = if beside.handover.passed_at.is_some() {
        Text::HandoverFromLast
    } else {
        Text::HandoverAhead
    };
    let until = times::soon(words, beside.handover.ends_at, &reader.zone, reader.now);
    let values: [(&str, &dyn std::fmt::Display); 4] =
        [("team", &team.name), ("n", &all), ("silent", &silent), ("until", &until)];
    let slug = team.slug.as_deref().unwrap_or_default();
    html! {
        p.handover-way { a href=(routes::handover(slug, beside.week)) { (words.fill(text, &values)) } }
    }
}

/// Which page is asked for.
fn asked(visitor: &Visitor, view: View) -> Page {
    let key = |name: &str| {
        let (place, id) = visitor.query.some(name)?.rsplit_once('.')?;
        let place: Vec<i64> =
            place.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let value = match (view.order(), place.as_slice()) {
            (Order::Work, [class, due, age]) => KeyValue::Place([*class, *due, *age]),
            (Order::Work, _) => return None,
            (_, [value]) => KeyValue::Int(*value),
            (_, _) => return None,
        };
        Some(Key { value: Some(value), id: id.parse().ok()? })
    };
    let start = match (key("after"), key("before")) {
        (Some(key), _) => Start::After(key),
        (None, Some(key)) => Start::Before(key),
        (None, None) => Start::Offset(0),
    };
    Page { start, size: SIZE, descending: view.descending() }
}

pub(crate) fn count_of(view: View, around: &Around) -> i64 {
    let place = View::ALL.iter().position(|one| *one == view);
    place.and_then(|place| around.counts.get(place)).copied().unwrap_or_default()
}

/// What is due next in some teams, and when.
fn due_next(
    tx: &mut desk::Tx<'_>,
    ctx: &Ctx,
    teams: &[TeamId],
) -> Result<Option<(domain::TicketId, jiff::Timestamp)>, Error> {
    let statuses = vec![Status::New, Status::Open, Status::Pending, Status::Hold];
    let of = |team: &TeamId| Filter {
        team: Some(*team),
        statuses: statuses.clone(),
        ..Filter::default()
    };
    let filters: Vec<Filter> = teams.iter().map(of).collect();
    let first = desk::pages::rows(tx, ctx, &filters, Order::Due, &Page::first(1))?;
    let ticket = first.tickets.first().map(|stored| &stored.ticket);
    Ok(ticket.and_then(|ticket| Some((ticket.id, ticket.due_at()?))))
}

fn empty(reader: &Reader, view: View, next: Option<(domain::TicketId, jiff::Timestamp)>) -> Markup {
    let words = reader.words;
    let elsewhere = if view == View::MyQueue { View::Unassigned } else { View::Open };
    let action = button::link(&elsewhere.href(), Button::plain(words.say(elsewhere.label())));
    let why = match view {
        View::MyQueue => Text::EmptyQueueWhy,
        _ => Text::EmptyViewWhy,
    };
    let action = html! {
        @if let Some((id, at)) = next {
            @let when = times::next(words, at, &reader.zone, reader.now);
            p { a href=(routes::ticket(id.0)) { (words.fill(Text::NextDueInTeam, &[("id", &id), ("when", &when)])) } }
        }
        (action)
    };
    empty_state(words.say(Text::EmptyQueue), words.say(why), Some(&action))
}

/// What has changed in a list that somebody looks at.
async fn news(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    lists::news(&visitor, &slug).await
}
