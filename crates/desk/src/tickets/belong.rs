//! Tickets follow what becomes known about their people and teams: another plan, an organization that somebody joins or
//! leaves, one that is deleted, a team that is no more. (PR-07, PR-09, PR-12)

use domain::{Actor, AuditId, Changes, Command, OrganizationId, TeamId, Ticket, TicketId, UserId};
use store::{Kind as Ids, Tx};

use super::{command, situation, update};
use crate::{Ctx, Error};

/// A deleted organization's wake-ups.
pub(super) const ORGANIZATION: &str = "organization";
/// A deleted team's wake-ups.
pub(super) const TEAM: &str = "team";

/// How many tickets are moved in one transaction; the rest follow by a wake-up.
const CHUNK: i64 = 200;

/// The facts about an organization changed: its unsolved tickets are decided anew. (PR-07)
pub fn reconsider_organization(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: OrganizationId,
) -> Result<(), Error> {
    let tickets = store::tickets::unsolved_of_organization(tx, id)?;
    follow_all(tx, ctx, "plan change", tickets)
}

/// Somebody joined or left an organization: their unsolved tickets are decided anew. (PR-07, PR-10)
pub(crate) fn reconsider_person(tx: &mut Tx<'_>, ctx: &Ctx, id: UserId) -> Result<(), Error> {
    let tickets = store::tickets::unsolved_of_requester(tx, id)?;
    follow_all(tx, ctx, "organization change", tickets)
}

/// An organization named its mail domains: unsolved tickets from there that had none are decided anew. (PR-09)
pub(crate) fn reconsider_domains(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    domains: &[String],
) -> Result<(), Error> {
    for domain in domains {
        let tickets = store::tickets::unsolved_without_organization(tx, domain)?;
        follow_all(tx, ctx, "organization change", tickets)?;
    }
    Ok(())
}

/// An organization is deleted: no ticket names it any more, whatever its status.
pub(crate) fn leave_organization(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: OrganizationId,
) -> Result<(), Error> {
    let tickets = store::tickets::of_organization(tx, id, CHUNK)?;
    let again = chunk(&tickets).then_some(ctx.now);
    follow_all(tx, ctx, "organization deleted", tickets)?;
    Ok(store::wakeups::set(tx, ORGANIZATION, id.0, again, true)?)
}

/// A team is no more: its tickets go where the handbook routes them, for every ticket has a team. (ROT-01)
pub(crate) fn leave_team(tx: &mut Tx<'_>, ctx: &Ctx, id: TeamId) -> Result<(), Error> {
    let ctx = &ctx.acting_as(Actor::Rule("team deleted".to_owned()));
    let tickets = store::tickets::of_team(tx, id, CHUNK)?;
    let again = chunk(&tickets).then_some(ctx.now);
    let teams = situation::teams(tx)?;
    for ticket in tickets {
        let Some(stored) = store::tickets::lock(tx, ticket)? else { continue };
        let (stored, ctx) = update::settled(tx, ctx, stored)?;
        let route = ctx.handbook.route(stored.ticket.area.as_deref());
        let slug = |slug: &str| teams.iter().find(|team| team.slug.as_deref() == Some(slug));
        let to = slug(&route.team).or_else(|| slug(&ctx.handbook.triage().slug));
        let to = to.ok_or(Error::Refused(domain::Refusal::UnknownTeam))?.id;
        let changes = Changes { team: Some(to), ..Changes::default() };
        let audit = AuditId(tx.next_id(Ids::Audit)?);
        command::run(tx, &ctx, stored, audit, &Command::Update(Box::new(changes)))?;
    }
    Ok(store::wakeups::set(tx, TEAM, id.0, again, true)?)
}

fn chunk(tickets: &[TicketId]) -> bool {
    i64::try_from(tickets.len()).unwrap_or(i64::MAX) >= CHUNK
}

fn follow_all(tx: &mut Tx<'_>, ctx: &Ctx, rule: &str, tickets: Vec<TicketId>) -> Result<(), Error> {
    let ctx = ctx.acting_as(Actor::Rule(rule.to_owned()));
    for ticket in tickets {
        follow(tx, &ctx, ticket)?;
    }
    Ok(())
}

/// Decides a ticket anew with the organization that counts now.
fn follow(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<(), Error> {
    let stored = store::tickets::lock(tx, id)?;
    let Some(stored) = stored.filter(|stored| stored.ticket.deleted_at.is_none()) else {
        return Ok(());
    };
    let (stored, ctx) = update::settled(tx, ctx, stored)?;
    let belongs = belongs(tx, &ctx, &stored.ticket)?;
    let command = if belongs != stored.ticket.organization {
        let changes = Changes { organization: Some(belongs), ..Changes::default() };
        Command::Update(Box::new(changes))
    } else if stored.ticket.status.is_done() {
        return Ok(());
    } else {
        Command::Reconsider
    };
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    command::run_within(tx, &ctx, stored, audit, &command, belongs)?;
    Ok(())
}

/// The organization that counts for a ticket now: its own as long as its requester belongs there.
fn belongs(tx: &mut Tx<'_>, ctx: &Ctx, ticket: &Ticket) -> Result<Option<OrganizationId>, Error> {
    let requester = store::users::load(tx, ticket.requester)?.ok_or(Error::NotFound)?;
    let named = match ticket.organization {
        Some(id) if situation::belongs_to(tx, &requester, id)? => Some(id),
        _ => None,
    };
    let facts = handbook::TicketFacts::default();
    Ok(situation::belonging(tx, ctx, &requester, named, &facts)?.id())
}
