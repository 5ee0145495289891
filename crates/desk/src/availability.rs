//! Out of office: the open work of somebody who is away goes where the handbook says, and what nobody else has taken
//! comes back with them. Each ticket's change is an ordinary event by the rule "out of office".
//!
//! What waits for a customer or a day stays until it opens again; then it goes the same way. (ST-05)

use std::collections::HashMap;

use domain::rota::{Absence, Reason, Why};
use domain::{Actor, Channel, Event, ShiftId, Status, Ticket, TicketId, User, UserId};
use handbook::OpenWork;
use jiff::Timestamp;
use store::Tx;
use store::absences::Moved;

use crate::tickets::{Done, Update};
use crate::{Act, Ctx, Error, require};

/// The kind of absences' wake-ups; the absence's number is the subject.
pub(crate) const SUBJECT: &str = "absence";

/// The rule that moves tickets, as the log names it.
const RULE: &str = "out of office";

/// How many tickets are moved in one transaction.
const TOGETHER: usize = 50;

/// How many absences are listed.
const MOST: i64 = 200;

/// Lets an absence begin or end, and says when to look at it again. The context's instant is the present one: an
/// absence that is over moves nothing.
pub(crate) fn wake(tx: &mut Tx<'_>, ctx: &Ctx, id: ShiftId) -> Result<(), Error> {
    let Some(absence) = store::absences::load(tx, id)? else {
        return Ok(store::wakeups::set(tx, SUBJECT, id.0, None, true)?);
    };
    tx.lock_name(&format!("absences:{}", absence.person))?;
    let is_empty = absence.to.is_some_and(|to| to <= absence.from);
    let next = if is_empty || absence.to.is_some_and(|to| to <= ctx.now) {
        bring_back(tx, ctx, &absence)?
    } else if absence.from <= ctx.now {
        begin(tx, ctx, &absence)?
    } else {
        Some(absence.from)
    };
    Ok(store::wakeups::set(tx, SUBJECT, id.0, next, true)?)
}

fn as_rule(ctx: &Ctx) -> Ctx {
    Ctx { via: Channel::System, ..ctx.acting_as(Actor::Rule(RULE.to_owned())) }
}

fn begin(tx: &mut Tx<'_>, ctx: &Ctx, absence: &Absence) -> Result<Option<Timestamp>, Error> {
    stand_in(tx, ctx, absence)?;
    if ctx.handbook.availability.open_work == OpenWork::Stay {
        return Ok(absence.to);
    }
    let work = store::absences::open_work(tx, absence.person)?;
    let mut moved = 0;
    for ticket in work.iter().take(TOGETHER) {
        moved += usize::from(move_away(tx, ctx, absence, *ticket)?);
    }
    Ok(if moved > 0 && work.len() > TOGETHER { Some(ctx.now) } else { absence.to })
}

/// Whoever stands in for a hero who is away from now on is told. (D-28)
fn stand_in(tx: &mut Tx<'_>, ctx: &Ctx, absence: &Absence) -> Result<(), Error> {
    for membership in store::teams::of_user(tx, absence.person)? {
        let Some(team) = store::teams::load(tx, membership.of)? else { continue };
        let Some(holding) = crate::rota::holding(tx, ctx, &team)? else { continue };
        if let Reason::Nobody(Why::Away(person), _) = holding.shift.reason
            && person == absence.person
        {
            let key = format!("away:{}", absence.id);
            crate::rota::week_begins(tx, ctx, &team, &holding.shift, &key)?;
        }
    }
    Ok(())
}

/// Moves a ticket away from who is absent. Says whether it was theirs to move.
fn move_away(tx: &mut Tx<'_>, ctx: &Ctx, absence: &Absence, id: TicketId) -> Result<bool, Error> {
    let ticket = match crate::tickets::fresh(tx, ctx, id) {
        Ok((stored, _)) => stored.ticket,
        Err(Error::NotFound) => return Ok(false),
        Err(error) => return Err(error),
    };
    let waits = matches!(ticket.status, Status::New | Status::Open);
    if ticket.assignee != Some(absence.person) || !waits {
        return Ok(false);
    }
    let to = replacement(tx, ctx, &ticket, absence.person)?;
    assign(tx, ctx, id, to)?;
    store::absences::insert_moved(tx, absence.id, Moved { ticket: id, to })?;
    Ok(true)
}

fn assign(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId, to: Option<UserId>) -> Result<Done, Error> {
    let update = Update { assignee: Some(to), ..Update::default() };
    crate::tickets::update(tx, &as_rule(ctx), id, &update)
}

/// Who takes a ticket; none is nobody. Only somebody of its own team, so that it stays there.
fn replacement(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ticket: &Ticket,
    absent: UserId,
) -> Result<Option<UserId>, Error> {
    if ctx.handbook.availability.open_work != OpenWork::Hero {
        return Ok(None);
    }
    let Some(team) = store::teams::load(tx, ticket.team)? else { return Ok(None) };
    let hero = crate::rota::answering(tx, ctx, &team, ctx.now)?.map(|user| user.id);
    match hero.filter(|hero| *hero != absent) {
        Some(hero) if can_have(tx, ticket, hero)? => Ok(Some(hero)),
        _ => Ok(None),
    }
}

/// Whether somebody can have a ticket without taking it to another team.
fn can_have(tx: &mut Tx<'_>, ticket: &Ticket, person: UserId) -> Result<bool, Error> {
    let user = store::users::load(tx, person)?;
    if !user.is_some_and(|user| user.active && user.role.answers()) {
        return Ok(false);
    }
    let candidate = crate::tickets::candidate(tx, person)?;
    Ok(candidate.is_admin || candidate.teams.contains(&ticket.team))
}

/// Brings back what nobody else has taken. Who is away still, by another absence, gets it after that.
fn bring_back(tx: &mut Tx<'_>, ctx: &Ctx, absence: &Absence) -> Result<Option<Timestamp>, Error> {
    let moved = store::absences::moved(tx, absence.id)?;
    if moved.is_empty() {
        return Ok(None);
    }
    if let Some(other) = away(tx, absence.person, ctx.now)?.filter(|other| other.id != absence.id) {
        store::absences::pass_on(tx, absence.id, other.id)?;
        return Ok(None);
    }
    for one in moved.iter().take(TOGETHER) {
        if is_ours_to_bring_back(tx, ctx, absence.person, *one)? {
            assign(tx, ctx, one.ticket, Some(absence.person))?;
        }
        store::absences::forget_one(tx, absence.id, one.ticket)?;
    }
    Ok((moved.len() > TOGETHER).then_some(ctx.now))
}

/// Whether a ticket is where the rule has put it, still has to be worked on, and can go back.
fn is_ours_to_bring_back(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    person: UserId,
    moved: Moved,
) -> Result<bool, Error> {
    let ticket = match crate::tickets::fresh(tx, ctx, moved.ticket) {
        Ok((stored, _)) => stored.ticket,
        Err(Error::NotFound) => return Ok(false),
        Err(error) => return Err(error),
    };
    let last = store::events::last_of_kind(tx, ticket.id, "assigned")?;
    let by_rule = last.is_some_and(|last| last.actor_kind == "rule" && last.actor_id == RULE);
    Ok(by_rule
        && ticket.assignee == moved.to
        && !ticket.status.is_done()
        && can_have(tx, &ticket, person)?)
}

/// The absence somebody is in at an instant, if they are: of several the one that ends last.
fn away(tx: &mut Tx<'_>, person: UserId, at: Timestamp) -> Result<Option<Absence>, Error> {
    let all = store::absences::of_person(tx, person, at)?;
    Ok(all.into_iter().filter(|one| one.covers(at)).max_by_key(|one| one.to))
}

/// After a change set that made a ticket wait for us: whoever has it and is away passes it on. (ST-05)
pub(crate) fn after(tx: &mut Tx<'_>, ctx: &Ctx, done: Done) -> Result<Done, Error> {
    let woke = |envelope: &domain::Envelope| match envelope.event {
        Event::Commented { ask, .. } => ask,
        Event::StatusChanged { from: Status::Hold, to: Status::Open, .. } => {
            envelope.actor_kind == "rule"
        }
        _ => false,
    };
    let Some(owner) = done.stored.ticket.assignee else { return Ok(done) };
    if !done.events.iter().any(woke) || ctx.handbook.availability.open_work == OpenWork::Stay {
        return Ok(done);
    }
    let Some(absence) = away(tx, owner, ctx.now)? else { return Ok(done) };
    if !move_away(tx, ctx, &absence, done.stored.ticket.id)? {
        return Ok(done);
    }
    let stored = store::tickets::load(tx, done.stored.ticket.id)?.ok_or(Error::NotFound)?;
    Ok(Done { stored, ..done })
}

/// Absences that are not over, and the people they are of.
#[derive(Clone, Debug, Default)]
pub struct Absences {
    /// In the order in which they begin.
    pub all: Vec<Absence>,
    /// The people.
    pub people: HashMap<UserId, User>,
}

/// Everybody's absences that are not over.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Absences, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let all = store::absences::all(tx, ctx.now, MOST)?;
    let mut ids: Vec<UserId> = all.iter().map(|one| one.person).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = store::users::many(tx, &ids)?;
    Ok(Absences { all, people: people.into_iter().map(|user| (user.id, user)).collect() })
}

/// Until when each of these people is away now; who is there is left out.
pub fn away_until(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<HashMap<UserId, Timestamp>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let mut until: HashMap<UserId, Timestamp> = HashMap::new();
    for absence in store::absences::all(tx, ctx.now, MOST)? {
        if let Some(to) = absence.to.filter(|_| absence.covers(ctx.now)) {
            let known = until.entry(absence.person).or_insert(to);
            *known = (*known).max(to);
        }
    }
    Ok(until)
}
