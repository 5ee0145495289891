//! Being away, and what is proposed for the weeks it touches. (ROT-05)

use domain::rota::{Absence, Proposal};
use domain::{ShiftId, UserId};
use serde_json::json;
use store::Tx;

use super::{Days, TeamRota, load, next_id, record};
use crate::{Act, Ctx, Error, may, require};

/// What could be done about somebody's weeks in one of their teams.
pub type Covers = (TeamRota, Vec<Proposal>);

/// Says that somebody is away on some days of their own zone; what has passed of them does not count. Answers, for each
/// of their teams with a rota, how their weeks could be covered. Until they are, the rota says "nobody" aloud. (D-28)
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
    let user = store::users::load(tx, person)?.filter(|user| user.active).ok_or(Error::NotFound)?;
    let email = user.email.unwrap_or_default();
    let own = ctx.handbook.person_calendar(&email);
    let zone = own.unwrap_or_else(|| ctx.handbook.company_calendar()).zone().clone();
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
    let mut proposals = Vec::new();
    for membership in store::teams::of_user(tx, person)? {
        let Some(team) = store::teams::load(tx, membership.of)? else { continue };
        if team.slug.is_none() || team.deleted_at.is_some() {
            continue;
        }
        let payload = json!({ "absence": absence.id, "person": person, "from": from, "to": to });
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
/// [`Error::NotFound`] unless it is an absence of the caller, or the caller is an admin.
pub fn back(tx: &mut Tx<'_>, ctx: &Ctx, person: UserId, id: ShiftId) -> Result<(), Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    if ctx.actor.user().is_some_and(|user| user != person) && !may(&ctx.actor, Act::Configure) {
        return Err(Error::NotFound);
    }
    for membership in store::teams::of_user(tx, person)? {
        let Some(team) = store::teams::load(tx, membership.of)? else { continue };
        let loaded = load(tx, &ctx.handbook, team, (ctx.now, super::moment_after(ctx.now)))?;
        let known = loaded.rota.recorded.absences.iter();
        let found = known.into_iter().find(|one| one.id == id && one.person == person && !one.left);
        if let Some(absence) = found {
            // One that has not begun is empty from now on.
            store::rota::end_absence(tx, id, absence.from.max(ctx.now))?;
            let payload = json!({ "absence": id, "person": person });
            return record(tx, ctx, loaded.team.id, "absence_ended", &payload);
        }
    }
    Err(Error::NotFound)
}
