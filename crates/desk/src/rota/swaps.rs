//! Two people exchange two weeks: one asks, the other answers. (ROT-05)

use domain::rota::{Swap, SwapState, Week};
use domain::{ShiftId, UserId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::Tx;

use super::overrides::of_team;
use super::{TeamRota, load, locked, next_id, record};
use crate::{Act, Ctx, Error, may, require};

/// How far ahead a week in return is looked for and may lie.
const AHEAD: SignedDuration = SignedDuration::from_hours(53 * 7 * 24);

/// A swap to be asked for, as people write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSwap {
    /// A day of the week to be given away.
    pub week: Date,
    /// The address of who is asked.
    pub with: String,
    /// A day of the week in return; none is the next one of who is asked.
    pub in_return: Option<Date>,
}

/// Asks for a swap. Nothing changes before it is accepted.
///
/// # Errors
///
/// [`Error::Invalid`] for somebody unknown, oneself, a week that has begun, is not theirs or is swapped already;
/// [`Error::Forbidden`] when somebody else's week is offered by anybody but an admin.
pub fn offer(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    slug: &str,
    new: &NewSwap,
) -> Result<(TeamRota, Swap), Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let until = ctx.now.checked_add(AHEAD).unwrap_or(ctx.now);
    let mut loaded = locked(tx, ctx, slug, (ctx.now, until))?;
    let week = ahead(ctx, &loaded, "week", "Week", new.week)?;
    let asker = own_turn(&week, None, "week", "Week", new.week)?;
    let other = of_team(tx, &loaded, "with", "With", &new.with)?;
    if other == asker {
        let what = "With: nobody can swap with themselves";
        return Err(Error::invalid("with", "InvalidValue", what));
    }
    if ctx.actor.user().is_some_and(|user| user != asker) && !may(&ctx.actor, Act::Configure) {
        let what = "Only whoever has the week, or an admin, can offer it for a swap";
        return Err(Error::Forbidden(what.to_owned()));
    }
    let in_return = match new.in_return {
        Some(day) => {
            let back = ahead(ctx, &loaded, "in_return", "In return", day)?;
            own_turn(&back, Some(other), "in_return", "In return", day)?;
            back
        }
        None => next_of(&loaded, &week, other, until).ok_or_else(|| {
            Error::invalid("with", "InvalidValue", "With: has no week to give in return")
        })?,
    };
    if in_return.from == week.from {
        let what = "In return: is the same week";
        return Err(Error::invalid("in_return", "InvalidValue", what));
    }
    let swap = Swap {
        id: next_id(tx)?,
        state: SwapState::Offered,
        asker,
        week: week.from,
        other,
        in_return: in_return.from,
    };
    store::rota::insert_swap(tx, loaded.team.id, &swap, ctx.now)?;
    told(tx, ctx, &loaded, &swap)?;
    loaded.rota.recorded.swaps.push(swap.clone());
    Ok((loaded, swap))
}

/// Answers a swap: who is asked accepts or refuses, who asked withdraws; an admin may do either.
///
/// # Errors
///
/// [`Error::Conflict`] when it was answered before, [`Error::Invalid`] when it can no longer be kept.
pub fn answer(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    slug: &str,
    id: ShiftId,
    state: SwapState,
) -> Result<(TeamRota, Swap), Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let (known, team) = store::rota::load_swap(tx, id)?.ok_or(Error::NotFound)?;
    let span = (ctx.now, known.last_week().checked_add(AHEAD).unwrap_or(ctx.now));
    let loaded = locked(tx, ctx, slug, span)?;
    if loaded.team.id != team {
        return Err(Error::NotFound);
    }
    // Looked at again, for somebody may have answered before the lock was ours.
    let (mut swap, _) = store::rota::load_swap(tx, id)?.ok_or(Error::NotFound)?;
    let by = match state {
        SwapState::Accepted | SwapState::Refused => swap.other,
        SwapState::Withdrawn => swap.asker,
        SwapState::Offered => {
            let what = "State: expected accepted, refused or withdrawn";
            return Err(Error::invalid("state", "InvalidValue", what));
        }
    };
    if ctx.actor.user().is_some_and(|user| user != by) && !may(&ctx.actor, Act::Configure) {
        let what = "Only whoever is asked can accept or refuse a swap, and only whoever asked can withdraw it";
        return Err(Error::Forbidden(what.to_owned()));
    }
    if swap.state != SwapState::Offered {
        let what = format!("This swap is {} already", swap.state.as_str());
        return Err(Error::Conflict(what));
    }
    if state == SwapState::Accepted {
        can_be_kept(ctx, &loaded, &swap)?;
    }
    swap.state = state;
    store::rota::answer_swap(tx, &swap, ctx.now)?;
    told(tx, ctx, &loaded, &swap)?;
    let loaded = load(tx, &ctx.handbook, loaded.team, span)?;
    Ok((loaded, swap))
}

fn can_be_kept(ctx: &Ctx, loaded: &TeamRota, swap: &Swap) -> Result<(), Error> {
    let begun = [swap.week, swap.in_return].iter().any(|from| *from <= ctx.now);
    if begun {
        let what = "State: a week of this swap has begun; it can only be given away by an override";
        return Err(Error::invalid("state", "InvalidValue", what));
    }
    let holds = |from, person| {
        let week = loaded.rota.week_at(from);
        week.is_some_and(|week| week.from == from && week.holder == Some(person))
    };
    if loaded.rota.unfit(swap).is_some()
        || !holds(swap.week, swap.asker)
        || !holds(swap.in_return, swap.other)
    {
        let what = "State: the order changed or a week was swapped otherwise; ask for another swap";
        return Err(Error::invalid("state", "InvalidValue", what));
    }
    Ok(())
}

/// The week in which a day begins, which must lie ahead.
fn ahead(ctx: &Ctx, loaded: &TeamRota, field: &str, human: &str, day: Date) -> Result<Week, Error> {
    let zone = &loaded.rota.rule.zone;
    // A day on which a week begins means the week that begins, at whatever hour.
    let ends = day.tomorrow().ok().and_then(|next| zone.to_timestamp(next.at(0, 0, 0, 0)).ok());
    let last = ends.and_then(|at| at.checked_sub(SignedDuration::from_nanos(1)).ok());
    let week = last.and_then(|at| loaded.rota.week_at(at));
    let until = ctx.now.checked_add(AHEAD).unwrap_or(ctx.now);
    match week {
        Some(week) if week.from <= ctx.now => {
            let what = if week.to <= ctx.now {
                format!("{human}: the week of {day} has passed")
            } else {
                format!("{human}: the week of {day} has begun; give days of it away by an override")
            };
            Err(Error::invalid(field, "InvalidValue", what))
        }
        Some(week) if week.from < until => Ok(week),
        _ => {
            let what = format!("{human}: {day} is more than a year ahead");
            Err(Error::invalid(field, "InvalidValue", what))
        }
    }
}

/// Whose turn a week is, if they still have it and are the one they should be.
fn own_turn(
    week: &Week,
    whose: Option<UserId>,
    field: &str,
    human: &str,
    day: Date,
) -> Result<UserId, Error> {
    let Some(turn) = week.turn else {
        let what = format!("{human}: the week of {day} is nobody's");
        return Err(Error::invalid(field, "InvalidValue", what));
    };
    if week.holder != Some(turn) {
        let what = format!("{human}: the week of {day} is swapped already");
        return Err(Error::invalid(field, "InvalidValue", what));
    }
    if whose.is_some_and(|whose| whose != turn) {
        let what = format!("{human}: the week of {day} is not theirs");
        return Err(Error::invalid(field, "InvalidValue", what));
    }
    Ok(turn)
}

/// The next week after one that somebody has by their turn.
fn next_of(loaded: &TeamRota, week: &Week, person: UserId, until: Timestamp) -> Option<Week> {
    let weeks = loaded.rota.weeks(week.to, until);
    weeks.into_iter().find(|one| one.turn == Some(person) && one.holder == Some(person))
}

fn told(tx: &mut Tx<'_>, ctx: &Ctx, loaded: &TeamRota, swap: &Swap) -> Result<(), Error> {
    let payload = json!({
        "swap": swap.id, "asker": swap.asker, "week": swap.week, "other": swap.other, "in_return": swap.in_return,
    });
    record(tx, ctx, loaded.team.id, &format!("swap_{}", swap.state.as_str()), &payload)?;
    super::told::swap(tx, ctx, loaded, swap)
}
