//! Weeks that begin: each is recorded at its boundary, once, and never changes. (ROT-05)

use domain::rota::{Absence, Rota};
use domain::{Actor, Team, TeamId, UserId};
use handbook::Handbook;
use jiff::Timestamp;
use serde_json::json;
use store::Tx;

use super::{SUBJECT, TeamRota, load, moment_after, next_id, record};
use crate::{Ctx, Error, handovers};

/// Records the weeks of every team that began until now, under the handbook they began under.
pub fn catch_up(tx: &mut Tx<'_>, ctx: &Ctx, handbook: &Handbook) -> Result<(), Error> {
    for named in &handbook.teams {
        let Some(team) = store::teams::by_slug(tx, &named.slug)? else { continue };
        tx.lock_name(&format!("rota:{}", team.id))?;
        begin_all(tx, ctx, handbook, &team)?;
    }
    Ok(())
}

/// Makes rotas follow a handbook that was put in force: the running weeks begin, who left is missed, who came back is
/// there again, and each rota wants to be woken at its next boundary.
pub fn follow(tx: &mut Tx<'_>, ctx: &Ctx, handbook: &Handbook) -> Result<(), Error> {
    for team in store::teams::of_handbook(tx)? {
        tx.lock_name(&format!("rota:{}", team.id))?;
        let mut loaded = load(tx, handbook, team, (ctx.now, Timestamp::MAX))?;
        let running = loaded.rota.week_at(ctx.now).and_then(|week| week.begun());
        if let Some(week) = running
            && loaded.rota.recorded.weeks.last().is_none_or(|last| last.to <= ctx.now)
        {
            begin(tx, ctx, handbook, &mut loaded, &week)?;
        }
        if let Some(week) = loaded.rota.recorded.weeks.iter().find(|week| week.to > ctx.now) {
            handovers::expect(tx, handbook, &loaded.team, week)?;
        }
        come_and_go(tx, ctx, &loaded)?;
        let (id, week) = (loaded.team.id, next(&loaded.rota, ctx.now));
        let next = earlier(week, handovers::next_due(tx, id)?);
        store::wakeups::set(tx, SUBJECT, id.0, next, true)?;
        crate::digests::follow(tx, ctx, &loaded.team)?;
    }
    Ok(())
}

/// Records the weeks that began until now, does what is due about handovers, and says when to look again.
pub fn wake(tx: &mut Tx<'_>, ctx: &Ctx, id: TeamId) -> Result<(), Error> {
    tx.lock_name(&format!("rota:{id}"))?;
    let team = store::teams::load(tx, id)?.filter(|team| team.deleted_at.is_none());
    let next = match team {
        Some(team) => {
            begin_all(tx, ctx, &ctx.handbook, &team)?;
            handovers::wake(tx, ctx, &team)?;
            let loaded = load(tx, &ctx.handbook, team, (ctx.now, moment_after(ctx.now)))?;
            earlier(next(&loaded.rota, ctx.now), handovers::next_due(tx, id)?)
        }
        None => None,
    };
    Ok(store::wakeups::set(tx, SUBJECT, id.0, next, true)?)
}

/// When the next week begins; none for a team in which nobody takes turns.
fn next(rota: &Rota, now: Timestamp) -> Option<Timestamp> {
    if rota.rule.order.is_empty() {
        return None;
    }
    rota.week_at(now).map(|week| week.to)
}

/// The earlier of two instants, as far as they are known.
fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

/// Records each week of a team that began until now.
pub(super) fn begin_all(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    handbook: &Handbook,
    team: &Team,
) -> Result<(), Error> {
    let mut loaded = load(tx, handbook, team.clone(), (ctx.now, moment_after(ctx.now)))?;
    let since = loaded.rota.recorded.weeks.last().map_or(ctx.now, |last| last.to);
    if since < ctx.now {
        // What was agreed on since then decides, too.
        loaded = load(tx, handbook, team.clone(), (since, moment_after(ctx.now)))?;
    }
    loop {
        let at = loaded.rota.recorded.weeks.last().map_or(ctx.now, |last| last.to);
        if at > ctx.now {
            return Ok(());
        }
        let Some(week) = loaded.rota.week_at(at).and_then(|week| week.begun()) else {
            return Ok(());
        };
        begin(tx, ctx, handbook, &mut loaded, &week)?;
        // Of a week that was running when the rota was made known, nobody need be told.
        if week.from == at && week.to > ctx.now {
            let shift = loaded.rota.shift_at(ctx.now.max(week.from));
            let key = format!("week:{}", week.from.as_second());
            if let Some(shift) = shift {
                super::week_begins(tx, ctx, &loaded.team, &shift, &key)?;
            }
        }
    }
}

fn begin(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    handbook: &Handbook,
    loaded: &mut TeamRota,
    week: &domain::rota::Started,
) -> Result<(), Error> {
    let rota = &mut loaded.rota;
    if store::rota::begin(tx, loaded.team.id, week, &rota.rule)? {
        let payload = json!({
            "from": week.from, "to": week.to, "turn": week.turn, "holder": week.holder, "swap": week.swap,
        });
        record(tx, &ctx.acting_as(Actor::System), loaded.team.id, "week_began", &payload)?;
        handovers::expect(tx, handbook, &loaded.team, week)?;
    }
    rota.recorded.first_rule.get_or_insert_with(|| rota.rule.clone());
    rota.recorded.last_rule = Some(rota.rule.clone());
    rota.recorded.weeks.push(week.clone());
    Ok(())
}

/// Whoever holds something from now on and is no longer in the team is missed; whoever came back is not.
fn come_and_go(tx: &mut Tx<'_>, ctx: &Ctx, loaded: &TeamRota) -> Result<(), Error> {
    let rota = &loaded.rota;
    let here = |person: &UserId| rota.members.contains(person) || rota.lead == Some(*person);
    let recorded = &rota.recorded;
    let open = |person: UserId| {
        recorded.absences.iter().find(|one| one.left && one.person == person && one.to.is_none())
    };
    let weeks = recorded.weeks.iter().filter(|week| week.to > ctx.now).map(|week| week.holder);
    let overrides = recorded.overrides.iter().map(|one| one.holder);
    let swaps = recorded.swaps.iter().flat_map(|one| [one.asker, one.other]);
    let mut people: Vec<UserId> = weeks.chain(overrides).chain(swaps).collect();
    people.sort_unstable();
    people.dedup();
    for person in people {
        if !here(&person) && open(person).is_none() {
            let id = next_id(tx)?;
            let absence = Absence { id, person, from: ctx.now, to: None, left: true };
            store::rota::insert_absence(tx, Some(loaded.team.id), &absence, (None, ctx.now))?;
            record(tx, ctx, loaded.team.id, "member_left", &json!({ "person": person }))?;
        }
    }
    for absence in recorded.absences.iter().filter(|one| one.left && one.to.is_none()) {
        if here(&absence.person) {
            store::rota::end_absence(tx, absence.id, ctx.now)?;
            let payload = json!({ "person": absence.person });
            record(tx, ctx, loaded.team.id, "member_came_back", &payload)?;
        }
    }
    Ok(())
}
