//! Reading tickets.

use domain::{Clock, CommentId, Envelope, TicketId, UserId};
use store::Tx;
use store::comments::{Comment, Whose};
use store::page::{Key, Page};
use store::surveys::Survey;
use store::tickets::{Filter, Order, Stored};

use crate::{Act, Ctx, Error, require};

/// A ticket in a list, with the words it began with.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The ticket.
    pub stored: Stored,
    /// Plain text of the first comment.
    pub description: String,
    /// Whether customers may read that.
    pub first_is_public: bool,
    /// Delivery details of the mail it began with, as JSON text.
    pub details: Option<String>,
    /// Values of custom fields, as JSON text.
    pub fields: Vec<(i64, String)>,
    /// The tickets that continue it, the oldest first. (ST-06)
    pub follow_ups: Vec<TicketId>,
    /// Those of us who are told of what is said on it.
    pub followers: Vec<UserId>,
    /// How its requester found the help, if they were asked or have said so. (CS-02)
    pub survey: Option<Survey>,
}

/// One change set: its events in order, and the comments they speak of.
pub type ChangeSet = (Vec<Envelope>, Vec<Comment>);

/// A ticket as agents see it.
pub fn show(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Stored, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let stored = store::tickets::load(tx, id)?.filter(|stored| stored.ticket.deleted_at.is_none());
    stored.ok_or(Error::NotFound)
}

/// One page of a list.
pub fn list(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    filter: &Filter,
    order: Order,
    page: &Page,
) -> Result<Vec<Listed>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let found = store::tickets::page(tx, filter, order, page)?;
    listed(tx, found)
}

/// One page of a list: number and version of each ticket. The version is another one after every change of what a list
/// shows of a ticket.
pub fn versions(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    filter: &Filter,
    order: Order,
    page: &Page,
) -> Result<Vec<(TicketId, i64)>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::tickets::versions(tx, filter, order, page)?)
}

/// What the one who acts worked on last: their tickets by their last change. Looking at a ticket leaves no trace here, so
/// that it cannot be what was looked at.
pub fn recent(tx: &mut Tx<'_>, ctx: &Ctx, page: &Page) -> Result<Vec<Listed>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let user = ctx.actor.user().ok_or_else(Error::forbidden)?;
    let filter = Filter { assignee: Some(Some(user)), ..Filter::default() };
    let found = store::tickets::page(tx, &filter, Order::UpdatedAt, page)?;
    listed(tx, found)
}

/// The tickets with these numbers, in the order asked; unknown ones are left out.
pub fn many(tx: &mut Tx<'_>, ctx: &Ctx, ids: &[TicketId]) -> Result<Vec<Listed>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let mut found = store::tickets::many(tx, ids)?;
    found.sort_by_key(|stored| ids.iter().position(|id| *id == stored.ticket.id));
    listed(tx, found)
}

/// Adds to tickets the words they began with and their custom fields.
pub(crate) fn listed(tx: &mut Tx<'_>, found: Vec<Stored>) -> Result<Vec<Listed>, Error> {
    let ids: Vec<TicketId> = found.iter().map(|stored| stored.ticket.id).collect();
    let first: Vec<_> = found.iter().map(|stored| stored.first_comment).collect();
    let mut words: std::collections::HashMap<_, _> = store::comments::many(tx, &first)?
        .into_iter()
        .map(|comment| (comment.id, (comment.body, comment.public, comment.details)))
        .collect();
    let values = store::tickets::field_values(tx, &ids)?;
    let follow_ups = store::tickets::follow_ups(tx, &ids)?;
    let followers = store::follows::on(tx, &ids)?;
    let mut surveys: std::collections::HashMap<_, _> = store::surveys::of_tickets(tx, &ids)?
        .into_iter()
        .map(|survey| (survey.ticket, survey))
        .collect();
    Ok(found
        .into_iter()
        .map(|stored| {
            let (description, first_is_public, details) =
                words.remove(&stored.first_comment).unwrap_or_default();
            let fields = values
                .iter()
                .filter(|(ticket, _, _)| *ticket == stored.ticket.id)
                .map(|(_, field, value)| (*field, value.clone()))
                .collect();
            let follow_ups = of_source(&follow_ups, stored.ticket.id);
            let followers = followers.iter().filter(|(id, _)| *id == stored.ticket.id);
            let followers = followers.map(|(_, user)| *user).collect();
            let survey = surveys.remove(&stored.ticket.id);
            Listed {
                stored,
                description,
                first_is_public,
                details,
                fields,
                follow_ups,
                followers,
                survey,
            }
        })
        .collect())
}

/// One ticket with the words it began with and its custom fields.
pub fn whole(tx: &mut Tx<'_>, stored: Stored) -> Result<Listed, Error> {
    listed(tx, vec![stored])?.pop().ok_or(Error::NotFound)
}

fn of_source(all: &[(TicketId, TicketId)], source: TicketId) -> Vec<TicketId> {
    all.iter().filter(|(from, _)| *from == source).map(|(_, to)| *to).collect()
}

/// How many tickets a filter finds, all of them counted.
pub fn count_all(tx: &mut Tx<'_>, ctx: &Ctx, filter: &Filter) -> Result<i64, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::tickets::count_up_to(tx, filter, i64::MAX)?)
}

/// How many comments a ticket has.
pub fn count_comments(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<i64, Error> {
    show(tx, ctx, id)?;
    Ok(store::comments::count(tx, id, Whose::Ours)?)
}

/// The comments with these ids.
pub fn comments_by_id(tx: &mut Tx<'_>, ids: &[CommentId]) -> Result<Vec<Comment>, Error> {
    let found = store::comments::many(tx, ids)?;
    Ok(store::comments::with_attachments(tx, found)?)
}

/// Values of a ticket's custom fields, as JSON text.
pub fn field_values(tx: &mut Tx<'_>, id: TicketId) -> Result<Vec<(i64, String)>, Error> {
    let values = store::tickets::field_values(tx, &[id])?;
    Ok(values.into_iter().map(|(_, field, value)| (field, value)).collect())
}

/// How many tickets a filter finds, counted up to a thousand and one.
pub fn count(tx: &mut Tx<'_>, ctx: &Ctx, filter: &Filter) -> Result<i64, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::tickets::count_up_to(tx, filter, 1001)?)
}

/// Tags in use that begin with a text, by name.
pub fn tags_with(tx: &mut Tx<'_>, ctx: &Ctx, begin: &str, most: i64) -> Result<Vec<String>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::tickets::tags_with(tx, begin, most)?)
}

/// The counts beside several views.
pub fn view_counts(tx: &mut Tx<'_>, ctx: &Ctx, filters: &[Filter]) -> Result<Vec<i64>, Error> {
    filters.iter().map(|filter| count(tx, ctx, filter)).collect()
}

/// A page of comments; who is no agent sees public ones only.
pub fn comments(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    page: &Page,
) -> Result<Vec<Comment>, Error> {
    let whose = if crate::may(&ctx.actor, Act::ReadDesk) {
        show(tx, ctx, id)?;
        Whose::Ours
    } else {
        super::show_own(tx, ctx, id)?;
        Whose::Customers(ctx.now)
    };
    let found = store::comments::page(tx, id, whose, page)?;
    Ok(store::comments::with_attachments(tx, found)?)
}

/// All clocks of a ticket, oldest first.
pub fn clocks(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Vec<Clock>, Error> {
    Ok(show(tx, ctx, id)?.ticket.clocks)
}

/// A ticket's whole log.
pub fn events(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Vec<Envelope>, Error> {
    show(tx, ctx, id)?;
    Ok(store::events::of_ticket(tx, id)?)
}

/// A ticket's change sets, oldest first, each with its events and comments.
pub fn audits(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Vec<ChangeSet>, Error> {
    let events = events(tx, ctx, id)?;
    let ids: Vec<_> = events
        .iter()
        .filter_map(|envelope| match &envelope.event {
            domain::Event::Commented { comment, .. } => Some(*comment),
            _ => None,
        })
        .collect();
    let comments = comments_by_id(tx, &ids)?;
    let mut sets: Vec<ChangeSet> = Vec::new();
    for envelope in events {
        match sets.last_mut() {
            Some((set, _)) if set[0].audit == envelope.audit => set.push(envelope),
            _ => {
                let of_set = comments
                    .iter()
                    .filter(|comment| comment.audit == envelope.audit)
                    .cloned()
                    .collect();
                sets.push((vec![envelope], of_set));
            }
        }
    }
    Ok(sets)
}

/// A list's key for a ticket.
pub fn key(order: Order, stored: &Stored) -> Key {
    Key { value: order.key(stored), id: stored.ticket.id.0 }
}
