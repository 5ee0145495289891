//! Who is told of what happens to a rota. (ROT-05, ROT-10)

use domain::notices::What;
use domain::rota::{Override, Shift, Swap, SwapState};
use domain::words::{Locale, date_time, zone_name};
use domain::{Team, UserId};
use store::Tx;

use super::{TeamRota, is_without};
use crate::notices::{New, post, tell};
use crate::{Ctx, Error};

/// Something that happens to a team's rota.
fn about(ctx: &Ctx, team: &Team, to: UserId, what: What, key: String) -> New {
    New { to, what, ticket: None, team: Some(team.id), by: ctx.actor.user(), at: ctx.now, key }
}

/// Who holds from now on, or stands in, is told; that nobody holds is told aloud to the team. (D-28)
pub(crate) fn week_begins(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    team: &Team,
    shift: &Shift,
    key: &str,
) -> Result<(), Error> {
    if is_without(shift) {
        return Ok(());
    }
    let stands_in = shift.holder.is_none();
    let answers = shift.answers();
    if let Some(to) = answers {
        let what = What::WeekBegins { until: shift.to, stands_in };
        tell(tx, ctx, about(ctx, team, to, what, format!("{key}:{}", team.id)))?;
    }
    if !stands_in {
        return Ok(());
    }
    let name = match answers {
        Some(id) => store::users::load(tx, id)?.map(|user| user.name),
        None => None,
    };
    let instead = name
        .map_or("the whole team is asked to look".to_owned(), |name| format!("{name} stands in"));
    let zone = ctx.handbook.calendar(team.slug.as_deref().unwrap_or_default()).zone();
    let until = date_time(Locale::default(), shift.to, zone, ctx.now);
    let until = format!("{until} ({})", zone_name(shift.to, zone));
    let slug = team.slug.as_deref().unwrap_or_default();
    let text = format!(
        "Nobody is hero of {} until {until}: {instead}.\n{}/rota/{slug}",
        team.name, ctx.base_url
    );
    post(tx, ctx, team, ("notification", key), ("Nobody is hero", text))
}

/// Who is asked for a swap is told, and whoever asked hears the answer.
pub(super) fn swap(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    loaded: &TeamRota,
    swap: &Swap,
) -> Result<(), Error> {
    let (week, in_return) = (swap.week, swap.in_return);
    let offered = What::SwapOffered { swap: swap.id, week, in_return };
    let answered = What::SwapAnswered { state: swap.state, week, in_return };
    let (to, what) = match swap.state {
        SwapState::Offered => (vec![swap.other], offered),
        SwapState::Withdrawn => (vec![swap.other], answered),
        // An admin may answer in the name of somebody, who is told as well.
        SwapState::Accepted | SwapState::Refused => (vec![swap.asker, swap.other], answered),
    };
    for person in to {
        let key = format!("swap:{}:{}", swap.id, swap.state.as_str());
        tell(tx, ctx, about(ctx, &loaded.team, person, what.clone(), key))?;
    }
    Ok(())
}

/// Who was given a span is told.
pub(super) fn given(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    loaded: &TeamRota,
    one: &Override,
) -> Result<(), Error> {
    let what = What::TimeGiven { from: one.from, to: one.to };
    tell(tx, ctx, about(ctx, &loaded.team, one.holder, what, format!("override:{}", one.id)))
}

/// Somebody is asked to take over.
pub(super) fn cover(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    loaded: &TeamRota,
    (holder, from, to): (UserId, jiff::Timestamp, jiff::Timestamp),
) -> Result<(), Error> {
    let key = format!("cover:{}:{}:{}", loaded.team.id, from.as_second(), to.as_second());
    let what = What::CoverAsked { from, to };
    tell(tx, ctx, about(ctx, &loaded.team, holder, what, key))
}
