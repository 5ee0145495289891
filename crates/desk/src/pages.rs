//! What a page shows, gathered in one reading of the data, without a query per row.

use domain::conditions::Condition;
use domain::{
    Claimed, CommentId, Effect, Envelope, Event, Organization, OrganizationId, Status, TicketId,
    User, UserId, WebhookId,
};
use store::Tx;
use store::comments::{Comment, Whose};
use store::conditions::Meant;
use store::leases::Lease;
use store::mails::Filed;
use store::outbox::Queued;
use store::page::{Key, KeyValue, Page, Start};
use store::recipients::Recipient;
use store::skips::Skip;
use store::surveys::Survey;
use store::tickets::{Filter, Order, Stored};

use crate::surveys::OwnRating;
use crate::{Act, Ctx, Error, require, tickets, work};

/// From this many events on, a page reads of a log only what belongs to the comments it shows.
const LONG_LOG: i64 = 400;
/// With how many events a ticket begins that are shown always.
const BEGINNING: i64 = 12;
/// How many comments are shown before one that was asked for.
const BEFORE: i64 = 10;
/// By how many comments an earlier part goes back.
const EARLIER: i64 = 40;
/// Up to how many tickets are counted on each side of one in a list.
pub const COUNTED: i64 = 100;
/// How many of a requester's other tickets are looked at.
const OTHERS: i64 = 20;
/// How many events tell where a ticket went.
const LATEST: i64 = 12;
/// How many times of giving it back a ticket's page tells.
const SKIPS: i64 = 5;

/// One page of a list, with everybody named in it.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// The tickets, in order.
    pub tickets: Vec<Stored>,
    /// Requesters and assignees, each once.
    pub people: Vec<User>,
    /// Their organizations, each once.
    pub organizations: Vec<Organization>,
    /// Who has taken some of them for a while. (ROT-11)
    pub leases: Vec<Lease>,
    /// Who else is at some of them now, and whether they write.
    pub here: Vec<(TicketId, UserId, bool)>,
    /// Who escalated some of them, if it was a person. (ROT-06)
    pub escalated_by: Vec<(TicketId, UserId)>,
    /// Those that are not done and in which the reader has not seen what was said last.
    pub unread: Vec<TicketId>,
}

/// One page of the tickets that any of these filters finds; no ticket may be found by two of them.
pub fn rows(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    filters: &[Filter],
    order: Order,
    page: &Page,
) -> Result<Rows, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let mut found = Vec::new();
    for filter in filters {
        found.extend(store::tickets::page(tx, filter, order, page)?);
    }
    if filters.len() > 1 {
        merge(&mut found, order, page);
    }
    with_people(tx, ctx, found)
}

/// The numbers of one page of the tickets that any of these filters finds; no ticket may be found by two of them.
pub fn numbers(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    filters: &[Filter],
    order: Order,
    page: &Page,
) -> Result<Vec<TicketId>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    if let [filter] = filters {
        let found = store::tickets::versions(tx, filter, order, page)?;
        return Ok(found.into_iter().map(|(id, _)| id).collect());
    }
    let mut found = Vec::new();
    for filter in filters {
        found.extend(store::tickets::page(tx, filter, order, page)?);
    }
    merge(&mut found, order, page);
    Ok(ids(&found))
}

/// Which of these tickets any of the filters finds.
pub fn still(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    filters: &[Filter],
    ids: &[TicketId],
) -> Result<Vec<TicketId>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let asker = crate::search::asker(tx, ctx)?;
    let any = Condition::Any(ids.iter().copied().map(Condition::Number).collect());
    let page = Page::first(i64::try_from(ids.len()).unwrap_or(i64::MAX));
    let mut found = Vec::new();
    for filter in filters.iter().filter(|_| !ids.is_empty()) {
        let known = filter.meant.as_ref().map(|meant| meant.condition.clone());
        let condition = Condition::All(known.into_iter().chain([any.clone()]).collect());
        let meant = Some(Meant { condition, asker: asker.clone() });
        let filter = Filter { meant, ..filter.clone() };
        let some = store::tickets::versions(tx, &filter, Order::Id, &page)?;
        found.extend(some.into_iter().map(|(id, _)| id));
    }
    Ok(found)
}

/// The latest events of a ticket, oldest first.
pub fn latest(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Vec<Envelope>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::events::tail(tx, id, LATEST)?)
}

/// Where a ticket stands in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The one before it.
    pub before: Option<TicketId>,
    /// The one after it.
    pub after: Option<TicketId>,
    /// How many stand before it and how many after it, each counted up to [`COUNTED`]; nothing if it is not in the list.
    pub counts: Option<(usize, usize)>,
}

/// The neighbours of a ticket in a list: of those that its filters find, by their order. One that has left it stands
/// where it stood, if that place is known and not too far down.
pub fn neighbours(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    filters: &[Filter],
    (order, descending): (Order, bool),
    (stored, place): (&Stored, Option<usize>),
) -> Result<Neighbours, Error> {
    let page = |start, size| Page { start, size, descending };
    if still(tx, ctx, filters, &[stored.ticket.id])?.is_empty() {
        let place = place.filter(|place| i64::try_from(*place).is_ok_and(|at| at <= COUNTED));
        let place = place.unwrap_or(1).max(1);
        let size = i64::try_from(place).unwrap_or(COUNTED);
        let now = numbers(tx, ctx, filters, order, &page(Start::Offset(0), size))?;
        let at = |index: usize| now.get(index).copied();
        let before = place.checked_sub(2).and_then(at);
        return Ok(Neighbours { before, after: at(place - 1), counts: None });
    }
    let key = tickets::key(order, stored);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let mut counts = (0, 0);
    for filter in filters {
        let mut side = |start| -> Result<Vec<(TicketId, i64)>, Error> {
            Ok(store::tickets::versions(tx, filter, order, &page(start, COUNTED))?)
        };
        let (some, others) = (side(Start::Before(key.clone()))?, side(Start::After(key.clone()))?);
        counts = (counts.0 + some.len(), counts.1 + others.len());
        before.extend(some.last().map(|(id, _)| *id));
        after.extend(others.first().map(|(id, _)| *id));
    }
    // Each filter has its own neighbour; of several the nearest counts.
    let mut nearest = |found: Vec<TicketId>, last: bool| -> Result<Option<TicketId>, Error> {
        if found.len() < 2 {
            return Ok(found.first().copied());
        }
        let mut found = store::tickets::many(tx, &found)?;
        merge(&mut found, order, &page(Start::Offset(0), COUNTED));
        let found = if last { found.last() } else { found.first() };
        Ok(found.map(|one| one.ticket.id))
    };
    let (before, after) = (nearest(before, true)?, nearest(after, false)?);
    Ok(Neighbours { before, after, counts: Some(counts) })
}

/// The tickets with these numbers that are there, in their order.
pub fn these(tx: &mut Tx<'_>, ctx: &Ctx, ids: &[TicketId]) -> Result<Rows, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let mut found = Vec::new();
    for some in ids.chunks(500) {
        found.extend(store::tickets::many(tx, some)?);
    }
    found.sort_by_key(|stored| stored.ticket.id);
    with_people(tx, ctx, found)
}

fn with_people(tx: &mut Tx<'_>, ctx: &Ctx, found: Vec<Stored>) -> Result<Rows, Error> {
    let leases = store::leases::on(tx, &ids(&found), ctx.now)?;
    let escalated_by = escalated_by(tx, &found)?;
    let here = crate::presence::others(tx, ctx, &ids(&found))?;
    let pending = found.iter().map(|one| &one.ticket).filter(|ticket| !ticket.status.is_done());
    let pending: Vec<TicketId> = pending.map(|ticket| ticket.id).collect();
    let unread = match ctx.actor.user() {
        Some(user) => store::readings::unread(tx, user, &pending)?,
        None => Vec::new(),
    };
    let people =
        found.iter().flat_map(|one| [Some(one.ticket.requester), one.ticket.assignee]).flatten();
    let people = people.chain(leases.iter().map(|lease| lease.user));
    let people = people.chain(here.iter().map(|(_, user, _)| *user));
    let people = each_once(people.chain(escalated_by.iter().map(|(_, user)| *user)));
    let organizations = each_once(found.iter().filter_map(|one| one.ticket.organization));
    Ok(Rows {
        people: store::users::many(tx, &people)?,
        organizations: store::organizations::many(tx, &organizations)?,
        tickets: found,
        leases,
        here,
        escalated_by,
        unread,
    })
}

fn ids(found: &[Stored]) -> Vec<TicketId> {
    found.iter().map(|stored| stored.ticket.id).collect()
}

/// The people who escalated what is escalated among these.
fn escalated_by(tx: &mut Tx<'_>, found: &[Stored]) -> Result<Vec<(TicketId, UserId)>, Error> {
    let escalated = found.iter().filter(|stored| stored.ticket.escalation.is_some());
    let escalated: Vec<TicketId> = escalated.map(|stored| stored.ticket.id).collect();
    let by = store::events::escalated_by(tx, &escalated)?;
    let person = |(ticket, kind, id): (TicketId, String, String)| {
        Some((ticket, UserId(id.parse().ok().filter(|_| kind == "person")?)))
    };
    Ok(by.into_iter().filter_map(person).collect())
}

/// Several pages of the same place in their lists, as one.
fn merge(found: &mut Vec<Stored>, order: Order, page: &Page) {
    let place = |stored: &Stored| match order.key(stored) {
        Some(KeyValue::Int(number)) => ([number, 0, 0], String::new(), stored.ticket.id),
        Some(KeyValue::Text(text)) => ([0; 3], text, stored.ticket.id),
        Some(KeyValue::Place(place)) => (place, String::new(), stored.ticket.id),
        None => ([0; 3], String::new(), stored.ticket.id),
    };
    found.sort_by_key(place);
    if page.descending {
        found.reverse();
    }
    let size = usize::try_from(page.size).unwrap_or_default();
    if matches!(page.start, Start::Before(_)) {
        found.drain(..found.len().saturating_sub(size));
    } else {
        found.truncate(size);
    }
}

/// A ticket with everything its page says.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The ticket.
    pub stored: Stored,
    /// Its log; of a very long one the end.
    pub events: Vec<Envelope>,
    /// The first comment and the last ones, oldest first.
    pub comments: Vec<Comment>,
    /// How many comments lie between the first and the others.
    pub left_out: i64,
    /// How many comments follow those that are shown.
    pub later: i64,
    /// From which comment on an earlier part is shown, where some are left out.
    pub earlier: Option<CommentId>,
    /// Everybody named in any of these, each once.
    pub people: Vec<User>,
    /// The organization that counts.
    pub organization: Option<Organization>,
    /// What else its log names.
    pub mentioned: Mentioned,
    /// Other tickets of the requester that are not done.
    pub others: Vec<Stored>,
    /// How often a severity they stated was graded down. (PR-04)
    pub graded_down: i64,
    /// What left or could not leave.
    pub deliveries: Vec<Queued>,
    /// Who has taken it for a while. (ROT-11)
    pub lease: Option<Lease>,
    /// Who gave it back last, the oldest first. (ROT-11)
    pub skips: Vec<Skip>,
    /// Whoever has it is too new for what it is about. (ROT-03)
    pub unfamiliar: Option<work::Unfamiliar>,
    /// What the door knew of the requester. (CH-01)
    pub claimed: Option<Claimed>,
    /// What the app sent along, as JSON text.
    pub context: Option<String>,
    /// How the requester found the help, if they were asked or have said so.
    pub survey: Option<Survey>,
    /// What became of it at each of those it was for.
    pub recipients: Vec<Recipient>,
    /// Automatic mail that came.
    pub automatic: Vec<Filed>,
    /// Addresses of the requester and of those copied in where mail does not arrive, and why.
    pub undeliverable: Vec<(String, String)>,
}

/// What the events of a ticket name by number, beside people and teams, and what cannot be in the log because it can be
/// erased: the present subject, and what fields hold now.
#[derive(Clone, Debug, Default)]
pub struct Mentioned {
    /// What organizations are called.
    pub organizations: Vec<(OrganizationId, String)>,
    /// What webhooks are called.
    pub webhooks: Vec<(WebhookId, String)>,
    /// Custom fields.
    pub fields: Vec<domain::Field>,
    /// What they hold, as JSON.
    pub values: Vec<(i64, String)>,
    /// What the ticket is about now.
    pub subject: String,
}

/// Reads what events name.
pub fn mentioned(
    tx: &mut Tx<'_>,
    stored: &Stored,
    events: &[Envelope],
) -> Result<Mentioned, Error> {
    let (mut organizations, mut webhooks, mut has_fields) = (Vec::new(), Vec::new(), false);
    for envelope in events {
        match &envelope.event {
            Event::OrganizationChanged { to } => organizations.extend(to),
            Event::RequesterChanged { organization, .. } => organizations.extend(organization),
            Event::FieldChanged { .. } => has_fields = true,
            Event::Applied(applied) => {
                webhooks.extend(applied.effects.iter().filter_map(|effect| match effect {
                    Effect::Webhook(id) => Some(*id),
                    _ => None,
                }));
            }
            _ => {}
        }
    }
    let mut mentioned = Mentioned { subject: stored.subject.clone(), ..Mentioned::default() };
    if !organizations.is_empty() {
        let found = store::organizations::many(tx, &each_once(organizations))?;
        mentioned.organizations = found.into_iter().map(|one| (one.id, one.name)).collect();
    }
    for id in each_once(webhooks) {
        mentioned.webhooks.extend(store::webhooks::load(tx, id)?.map(|one| (id, one.name)));
    }
    if has_fields {
        mentioned.fields = store::fields::all(tx, "ticket")?;
        mentioned.values = tickets::field_values(tx, stored.ticket.id)?;
    }
    Ok(mentioned)
}

/// Which part of a long conversation is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The last so many comments.
    Last(i64),
    /// So many comments from a little before one of them on.
    Around(CommentId, i64),
}

/// A ticket as agents see it, with a part of its comments.
pub fn ticket(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId, part: Part) -> Result<Whole, Error> {
    let stored = tickets::show(tx, ctx, id)?;
    let (comments, left_out, later) = match part {
        Part::Last(most) => {
            let (comments, left_out) = comments(tx, &stored, Whose::Ours, most)?;
            (comments, left_out, 0)
        }
        Part::Around(comment, most) => around(tx, &stored, comment, most)?,
    };
    let earlier = match comments.get(1).filter(|_| left_out > 0) {
        Some(first) => {
            let start = Start::Before(Key { value: None, id: first.id.0 });
            let page = Page { start, size: EARLIER, descending: false };
            store::comments::page(tx, id, Whose::Ours, &page)?.first().map(|comment| comment.id)
        }
        None => None,
    };
    let events = if stored.ticket.seq > LONG_LOG {
        let from = comments.get(1).map_or(0, |comment| comment.audit.0);
        let last = comments.last().filter(|_| later > 0);
        let to = last.map_or(i64::MAX, |comment| comment.audit.0);
        store::events::around(tx, id, BEGINNING, (from, to))?
    } else {
        store::events::of_ticket(tx, id)?
    };
    let filter = Filter {
        requester: Some(stored.ticket.requester),
        statuses: vec![Status::New, Status::Open, Status::Pending, Status::Hold],
        ..Filter::default()
    };
    let mut others = store::tickets::page(
        tx,
        &filter,
        Order::Id,
        &Page { descending: true, ..Page::first(OTHERS) },
    )?;
    others.retain(|other| other.ticket.id != id);
    let lease = store::leases::on(tx, &[id], ctx.now)?.pop();
    let filter = store::skips::Filter { ticket: Some(id), user: None };
    let mut skips =
        store::skips::page(tx, filter, &Page { descending: true, ..Page::first(SKIPS) })?;
    skips.reverse();
    let mut people = named(&stored, &events, &comments);
    people.extend(lease.iter().map(|lease| lease.user));
    people.extend(skips.iter().map(|skip| skip.user));
    let people = each_once(people);
    Ok(Whole {
        people: store::users::many(tx, &people)?,
        organization: match stored.ticket.organization {
            Some(id) => store::organizations::load(tx, id)?,
            None => None,
        },
        mentioned: mentioned(tx, &stored, &events)?,
        graded_down: store::users::times_graded_down(tx, stored.ticket.requester)?,
        deliveries: store::outbox::of_ticket(tx, id)?,
        unfamiliar: work::unfamiliar(tx, ctx, &stored.ticket)?,
        lease,
        skips,
        claimed: store::claims::load(tx, id)?,
        context: store::tickets::context(tx, id)?,
        survey: store::surveys::of_ticket(tx, id)?,
        recipients: store::recipients::of_ticket(tx, id)?,
        automatic: crate::mailbox::automatic(tx, ctx, id)?,
        undeliverable: undeliverable(tx, &stored)?,
        others,
        stored,
        events,
        comments,
        left_out,
        later,
        earlier,
    })
}

/// The first comment, a part of the others, and how many lie before and after it.
fn around(
    tx: &mut Tx<'_>,
    stored: &Stored,
    comment: CommentId,
    most: i64,
) -> Result<(Vec<Comment>, i64, i64), Error> {
    let id = stored.ticket.id;
    let key = |id: i64| Key { value: None, id };
    let page = |start, size| Page { start, size, descending: false };
    let before = Start::Before(key(comment.0));
    let mut shown = store::comments::page(tx, id, Whose::Ours, &page(before, BEFORE))?;
    let after = Start::After(key(comment.0 - 1));
    shown.extend(store::comments::page(tx, id, Whose::Ours, &page(after, most))?);
    let all = store::comments::count(tx, id, Whose::Ours)?;
    let last = shown.last().map_or(0, |comment| comment.id.0);
    let later = store::comments::count_after(tx, id, last)?;
    let first = store::comments::page(tx, id, Whose::Ours, &Page::first(1))?;
    if shown.first().map(|comment| comment.id) != first.first().map(|comment| comment.id) {
        shown.splice(0..0, first);
    }
    let left_out = all - later - i64::try_from(shown.len()).unwrap_or(all);
    Ok((store::comments::with_attachments(tx, shown)?, left_out.max(0), later))
}

/// Where mail about a ticket would go and does not arrive.
fn undeliverable(tx: &mut Tx<'_>, stored: &Stored) -> Result<Vec<(String, String)>, Error> {
    let mut people = vec![stored.ticket.requester];
    people.extend(&stored.ticket.ccs);
    let identities = store::users::identities_of(tx, &people)?.into_iter();
    let primary = identities.filter(|identity| identity.primary && identity.kind == "email");
    Ok(primary.filter_map(|one| Some((one.value, one.undeliverable?))).collect())
}

/// A ticket as its requester sees it: what was said in public, and by whom.
#[derive(Clone, Debug)]
pub struct Own {
    /// The ticket.
    pub stored: Stored,
    /// The first public comment and the last ones, oldest first.
    pub comments: Vec<Comment>,
    /// How many comments lie between the first and the others.
    pub left_out: i64,
    /// Who wrote them, each once.
    pub authors: Vec<User>,
    /// The custom fields that customers see, with what they hold as JSON.
    pub custom: Vec<(domain::Field, String)>,
    /// How it stands to being rated, if it is its reader's to rate.
    pub rating: Option<OwnRating>,
}

/// A person's own ticket, with its last `most` public comments.
pub fn own(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId, most: i64) -> Result<Own, Error> {
    let stored = tickets::show_own(tx, ctx, id)?;
    let (comments, left_out) = comments(tx, &stored, Whose::Customers(ctx.now), most)?;
    let authors = each_once(comments.iter().map(|comment| comment.author));
    let survey = store::surveys::of_ticket(tx, id)?;
    let rating = crate::surveys::own(ctx, &stored, survey.as_ref());
    let custom = crate::fields::held(tx, ctx, id, crate::fields::Whose::Shown)?;
    let authors = store::users::many(tx, &authors)?;
    Ok(Own { stored, comments, left_out, authors, custom, rating })
}

/// The first comment and the last ones, and how many lie between.
fn comments(
    tx: &mut Tx<'_>,
    stored: &Stored,
    whose: Whose,
    most: i64,
) -> Result<(Vec<Comment>, i64), Error> {
    let id = stored.ticket.id;
    let last = Page { descending: true, ..Page::first(most) };
    let mut comments = store::comments::page(tx, id, whose, &last)?;
    comments.reverse();
    let mut left_out = 0;
    if i64::try_from(comments.len()).unwrap_or(i64::MAX) >= most {
        let first = store::comments::page(tx, id, whose, &Page::first(1))?;
        if comments.first().map(|comment| comment.id) != first.first().map(|comment| comment.id) {
            left_out = store::comments::count(tx, id, whose)? - most - 1;
            comments.splice(0..0, first);
        }
    }
    Ok((store::comments::with_attachments(tx, comments)?, left_out))
}

/// What was said on a ticket after an event: what somebody who writes now has not seen. The ticket stays locked until
/// the transaction ends, so that nothing comes between looking and writing. (NF-04)
pub fn missed(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    seen: i64,
) -> Result<Vec<CommentId>, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let (stored, _) = tickets::fresh(tx, ctx, id)?;
    let behind = stored.ticket.seq - seen;
    if behind <= 0 {
        return Ok(Vec::new());
    }
    let newer = store::events::tail(tx, id, behind)?;
    let said =
        newer.iter().filter(|envelope| envelope.seq > seen).filter_map(|envelope| match &envelope
            .event
        {
            Event::Commented { comment, .. } => Some(*comment),
            _ => None,
        });
    // What was taken back meanwhile is nothing that anybody could look at.
    let said: Vec<CommentId> = said.collect();
    let mut there: Vec<CommentId> =
        store::comments::many(tx, &said)?.iter().map(|comment| comment.id).collect();
    there.sort_unstable();
    Ok(there)
}

/// Everybody a ticket's page names.
fn named(stored: &Stored, events: &[Envelope], comments: &[Comment]) -> Vec<UserId> {
    let ticket = &stored.ticket;
    let mut ids = vec![ticket.requester, ticket.submitter];
    ids.extend(ticket.assignee);
    ids.extend(&ticket.ccs);
    ids.extend(comments.iter().map(|comment| comment.author));
    for envelope in events {
        ids.extend(envelope.person());
        match &envelope.event {
            Event::Opened(opened) => ids.push(opened.requester),
            Event::Assigned { to } => ids.extend(to),
            Event::RequesterChanged { to, .. } => ids.push(*to),
            Event::CcsChanged { ccs } => ids.extend(ccs),
            _ => {}
        }
    }
    each_once(ids)
}

fn each_once<I: Ord>(ids: impl IntoIterator<Item = I>) -> Vec<I> {
    let mut ids: Vec<I> = ids.into_iter().collect();
    ids.sort();
    ids.dedup();
    ids
}
