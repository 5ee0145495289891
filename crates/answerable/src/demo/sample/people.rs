//! What the sample company's people agreed on: an absence that wants cover, and digests.

use desk::digests::Edit;
use desk::rota::{Days, Holding};
use desk::{Ctx, Desk, Error, Tx};
use domain::{Actor, Role, Team, UserId};
use jiff::Span;
use jiff::civil::Date;

/// Tells it: a hero of next week will be away, the last week's digests lie there as drafts, and one before was sent.
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
        let with_hero = ctx.handbook.teams.iter().find(|team| team.hero.is_some());
        match with_hero {
            Some(team) => away(tx, ctx, &team.slug),
            None => Ok(()),
        }
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
