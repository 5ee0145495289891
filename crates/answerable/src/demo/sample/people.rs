//! What the sample company's people agreed on: an absence that wants cover, a swap that is asked for, a note that names
//! the hero, and digests.

use desk::digests::Edit;
use desk::rota::{Days, Holding, NewSwap};
use desk::texts::Body;
use desk::tickets::{Filter, Order, Reply, Update};
use desk::{Ctx, Desk, Error, Page, Tx};
use domain::{Actor, Role, Status, Team, UserId};
use jiff::Span;
use jiff::civil::Date;

/// Tells it: a hero of next week will be away, another asks for a swap, the last week's digests lie there as drafts, and
/// those of the week before were sent.
pub(super) async fn tell(desk: &Desk, ctx: &Ctx) -> anyhow::Result<()> {
    desk.write(ctx.clone(), |tx, ctx| {
        for named in &ctx.handbook.teams {
            let slug = named.slug.as_str();
            let running = desk::digests::this_week(ctx, slug);
            let last = earlier(running, 1);
            if named.hero.is_some() && named.members.len() > 1 {
                let before = earlier(running, 2);
                desk::digests::prepare(tx, ctx, slug, before)?;
                send(tx, ctx, slug, before)?;
            }
            desk::digests::prepare(tx, ctx, slug, last)?;
        }
        let mut heroes = ctx.handbook.teams.iter().filter(|team| team.hero.is_some());
        if let Some(team) = heroes.next() {
            away(tx, ctx, &team.slug)?;
        }
        if let Some(team) = heroes.next() {
            swap(tx, ctx, &team.slug)?;
        }
        for team in ctx.handbook.teams.iter().filter(|team| team.hero.is_some()) {
            name(tx, ctx, &team.slug)?;
        }
        Ok(())
    })
    .await?;
    jobs::wake_until(desk, ctx.now).await?;
    Ok(())
}

fn earlier(week: Date, weeks: i64) -> Date {
    week.checked_sub(Span::new().days(7 * weeks)).unwrap_or(week)
}

/// The circumstances of a command of an agent.
fn as_agent(ctx: &Ctx, id: UserId) -> Ctx {
    ctx.acting_as(Actor::Person { id, role: Role::Agent })
}

fn holding(tx: &mut Tx<'_>, ctx: &Ctx, slug: &str) -> Result<Option<Holding>, Error> {
    let teams = desk::teams::list(tx, ctx)?;
    let team: Option<Team> = teams.into_iter().find(|team| team.slug.as_deref() == Some(slug));
    match team {
        Some(team) => desk::rota::holding(tx, ctx, &team),
        None => Ok(None),
    }
}

/// The hero has sent the digest, if there was anything to tell.
fn send(tx: &mut Tx<'_>, ctx: &Ctx, slug: &str, week: Date) -> Result<(), Error> {
    let Some(hero) = holding(tx, ctx, slug)?.and_then(|holding| holding.person) else {
        return Ok(());
    };
    let digest = desk::digests::read(tx, ctx, slug, week)?;
    if digest.kept.is_none() {
        return Ok(());
    }
    let edit = Edit { version: digest.version(), text: digest.text };
    desk::digests::send(tx, &as_agent(ctx, hero.id), slug, week, &edit)
}

/// Whoever has next week will be away for three days of it.
fn away(tx: &mut Tx<'_>, ctx: &Ctx, slug: &str) -> Result<(), Error> {
    let Some(now) = holding(tx, ctx, slug)? else { return Ok(()) };
    let Some(next) = holding(tx, &ctx.at(now.shift.to), slug)?.and_then(|next| next.person) else {
        return Ok(());
    };
    let zone = ctx.handbook.calendar(slug).zone();
    let begins = zone.to_datetime(now.shift.to).date();
    let day = |days: i64| begins.checked_add(Span::new().days(days)).unwrap_or(begins);
    let days = Days { from: day(1), to: day(4) };
    desk::rota::absent(tx, &as_agent(ctx, next.id), next.id, days).map(|_| ())
}

/// Whoever has next week asks the present hero to take it for the week after.
fn swap(tx: &mut Tx<'_>, ctx: &Ctx, slug: &str) -> Result<(), Error> {
    let Some(now) = holding(tx, ctx, slug)? else { return Ok(()) };
    let next = holding(tx, &ctx.at(now.shift.to), slug)?.and_then(|next| next.person);
    let (Some(hero), Some(next)) = (now.person, next) else { return Ok(()) };
    let zone = ctx.handbook.calendar(slug).zone();
    let week = zone.to_datetime(now.shift.to).date();
    let with = hero.email.unwrap_or_default();
    if hero.id == next.id {
        return Ok(());
    }
    let new = NewSwap { week, with, in_return: None };
    match desk::rota::offer(tx, &as_agent(ctx, next.id), slug, &new) {
        // A rota of one's own making may have no week to give.
        Ok(_) | Err(Error::Invalid(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Somebody of the team names its hero in a note on the newest ticket that is to do.
fn name(tx: &mut Tx<'_>, ctx: &Ctx, slug: &str) -> Result<(), Error> {
    let Some(holding) = holding(tx, ctx, slug)? else { return Ok(()) };
    let Some(hero) = holding.person else { return Ok(()) };
    let named = ctx.handbook.team(slug);
    let members = named.map(|team| team.members.clone()).unwrap_or_default();
    let other = members.iter().find(|email| hero.email.as_ref() != Some(*email));
    let Some(other) = other else { return Ok(()) };
    let Some(author) = desk::sessions::candidate(tx, other)? else { return Ok(()) };
    let filter = Filter {
        statuses: vec![Status::New, Status::Open],
        team: Some(holding.team.id),
        ..Filter::default()
    };
    let page = Page { descending: true, ..Page::first(1) };
    let Some(newest) = desk::tickets::list(tx, ctx, &filter, Order::Id, &page)?.pop() else {
        return Ok(());
    };
    let words =
        format!("@{}, this reminds me of the one from last month. Do you see it, too?", hero.name);
    let reply =
        Reply { body: Body::markdown(&words), public: Some(false), author: None, details: None };
    let note = Update { comment: Some(reply), ..Update::default() };
    desk::tickets::update(tx, &as_agent(ctx, author.id), newest.stored.ticket.id, &note).map(|_| ())
}
