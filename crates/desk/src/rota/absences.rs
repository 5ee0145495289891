//! Being away, and what is proposed for the weeks it touches. (ROT-05)

use domain::rota::{Absence, Proposal};
use domain::{ShiftId, Team, TeamId, UserId};
use serde_json::json;
use store::Tx;

use super::{Days, TeamRota, load, next_id, record};
use crate::availability::SUBJECT;
use crate::handbooks::record_admin;
use crate::{Act, Ctx, Error, may, require};

/// What could be done about somebody's weeks in one of their teams.
pub type Covers = (TeamRota, Vec<Proposal>);

/// Says that somebody is away on some days of their own zone; what has passed of them does not count. It need not be
/// somebody of a rota: their open tickets go where the handbook says all the same. Answers, for each of their teams,
/// how their weeks could be covered. Until they are, the rota says "nobody" aloud. (D-28)
///
/// # Errors
///
/// [`Error::Forbidden`] when somebody else is meant and the caller is no admin, [`Error::Invalid`] when the days are
/// over or too many.
pub fn absent(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    person: UserId,
    days: Days,
) -> Result<(Absence, Vec<Covers>), Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    if ctx.actor.user().is_some_and(|user| user != person) && !may(&ctx.actor, Act::Configure) {
        return Err(Error::Forbidden(
            "Only an admin can say that somebody else is away".to_owned(),
        ));
    }
    let user = store::users::load(tx, person)?;
    let user = user.filter(|user| user.active && user.role.answers()).ok_or(Error::NotFound)?;
    let own = store::notices::preferences(tx, person)?;
    let zone = crate::notices::hours_of(tx, &ctx.handbook, &user, &own)?.zone;
    let (from, to) = days.span(&zone)?;
    if to <= ctx.now {
        return Err(Error::invalid("to", "InvalidValue", "To: has passed"));
    }
    if days.from.until(days.to).map_or(i32::MAX, |span| span.get_days()) > 366 {
        let what = "To: more than a year away is a matter for the handbook";
        return Err(Error::invalid("to", "InvalidValue", what));
    }
    let from = from.max(ctx.now);
    let absence = Absence { id: next_id(tx)?, person, from, to: Some(to), left: false };
    store::rota::insert_absence(tx, None, &absence, (ctx.actor.user(), ctx.now))?;
    store::wakeups::set(tx, SUBJECT, absence.id.0, Some(from), false)?;
    tx.touch("outbox");
    let payload = json!({ "absence": absence.id, "person": person, "from": from, "to": to });
    record_admin(tx, ctx, "user", person.0, "absence_made", &payload.to_string())?;
    let mut proposals = Vec::new();
    for team in teams(tx, person)? {
        record(tx, ctx, team.id, "absence_made", &payload)?;
        let until = to.checked_add(jiff::SignedDuration::from_hours(24 * 120)).unwrap_or(to);
        let loaded = load(tx, &ctx.handbook, team, (from, until))?;
        let own = loaded.rota.proposals(person, from, to);
        proposals.push((loaded, own));
    }
    Ok((absence, proposals))
}

/// Says that somebody is back earlier, or not away after all.
///
/// # Errors
///
/// [`Error::NotFound`] unless it is an absence of the caller, or the caller is an admin; [`Error::Conflict`] when it is
/// over.
pub fn back(tx: &mut Tx<'_>, ctx: &Ctx, id: ShiftId) -> Result<Absence, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let known = store::absences::load(tx, id)?.ok_or(Error::NotFound)?;
    let person = known.person;
    if ctx.actor.user().is_some_and(|user| user != person) && !may(&ctx.actor, Act::Configure) {
        return Err(Error::NotFound);
    }
    tx.lock_name(&format!("absences:{person}"))?;
    // Looked at again, for it may have ended before the lock was ours.
    let absence = store::absences::load(tx, id)?.ok_or(Error::NotFound)?;
    if absence.to.is_some_and(|to| to <= ctx.now || to <= absence.from) {
        return Err(Error::Conflict("This absence is over already".to_owned()));
    }
    // One that has not begun is empty from now on.
    let to = absence.from.max(ctx.now);
    store::rota::end_absence(tx, id, to)?;
    store::wakeups::set(tx, SUBJECT, id.0, Some(ctx.now), true)?;
    tx.touch("outbox");
    let payload = json!({ "absence": id, "person": person });
    for team in teams(tx, person)? {
        record(tx, ctx, team.id, "absence_ended", &payload)?;
    }
    record_admin(tx, ctx, "user", person.0, "absence_ended", &payload.to_string())?;
    Ok(Absence { to: Some(to), ..absence })
}

/// The handbook's teams a person is in.
fn teams(tx: &mut Tx<'_>, person: UserId) -> Result<Vec<Team>, Error> {
    let ids: Vec<TeamId> =
        store::teams::of_user(tx, person)?.iter().map(|membership| membership.of).collect();
    let all = store::teams::many(tx, &ids)?.into_iter();
    Ok(all.filter(|team| team.slug.is_some() && team.deleted_at.is_none()).collect())
}
