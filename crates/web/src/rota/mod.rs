//! Who is hero, this week and later; overrides, swaps and absences by form. (ROT-04, ROT-05)

mod away;
mod changes;
mod feed;
mod forms;
mod handover;
mod history;
mod said;

pub(crate) use forms::link;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use desk::calendars::Whose;
use desk::rota::{Days, Rotas};
use desk::{Act, Error, FieldError};
use domain::rota::Shift;
use domain::{Role, TeamId, User};
use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use maud::{Markup, html};

use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::table::{Column, cards, table};
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{frame, routes, times};

/// How many weeks are listed: this one and the next twelve.
const WEEKS: i32 = 13;
/// How many people can be chosen from.
const MOST_AGENTS: i64 = 200;
/// How far ahead cover is looked for.
const AHEAD: SignedDuration = SignedDuration::from_hours(26 * 7 * 24);

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get("/rota", Act::ReadDesk, all),
        Route::get("/rota/calendar/{file}", Act::ReadPublic, feed::feed),
        Route::post("/rota/absences", Act::WorkTickets, changes::absent),
        Route::post("/rota/absences/{id}/end", Act::WorkTickets, changes::back),
        Route::get("/rota/{team}", Act::ReadDesk, team),
        Route::post("/rota/{team}/overrides", Act::WorkTickets, changes::give),
        Route::post("/rota/{team}/covers", Act::WorkTickets, changes::ask_cover),
        Route::post("/rota/{team}/calendar", Act::WorkTickets, changes::renew),
        Route::post("/rota/{team}/swaps", Act::WorkTickets, changes::offer),
        Route::post("/rota/{team}/swaps/{id}", Act::WorkTickets, changes::answer),
        Route::get("/rota/{team}/{week}/handover", Act::ReadDesk, handover::show),
        Route::post("/rota/{team}/{week}/handover", Act::WorkTickets, handover::mark),
    ]
}

/// What was typed into a form that was refused, and why.
#[derive(Clone, Debug, Default)]
struct Typed {
    form: Form,
    errors: Vec<FieldError>,
    /// Which form it was: its fields have ids that begin so.
    which: &'static str,
}

impl Typed {
    fn status(&self) -> StatusCode {
        if self.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }
}

async fn all(visitor: Visitor) -> Answer {
    overview(&visitor, &Typed::default()).await
}

async fn team(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    one(&visitor, &slug, &Typed::default()).await
}

/// The first day that is shown: the one that is asked for, else today.
fn first_day(visitor: &Visitor, reader: &Reader) -> Date {
    let asked = visitor.query.some("from").and_then(|text| text.parse::<Date>().ok());
    let asked = asked.filter(|day| (1980..2190).contains(&day.year()));
    asked.unwrap_or_else(|| reader.zone.to_datetime(reader.now).date())
}

fn later(day: Date, weeks: i32) -> Date {
    day.checked_add(Span::new().days(weeks * 7)).unwrap_or(day)
}

async fn overview(visitor: &Visitor, typed: &Typed) -> Answer {
    let reader = visitor.reader();
    let words = reader.words;
    let from = first_day(visitor, &reader);
    let zone = &reader.zone;
    let begins = |day: Date| zone.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(reader.now);
    let (begin, end) = (begins(from), begins(later(from, WEEKS)));
    let ahead = reader.now.checked_add(AHEAD).unwrap_or(reader.now);
    let span = (begin.min(reader.now), end.max(ahead));
    let ctx = visitor.ctx.clone();
    let me = visitor.person()?.id;
    let (rotas, absences, own) = visitor
        .desk
        .read(ctx, move |tx, ctx| {
            let own = desk::calendars::link(tx, ctx, Whose::Person(me))?;
            let absences = desk::availability::list(tx, ctx)?;
            Ok::<_, Error>((desk::rota::all(tx, ctx, span)?, absences, own))
        })
        .await?;
    let agents = others(visitor).await?;
    let main = html! {
        div.heading {
            h1 tabindex="-1" { (words.say(Text::Rota)) }
            p { (words.say(Text::RotaWeeks)) }
        }
        div.stack {
            @if rotas.teams.is_empty() {
                (empty_state(words.say(Text::RotaNone), words.say(Text::RotaNoneWhy), None))
            } @else {
                (steps(&reader, routes::ROTA, from, WEEKS))
                (holders(&reader, &rotas, from, begin))
                (said::needs(visitor, &reader, &rotas, span.1))
            }
            (away::list(visitor, &reader, &absences))
            (forms::away(&reader, &agents, typed))
            (link(&reader, &own, routes::SETTINGS_CALENDAR, Text::CalendarOwn))
        }
    };
    let title = words.say(Text::Rota);
    let page = page(visitor, &reader, title, &main).await?;
    Ok((typed.status(), frame::html(page)).into_response())
}

/// Whom the reader may say is away: everybody, for an admin.
async fn others(visitor: &Visitor) -> Result<Vec<User>, Problem> {
    if !desk::may(&visitor.ctx.actor, Act::Configure) {
        return Ok(Vec::new());
    }
    let roles = vec![Role::Agent, Role::Admin];
    let filter = desk::users::Filter { roles, ..desk::users::Filter::default() };
    let ctx = visitor.ctx.clone();
    let found = visitor.desk.read(ctx, move |tx, ctx| {
        let page = desk::Page::first(MOST_AGENTS);
        desk::users::list(tx, ctx, &filter, desk::users::Order::Name, &page, false)
    });
    let mut agents = found.await?.0;
    // Oneself first, who is meant most often.
    let me = visitor.person()?.id;
    agents.sort_by_key(|agent| agent.id != me);
    Ok(agents)
}

/// The team of the handbook with this slug.
async fn team_of(visitor: &Visitor, slug: &str) -> Result<TeamId, Problem> {
    let around = visitor.around().await?;
    let found = around.teams.iter().find(|team| team.slug.as_deref() == Some(slug));
    found.map(|team| team.id).ok_or(Problem::NotFound)
}

/// Earlier, now, later.
fn steps(reader: &Reader, to: &str, from: Date, weeks: i32) -> Markup {
    let words = reader.words;
    let at = |day: Date| format!("{to}?from={day}");
    html! {
        p.line {
            (button::link(&at(later(from, -weeks)), Button::plain(words.say(Text::RotaEarlier))))
            (button::link(to, Button::plain(words.say(Text::RotaThisWeek))))
            (button::link(&at(later(from, weeks)), Button::plain(words.say(Text::RotaLater))))
        }
    }
}

/// A row a team, a column a week.
fn holders(reader: &Reader, rotas: &Rotas, from: Date, begin: Timestamp) -> Markup {
    let words = reader.words;
    let days: Vec<String> = (0..WEEKS)
        .map(|week| {
            let day = later(from, week);
            let at = reader.zone.to_timestamp(day.at(12, 0, 0, 0)).unwrap_or(reader.now);
            times::short_day(words, at, &reader.zone, reader.now)
        })
        .collect();
    let mut columns = vec![Column::text(words.say(Text::Team))];
    columns.extend(days.iter().map(|day| Column::text(day)));
    let rows: Vec<Vec<Markup>> = rotas
        .teams
        .iter()
        .map(|(loaded, _)| {
            let slug = loaded.team.slug.as_deref().unwrap_or_default();
            let name = html! { a href=(routes::rota(slug)) { (loaded.team.name) } };
            let mut at = begin;
            let cells = (0..WEEKS).map(|_| {
                let Some(week) = loaded.rota.week_at(at) else { return html! {} };
                let shifts = loaded.rota.shifts(week.from, week.to);
                at = week.to;
                let day = loaded.rota.rule.zone.to_datetime(week.from).date();
                let to = format!("{}?from={day}", routes::rota(slug));
                html! {
                    a.plain href=(to) { (cell(reader, rotas, &shifts)) }
                    (said::asked(reader, rotas, loaded, week.from))
                }
            });
            std::iter::once(name).chain(cells).collect()
        })
        .collect();
    cards("rota", words.say(Text::RotaCaption), &columns, &rows)
}

/// Everybody who holds in a week.
fn cell(reader: &Reader, rotas: &Rotas, shifts: &[Shift]) -> Markup {
    html! {
        @for (place, shift) in shifts.iter().enumerate() {
            @let now = shift.from <= reader.now && reader.now < shift.to;
            @if place > 0 { ", " }
            @if now { strong { (said::marked(reader, rotas, shift)) } }
            @else { (said::marked(reader, rotas, shift)) }
        }
    }
}

async fn one(visitor: &Visitor, slug: &str, typed: &Typed) -> Answer {
    let mut reader = visitor.reader();
    let words = reader.words;
    // A team's weeks are told in its own zone.
    reader.zone = visitor.ctx.handbook.calendar(slug).zone().clone();
    let from = first_day(visitor, &reader);
    let days = Days { from, to: later(from, WEEKS) };
    let (ctx, named) = (visitor.ctx.clone(), slug.to_owned());
    let team = team_of(visitor, slug).await?;
    let (rotas, (entries, people), shared) = visitor
        .desk
        .read(ctx, move |tx, ctx| {
            let rotas = desk::rota::read(tx, ctx, &named, days)?;
            let history = desk::rota::history(tx, ctx, &named)?;
            Ok::<_, Error>((rotas, history, desk::calendars::link(tx, ctx, Whose::Team(team))?))
        })
        .await?;
    let Some((loaded, shifts)) = rotas.teams.first() else { return Err(Problem::NotFound) };
    // The week one came for is what the forms speak of.
    let asked = visitor.query.some("from").and_then(|_| shifts.first());
    let asked = asked.and_then(|shift| loaded.rota.week_at(shift.from));
    let title = words.fill(Text::RotaOf, &[("team", &loaded.team.name)]);
    let main = html! {
        p.ticket-way { a href=(routes::ROTA) { (words.say(Text::Rota)) } }
        h1 tabindex="-1" { (title) }
        div.stack {
            (steps(&reader, &routes::rota(slug), from, WEEKS))
            p { a href={ "/digest/" (slug) } { (words.say(Text::DigestWeekly)) } }
            (weeks(visitor, &reader, &rotas, slug, shifts))
            (handover::ways(&reader, slug, loaded))
            @if let (Some(last), true) = (shifts.last(), visitor.query.some("from").is_none()) {
                (said::needs(visitor, &reader, &rotas, last.to))
            }
            (forms::give(&reader, slug, loaded, &rotas, (typed, asked)))
            (forms::swap(&reader, slug, loaded, &rotas, (typed, asked)))
            (link(&reader, &shared, &format!("{}/calendar", routes::rota(slug)), Text::CalendarTeam))
            (history::history(&reader, &entries, &people))
        }
    };
    let page = page(visitor, &reader, &title, &main).await?;
    Ok((typed.status(), frame::html(page)).into_response())
}

/// A row a shift: when, who, and why.
fn weeks(
    visitor: &Visitor,
    reader: &Reader,
    rotas: &Rotas,
    slug: &str,
    shifts: &[Shift],
) -> Markup {
    let words = reader.words;
    let columns = [
        Column::text(words.say(Text::RotaFrom)),
        Column::text(words.say(Text::RotaUntil)),
        Column::text(words.say(Text::RotaHero)),
        Column::text(words.say(Text::RotaWhy)),
    ];
    let when = |at| times::promise(words, at, &reader.zone, reader.now);
    let rows: Vec<Vec<Markup>> = shifts
        .iter()
        .map(|shift| {
            vec![
                html! { (when(shift.from)) },
                html! { (when(shift.to)) },
                cell(reader, rotas, std::slice::from_ref(shift)),
                said::why(reader, rotas, shift),
            ]
        })
        .collect();
    let zone = visitor.ctx.handbook.calendar(slug).zone_name();
    let day = |at: Option<Timestamp>| {
        at.map_or_else(String::new, |at| times::day(words, at, &reader.zone, reader.now))
    };
    let (from, to) =
        (day(shifts.first().map(|one| one.from)), day(shifts.last().map(|one| one.to)));
    let caption = words.fill(Text::RotaWeeksOf, &[("from", &from), ("to", &to), ("zone", &zone)]);
    table("weeks", &caption, &columns, &rows)
}

async fn page(
    visitor: &Visitor,
    reader: &Reader,
    title: &str,
    main: &Markup,
) -> Result<Markup, Problem> {
    let frame = frame::Frame { title, ..frame::Frame::default() };
    frame::workspace(visitor, reader, frame, main, None).await
}
