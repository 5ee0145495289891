//! Tickets: the fold as a document, and beside it the columns that lists need.

mod lists;
#[cfg(test)]
pub(crate) mod plans;

use domain::work::WorkClass;
use domain::{BrandId, CommentId, OrganizationId, TeamId, Ticket, TicketId, UserId};
use jiff::Timestamp;

use crate::{Error, Row, Sql, Tx, params, search};

pub use lists::{Filter, Order, count_up_to, page, versions};

/// A ticket with what is stored beside its events.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The fold of its events.
    pub ticket: Ticket,
    /// What it is about. Erasable.
    pub subject: String,
    /// Salt of the subject's digest. Erasable.
    pub subject_salt: String,
    /// The comment it began with.
    pub first_comment: CommentId,
    /// Another system's name for it; not unique.
    pub external_id: Option<String>,
    /// Under which brand we answer.
    pub brand: Option<BrandId>,
    /// The support address it came to.
    pub mailbox: Option<String>,
    /// The language of the conversation.
    pub locale: Option<String>,
    /// Its class in the order of work, as the handbook had it when the ticket last changed. (ROT-06)
    pub work: WorkClass,
}

pub(crate) const COLUMNS: &str = "t.state, t.subject, t.subject_salt, t.first_comment_id, t.external_id, t.brand_id, t.mailbox, t.locale,
     t.work_rank";

pub(crate) fn stored(row: &Row) -> Result<Stored, Error> {
    let state: String = row.get(0)?;
    let rank: i64 = row.get(8)?;
    Ok(Stored {
        ticket: serde_json::from_str(&state)
            .map_err(|error| Error::corrupt("tickets.state", error))?,
        subject: row.get(1)?,
        subject_salt: row.get(2)?,
        first_comment: CommentId(row.get(3)?),
        external_id: row.get(4)?,
        brand: row.get::<Option<i64>>(5)?.map(BrandId),
        mailbox: row.get(6)?,
        locale: row.get(7)?,
        work: WorkClass::numbered(rank)
            .ok_or_else(|| Error::corrupt("tickets.work_rank", format!("unknown class {rank}")))?,
    })
}

/// Open tickets come first by deadline; those without one last.
fn due_sort(ticket: &Ticket) -> i64 {
    ticket.due_at().map_or(i64::MAX, jiff::Timestamp::as_microsecond)
}

/// Stores a new ticket and the instant it wants to be woken at. Its words are yet to be indexed, with [`index_with`].
pub fn insert(tx: &mut Tx<'_>, stored: &Stored) -> Result<(), Error> {
    let ticket = &stored.ticket;
    let state = encode(ticket);
    let changed = tx.change_id()?;
    tx.execute(
        "INSERT INTO tickets (id, seq, state, subject, subject_salt, first_comment_id, status, priority, team_id,
            assignee_id, requester_id, organization_id, brand_id, mailbox, locale, external_id, due_sort, is_escalated,
            created_at, updated_at, deleted_at, changed, follow_up_of, work_rank, area, is_answered, kind, severity,
            via, submitter_id, solved_at, status_since, assigned_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
            $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)",
        params![
            ticket.id.0,
            ticket.seq,
            &state,
            &stored.subject,
            &stored.subject_salt,
            stored.first_comment.0,
            ticket.status.as_str(),
            ticket.priority.as_str(),
            ticket.team.0,
            ticket.assignee.map(|id| id.0),
            ticket.requester.0,
            ticket.organization.map(|id| id.0),
            stored.brand.map(|id| id.0),
            stored.mailbox.as_deref(),
            stored.locale.as_deref(),
            stored.external_id.as_deref(),
            due_sort(ticket),
            ticket.escalation.is_some(),
            ticket.created_at,
            ticket.updated_at,
            ticket.deleted_at,
            changed,
            ticket.follow_up_of.map(|id| id.0),
            stored.work.number(),
            ticket.area.as_deref(),
            ticket.is_answered(),
            ticket.kind.map(domain::Kind::as_str),
            ticket.severity.map(domain::Severity::as_str),
            ticket.channel.as_str(),
            ticket.submitter.0,
            ticket.solved_at,
            ticket.status_since,
            ticket.assigned_at
        ],
    )?;
    insert_tags(tx, ticket)?;
    insert_ccs(tx, ticket)?;
    if let Some(source) = ticket.follow_up_of {
        // What it says of its follow-ups is another thing now.
        tx.execute("UPDATE tickets SET changed = $2 WHERE id = $1", params![source.0, changed])?;
    }
    crate::wakeups::set(tx, "ticket", ticket.id.0, ticket.next_wakeup(), false)
}

/// The tickets that continue these: source and follow-up, the oldest first.
pub fn follow_ups(
    tx: &mut Tx<'_>,
    sources: &[TicketId],
) -> Result<Vec<(TicketId, TicketId)>, Error> {
    if sources.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push("SELECT follow_up_of, id FROM tickets WHERE deleted_at IS NULL AND follow_up_of IN (");
    sql.join(sources, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(") ORDER BY id");
    let rows = tx.query(sql.text(), sql.params())?;
    rows.iter().map(|row| Ok((TicketId(row.get(0)?), TicketId(row.get(1)?)))).collect()
}

/// Stores a ticket that changed, and when it wants to be woken.
pub fn update(tx: &mut Tx<'_>, stored: &Stored) -> Result<(), Error> {
    let ticket = &stored.ticket;
    let state = encode(ticket);
    let changed = tx.change_id()?;
    tx.execute(
        "UPDATE tickets SET seq = $2, state = $3, subject = $4, subject_salt = $5, status = $6, priority = $7,
            team_id = $8, assignee_id = $9, requester_id = $10, organization_id = $11, brand_id = $12, mailbox = $13,
            locale = $14, external_id = $15, due_sort = $16, is_escalated = $17, updated_at = $18,
            deleted_at = $19, changed = $20, work_rank = $21, area = $22, is_answered = $23, kind = $24,
            severity = $25, via = $26, submitter_id = $27, solved_at = $28,
            status_since = $29, assigned_at = $30
         WHERE id = $1",
        params![
            ticket.id.0,
            ticket.seq,
            &state,
            &stored.subject,
            &stored.subject_salt,
            ticket.status.as_str(),
            ticket.priority.as_str(),
            ticket.team.0,
            ticket.assignee.map(|id| id.0),
            ticket.requester.0,
            ticket.organization.map(|id| id.0),
            stored.brand.map(|id| id.0),
            stored.mailbox.as_deref(),
            stored.locale.as_deref(),
            stored.external_id.as_deref(),
            due_sort(ticket),
            ticket.escalation.is_some(),
            ticket.updated_at,
            ticket.deleted_at,
            changed,
            stored.work.number(),
            ticket.area.as_deref(),
            ticket.is_answered(),
            ticket.kind.map(domain::Kind::as_str),
            ticket.severity.map(domain::Severity::as_str),
            ticket.channel.as_str(),
            ticket.submitter.0,
            ticket.solved_at,
            ticket.status_since,
            ticket.assigned_at
        ],
    )?;
    crate::wakeups::set(tx, "ticket", ticket.id.0, ticket.next_wakeup(), true)
}

/// Copies what lists are filtered by out of the fold, for tickets from before there were columns for it.
pub(crate) fn copy_columns(tx: &mut Tx<'_>, ticket: &Ticket) -> Result<(), Error> {
    tx.execute(
        "UPDATE tickets SET kind = $2, severity = $3, area = $4, via = $5, submitter_id = $6, solved_at = $7
         WHERE id = $1",
        params![
            ticket.id.0,
            ticket.kind.map(domain::Kind::as_str),
            ticket.severity.map(domain::Severity::as_str),
            ticket.area.as_deref(),
            ticket.channel.as_str(),
            ticket.submitter.0,
            ticket.solved_at
        ],
    )
    .map(|_| ())
}

/// Writes a ticket's tags where tickets are found by them.
pub fn set_tags(tx: &mut Tx<'_>, ticket: &Ticket) -> Result<(), Error> {
    tx.execute("DELETE FROM ticket_tags WHERE ticket_id = $1", params![ticket.id.0])?;
    insert_tags(tx, ticket)
}

/// The tags that begin so and are on some ticket, in their order. Walks from one to the next, however many tickets have it.
pub fn tags(tx: &mut Tx<'_>, beginning: &str, most: usize) -> Result<Vec<String>, Error> {
    let mut found: Vec<String> = Vec::new();
    let mut row =
        tx.query_one("SELECT min(tag) FROM ticket_tags WHERE tag >= $1", params![beginning])?;
    while let Some(tag) = row.get::<Option<String>>(0)?.filter(|tag| tag.starts_with(beginning)) {
        row = tx.query_one("SELECT min(tag) FROM ticket_tags WHERE tag > $1", params![&tag])?;
        found.push(tag);
        if found.len() >= most {
            break;
        }
    }
    Ok(found)
}

fn insert_tags(tx: &mut Tx<'_>, ticket: &Ticket) -> Result<(), Error> {
    if ticket.tags.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new();
    sql.push("INSERT INTO ticket_tags (tag, ticket_id) VALUES ");
    sql.join(&ticket.tags, ", ", "", |sql, tag| {
        sql.push("(").bind(tag.as_str()).push(", ").bind(ticket.id.0).push(")");
    });
    tx.execute(sql.text(), sql.params()).map(|_| ())
}

/// Tags in use that begin with a text, by name. Each is one step along the index, however many tickets have it.
pub fn tags_with(tx: &mut Tx<'_>, begin: &str, most: i64) -> Result<Vec<String>, Error> {
    let mut tags: Vec<String> = Vec::new();
    for _ in 0..most {
        let row = match tags.last() {
            None => tx.query_opt(
                "SELECT tag FROM ticket_tags WHERE tag >= $1 ORDER BY tag LIMIT 1",
                params![begin],
            )?,
            Some(last) => tx.query_opt(
                "SELECT tag FROM ticket_tags WHERE tag > $1 ORDER BY tag LIMIT 1",
                params![last.as_str()],
            )?,
        };
        let tag: Option<String> = row.map(|row| row.get(0)).transpose()?;
        match tag.filter(|tag| tag.starts_with(begin)) {
            Some(tag) => tags.push(tag),
            None => break,
        }
    }
    Ok(tags)
}

/// Writes who is copied in where tickets are found by them.
pub fn set_ccs(tx: &mut Tx<'_>, ticket: &Ticket) -> Result<(), Error> {
    tx.execute("DELETE FROM ticket_ccs WHERE ticket_id = $1", params![ticket.id.0])?;
    insert_ccs(tx, ticket)
}

fn insert_ccs(tx: &mut Tx<'_>, ticket: &Ticket) -> Result<(), Error> {
    if ticket.ccs.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new();
    sql.push("INSERT INTO ticket_ccs (user_id, ticket_id) VALUES ");
    sql.join(&ticket.ccs, ", ", "", |sql, user| {
        sql.push("(").bind(user.0).push(", ").bind(ticket.id.0).push(")");
    });
    tx.execute(sql.text(), sql.params()).map(|_| ())
}

/// Writes the words of a ticket's subject, tags and first message, as stored, where it is found by them.
pub fn index(tx: &mut Tx<'_>, stored: &Stored) -> Result<(), Error> {
    let first = crate::comments::load(tx, stored.first_comment)?;
    index_with(tx, stored, &first.map(|comment| comment.body).unwrap_or_default())
}

/// The same for who has just written the first message.
pub fn index_with(tx: &mut Tx<'_>, stored: &Stored, description: &str) -> Result<(), Error> {
    let tags = stored.ticket.tags.join(" ");
    let fields = [stored.subject.as_str(), tags.as_str(), description];
    search::put(tx, search::Of::Ticket, stored.ticket.id.0, &fields)
}

fn encode(ticket: &Ticket) -> String {
    serde_json::to_string(ticket).expect("a ticket is made of plain values")
}

/// The ticket with this number, also a deleted one.
pub fn load(tx: &mut Tx<'_>, id: TicketId) -> Result<Option<Stored>, Error> {
    let sql = "SELECT t.state, t.subject, t.subject_salt, t.first_comment_id, t.external_id, t.brand_id, t.mailbox, t.locale,
         t.work_rank FROM tickets t WHERE t.id = $1";
    tx.query_opt(sql, params![id.0])?.as_ref().map(stored).transpose()
}

/// The ticket with this number, locked until the transaction ends.
pub fn lock(tx: &mut Tx<'_>, id: TicketId) -> Result<Option<Stored>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ")
        .push(COLUMNS)
        .push(" FROM tickets t WHERE t.id = ")
        .bind(id.0)
        .push(tx.lock_suffix());
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(stored).transpose()
}

/// The tickets with these numbers that exist and are not deleted, in no order.
pub fn many(tx: &mut Tx<'_>, ids: &[TicketId]) -> Result<Vec<Stored>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push("SELECT ")
        .push(COLUMNS)
        .push(" FROM tickets t WHERE t.deleted_at IS NULL AND t.id IN (");
    sql.join(ids, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(")");
    tx.query(sql.text(), sql.params())?.iter().map(stored).collect()
}

/// How many rows have an id above `after`, and how many tickets are deleted. Rows are never removed, so the number of
/// tickets is a remembered count of old rows plus the first less the second.
pub fn tail_counts(tx: &mut Tx<'_>, after: i64) -> Result<(i64, i64), Error> {
    let newer: i64 =
        tx.query_one("SELECT count(*) FROM tickets WHERE id > $1", params![after])?.get(0)?;
    let deleted: i64 = tx
        .query_one("SELECT count(*) FROM tickets WHERE deleted_at IS NOT NULL", params![])?
        .get(0)?;
    Ok((newer, deleted))
}

/// The largest id and how many rows there are up to `margin` below it.
pub fn settled_count(tx: &mut Tx<'_>, margin: i64) -> Result<(i64, i64), Error> {
    let top: Option<i64> = tx.query_one("SELECT max(id) FROM tickets", params![])?.get(0)?;
    let upto = (top.unwrap_or(0) - margin).max(0);
    let rows: i64 =
        tx.query_one("SELECT count(*) FROM tickets WHERE id <= $1", params![upto])?.get(0)?;
    Ok((upto, rows))
}

/// The numbers of an organization's tickets that are not done, oldest first.
pub fn unsolved_of_organization(
    tx: &mut Tx<'_>,
    organization: OrganizationId,
) -> Result<Vec<TicketId>, Error> {
    let rows = tx.query(
        "SELECT id FROM tickets WHERE organization_id = $1 AND deleted_at IS NULL AND status NOT IN ('solved', 'closed')
         ORDER BY id",
        params![organization.0],
    )?;
    numbers(&rows)
}

/// The numbers of a requester's tickets that are not done, oldest first.
pub fn unsolved_of_requester(tx: &mut Tx<'_>, requester: UserId) -> Result<Vec<TicketId>, Error> {
    let rows = tx.query(
        "SELECT id FROM tickets WHERE requester_id = $1 AND deleted_at IS NULL AND status NOT IN ('solved', 'closed')
         ORDER BY id",
        params![requester.0],
    )?;
    numbers(&rows)
}

/// The numbers of tickets without an organization that are not done and whose requester's address is at a domain.
pub fn unsolved_without_organization(
    tx: &mut Tx<'_>,
    domain: &str,
) -> Result<Vec<TicketId>, Error> {
    let rows = tx.query(
        "SELECT t.id, i.folded FROM tickets t JOIN identities i ON i.user_id = t.requester_id
         WHERE t.organization_id IS NULL AND t.deleted_at IS NULL AND t.status NOT IN ('solved', 'closed')
           AND i.kind = 'email' AND i.is_primary
         ORDER BY t.id",
        params![],
    )?;
    let mut found = Vec::new();
    for row in &rows {
        let address: String = row.get(1)?;
        if address.rsplit_once('@').is_some_and(|(_, at)| at == domain) {
            found.push(TicketId(row.get(0)?));
        }
    }
    Ok(found)
}

/// The lowest numbers of an organization's tickets, also of those that are done.
pub fn of_organization(
    tx: &mut Tx<'_>,
    organization: OrganizationId,
    limit: i64,
) -> Result<Vec<TicketId>, Error> {
    let sql = "SELECT id FROM tickets WHERE organization_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT $2";
    numbers(&tx.query(sql, params![organization.0, limit])?)
}

/// The lowest numbers of a team's tickets, also of those that are done.
pub fn of_team(tx: &mut Tx<'_>, team: TeamId, limit: i64) -> Result<Vec<TicketId>, Error> {
    let sql =
        "SELECT id FROM tickets WHERE team_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT $2";
    numbers(&tx.query(sql, params![team.0, limit])?)
}

fn numbers(rows: &[Row]) -> Result<Vec<TicketId>, Error> {
    rows.iter().map(|row| row.get(0).map(TicketId)).collect()
}

/// The lowest number of a ticket that was opened at or after an instant; imports may have given an older one a higher
/// number.
pub fn first_opened_since(tx: &mut Tx<'_>, since: Timestamp) -> Result<Option<TicketId>, Error> {
    // Who was opened since then was changed since then, and changes have an index.
    let row = tx.query_one(
        "SELECT min(id) FROM tickets WHERE updated_at >= $1 AND created_at >= $1",
        params![since],
    )?;
    Ok(row.get::<Option<i64>>(0)?.map(TicketId))
}

/// Tickets opened at or after an instant, the newest number first, from below `before` down to `first`; deleted ones
/// are left out.
pub fn opened_since(
    tx: &mut Tx<'_>,
    since: Timestamp,
    (first, before): (TicketId, TicketId),
    limit: i64,
) -> Result<Vec<Stored>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM tickets t WHERE t.id >= ").bind(first.0);
    sql.push(" AND t.id < ").bind(before.0).push(" AND t.created_at >= ").bind(since);
    sql.push(" AND t.deleted_at IS NULL ORDER BY t.id DESC LIMIT ").bind(limit);
    tx.query(sql.text(), sql.params())?.iter().map(stored).collect()
}

/// Values of custom fields, as JSON text, of several tickets.
pub fn field_values(
    tx: &mut Tx<'_>,
    ids: &[TicketId],
) -> Result<Vec<(TicketId, i64, String)>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push("SELECT ticket_id, field_id, value FROM field_values WHERE ticket_id IN (");
    sql.join(ids, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(")");
    let rows = tx.query(sql.text(), sql.params())?;
    rows.iter().map(|row| Ok((TicketId(row.get(0)?), row.get(1)?, row.get(2)?))).collect()
}

/// Sets or empties the value of a custom field.
pub fn set_field(
    tx: &mut Tx<'_>,
    ticket: TicketId,
    field: i64,
    value: Option<&str>,
) -> Result<(), Error> {
    match value {
        Some(value) => tx.execute(
            "INSERT INTO field_values (ticket_id, field_id, value) VALUES ($1, $2, $3)
             ON CONFLICT (ticket_id, field_id) DO UPDATE SET value = excluded.value",
            params![ticket.0, field, value],
        ),
        None => tx.execute(
            "DELETE FROM field_values WHERE ticket_id = $1 AND field_id = $2",
            params![ticket.0, field],
        ),
    }
    .map(|_| ())
}

/// What the app sent along, as JSON text.
pub fn set_context(tx: &mut Tx<'_>, ticket: TicketId, content: &str) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO contexts (ticket_id, content) VALUES ($1, $2)",
        params![ticket.0, content],
    )
    .map(|_| ())
}

/// What the app sent along, if it did.
pub fn context(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Option<String>, Error> {
    let row =
        tx.query_opt("SELECT content FROM contexts WHERE ticket_id = $1", params![ticket.0])?;
    row.map(|row| row.get(0)).transpose()
}
