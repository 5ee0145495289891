//! What stands beside a ticket's conversation: other tickets that may help, and what is between the reader and the ticket.
//! Every part is a few rows along an index, however large the desk is.

use domain::{Field, Identity, Organization, Status, TicketId, User, UserId};
use jiff::Timestamp;
use store::Tx;
use store::page::Page;
use store::tickets::{Filter, Order, Stored};

use crate::pages::{Rows, rows};
use crate::{Act, Ctx, Error, presence, require, search};

/// How many of a requester's tickets are looked at.
const LOOKED_AT: i64 = 20;
/// How many of each sort are shown.
const SHOWN: usize = 5;
/// How many people of an organization are named.
const PEOPLE: i64 = 20;

/// What stands beside a conversation.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// Done tickets of the requester, the newest first.
    pub earlier: Vec<Stored>,
    /// Tickets of others in the organization that are not done, the newest first.
    pub of_organization: Vec<Stored>,
    /// Who follows the ticket.
    pub followers: Vec<User>,
    /// The tickets that go on with this one, which is closed.
    pub follow_ups: Vec<TicketId>,
    /// The custom fields that hold something, with what they hold as JSON.
    pub custom: Vec<(Field, String)>,
    /// The last event that the reader has seen before.
    pub read_to: Option<i64>,
}

/// Reads what stands beside a ticket.
pub fn of_ticket(tx: &mut Tx<'_>, ctx: &Ctx, stored: &Stored) -> Result<Beside, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let ticket = &stored.ticket;
    let newest = Page { descending: true, ..Page::first(LOOKED_AT) };
    let own = Filter { requester: Some(ticket.requester), ..Filter::default() };
    let mut earlier = store::tickets::page(tx, &own, Order::Id, &newest)?;
    earlier.retain(|one| one.ticket.id != ticket.id && one.ticket.status.is_done());
    earlier.truncate(SHOWN);
    let mut of_organization = Vec::new();
    if ticket.organization.is_some() {
        let filter = Filter {
            organization: ticket.organization,
            statuses: vec![Status::New, Status::Open, Status::Pending, Status::Hold],
            ..Filter::default()
        };
        of_organization = store::tickets::page(tx, &filter, Order::Id, &newest)?;
        of_organization.retain(|one| one.ticket.requester != ticket.requester);
        of_organization.truncate(SHOWN);
    }
    let followers: Vec<UserId> =
        store::follows::on(tx, &[ticket.id])?.into_iter().map(|(_, user)| user).collect();
    let read_to = match ctx.actor.user() {
        Some(user) => store::readings::load(tx, user, ticket.id)?,
        None => None,
    };
    let follow_ups = match ticket.status {
        Status::Closed => store::tickets::follow_ups(tx, &[ticket.id])?,
        _ => Vec::new(),
    };
    Ok(Beside {
        custom: crate::fields::held(tx, ctx, ticket.id, crate::fields::Whose::Ours)?,
        follow_ups: follow_ups.into_iter().map(|(_, id)| id).collect(),
        followers: store::users::many(tx, &followers)?,
        earlier,
        of_organization,
        read_to,
    })
}

/// Tickets with the same words, the newest first, without those that stand beside the ticket anyway. Dearer than all the
/// rest of a ticket's page together, so it is read when somebody asks.
pub fn with_the_same_words(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: &Stored,
) -> Result<Vec<Stored>, Error> {
    let beside = of_ticket(tx, ctx, stored)?;
    let known = [&beside.earlier, &beside.of_organization].into_iter().flatten();
    let known: Vec<TicketId> = known.chain([stored]).map(|one| one.ticket.id).collect();
    search::similar(tx, ctx, stored, &known, SHOWN)
}

/// Who else is at a ticket, each with whether they write, and until when it is hidden from the reader's lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Here {
    /// Names, and whether they write.
    pub others: Vec<(String, bool)>,
    /// Until when it is hidden.
    pub snoozed: Option<Timestamp>,
    /// Whether the reader follows it.
    pub follows: bool,
}

/// Reads who is at a ticket.
pub fn here(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Here, Error> {
    let others = presence::named(tx, ctx, &[id])?.into_iter();
    let (mut snoozed, mut follows) = (None, false);
    if let Some(me) = ctx.actor.user() {
        snoozed = store::snoozes::load(tx, id, me)?.filter(|until| *until > ctx.now);
        follows = store::follows::on(tx, &[id])?.iter().any(|(_, user)| *user == me);
    }
    Ok(Here { others: others.map(|(_, name, writes)| (name, writes)).collect(), snoozed, follows })
}

/// The reader has looked at a ticket up to an event.
pub fn seen(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId, seq: i64) -> Result<(), Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let user = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    let stored = crate::tickets::show(tx, ctx, id)?;
    let seq = seq.clamp(0, stored.ticket.seq);
    Ok(store::readings::put(tx, user, id, seq, ctx.now)?)
}

/// The known tags that begin so, in their order.
pub fn tags(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    beginning: &str,
    most: usize,
) -> Result<Vec<String>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::tickets::tags(tx, &beginning.to_lowercase(), most)?)
}

/// A person with what their page says.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub user: User,
    /// Their addresses.
    pub identities: Vec<Identity>,
    /// Their organizations, the default one first.
    pub organizations: Vec<Organization>,
    /// How often a severity they stated was graded down. (PR-04)
    pub graded_down: i64,
    /// A page of their tickets.
    pub tickets: Rows,
}

/// A person, with a page of the tickets they asked for.
pub fn person(tx: &mut Tx<'_>, ctx: &Ctx, id: UserId, page: &Page) -> Result<Person, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let user = crate::users::show(tx, ctx, id)?;
    let filter = Filter { requester: Some(id), ..Filter::default() };
    let ids: Vec<_> = store::memberships::of_users::<domain::OrganizationId>(tx, &[id])?
        .into_iter()
        .map(|one| one.of)
        .collect();
    let mut organizations = store::organizations::many(tx, &ids)?;
    organizations.sort_by_key(|one| (Some(one.id) != user.organization, one.id));
    Ok(Person {
        identities: store::users::identities_of(tx, &[id])?,
        organizations,
        graded_down: store::users::times_graded_down(tx, id)?,
        tickets: rows(tx, ctx, &[filter], Order::Id, page)?,
        user,
    })
}

/// An organization, some of its people, and a page of its tickets.
pub fn organization(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: domain::OrganizationId,
    page: &Page,
) -> Result<(Organization, Vec<User>, Rows), Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let organization = crate::organizations::show(tx, ctx, id)?;
    let filter = store::users::Filter { organization: Some(id), ..store::users::Filter::default() };
    let people = store::users::page(tx, &filter, store::users::Order::Id, &Page::first(PEOPLE))?;
    let filter = Filter { organization: Some(id), ..Filter::default() };
    let tickets = rows(tx, ctx, &[filter], Order::Id, page)?;
    Ok((organization, people, tickets))
}
