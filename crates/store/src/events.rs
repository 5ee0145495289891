//! The append-only log of tickets.

use domain::{AuditId, Envelope, Event, EventId, TicketId};
use jiff::Timestamp;

use crate::{Error, Row, Sql, Tx, params};

/// Appends events; a place that is taken means that somebody else changed the ticket meanwhile.
pub fn append(tx: &mut Tx<'_>, events: &[Envelope]) -> Result<(), Error> {
    if events.is_empty() {
        return Ok(());
    }
    let payloads: Vec<String> = events.iter().map(|envelope| envelope.event.encode()).collect();
    let mut sql = Sql::new();
    sql.push(
        "INSERT INTO events (id, ticket_id, seq, audit_id, at, actor_kind, actor_id, via, policy, kind, version, payload) VALUES ",
    );
    let rows: Vec<(&Envelope, &String)> = events.iter().zip(&payloads).collect();
    sql.join(&rows, ", ", "", |sql, (envelope, payload)| {
        sql.push("(").bind(envelope.id.0).push(", ").bind(envelope.ticket.0);
        sql.push(", ").bind(envelope.seq).push(", ").bind(envelope.audit.0);
        sql.push(", ").bind(envelope.at).push(", ").bind(envelope.actor_kind.as_str());
        sql.push(", ").bind(envelope.actor_id.as_str()).push(", ").bind(envelope.via.as_str());
        sql.push(", ").bind(envelope.policy.as_str()).push(", ").bind(envelope.event.kind());
        sql.push(", ").bind(Event::VERSION).push(", ").bind(payload.as_str()).push(")");
    });
    tx.execute(sql.text(), sql.params()).map(|_| ())
}

fn envelope(row: &Row) -> Result<Envelope, Error> {
    let kind: String = row.get(9)?;
    let payload: String = row.get(11)?;
    Ok(Envelope {
        id: EventId(row.get(0)?),
        ticket: TicketId(row.get(1)?),
        seq: row.get(2)?,
        audit: AuditId(row.get(3)?),
        at: row.get(4)?,
        actor_kind: row.get(5)?,
        actor_id: row.get(6)?,
        via: row.get::<String>(7)?.parse().map_err(|error| Error::corrupt("events.via", error))?,
        policy: row.get(8)?,
        event: Event::decode(&kind, row.get(10)?, &payload)
            .map_err(|error| Error::corrupt("events.payload", error))?,
    })
}

/// A ticket's whole log, oldest first.
pub fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Vec<Envelope>, Error> {
    let rows = tx.query(
        "SELECT id, ticket_id, seq, audit_id, at, actor_kind, actor_id, via, policy, kind, version, payload
         FROM events WHERE ticket_id = $1 ORDER BY seq",
        params![ticket.0],
    )?;
    rows.iter().map(envelope).collect()
}

/// The last events of a ticket, oldest first.
pub fn tail(tx: &mut Tx<'_>, ticket: TicketId, limit: i64) -> Result<Vec<Envelope>, Error> {
    let rows = tx.query(
        "SELECT id, ticket_id, seq, audit_id, at, actor_kind, actor_id, via, policy, kind, version, payload
         FROM events WHERE ticket_id = $1 ORDER BY seq DESC LIMIT $2",
        params![ticket.0, limit],
    )?;
    rows.iter().rev().map(envelope).collect()
}

/// The first events of a ticket, and those of a range of change sets, oldest first.
pub fn around(
    tx: &mut Tx<'_>,
    ticket: TicketId,
    first: i64,
    (from, to): (i64, i64),
) -> Result<Vec<Envelope>, Error> {
    let rows = tx.query(
        "SELECT id, ticket_id, seq, audit_id, at, actor_kind, actor_id, via, policy, kind, version, payload
         FROM events WHERE ticket_id = $1 AND (seq <= $2 OR audit_id BETWEEN $3 AND $4) ORDER BY seq",
        params![ticket.0, first, from, to],
    )?;
    rows.iter().map(envelope).collect()
}

/// The whole logs of several tickets, each oldest first, ticket by ticket.
pub fn of_tickets(tx: &mut Tx<'_>, tickets: &[TicketId]) -> Result<Vec<Envelope>, Error> {
    if tickets.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push(
        "SELECT id, ticket_id, seq, audit_id, at, actor_kind, actor_id, via, policy, kind, version, payload
         FROM events WHERE ticket_id IN (",
    );
    sql.join(tickets, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(") ORDER BY ticket_id, seq");
    tx.query(sql.text(), sql.params())?.iter().map(envelope).collect()
}

/// Who escalated these tickets, the last one each: the kind of actor and which.
pub fn escalated_by(
    tx: &mut Tx<'_>,
    tickets: &[TicketId],
) -> Result<Vec<(TicketId, String, String)>, Error> {
    if tickets.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push("SELECT ticket_id, actor_kind, actor_id FROM events WHERE kind = 'escalated' AND ticket_id IN (");
    sql.join(tickets, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(") ORDER BY ticket_id, seq");
    let rows = tx.query(sql.text(), sql.params())?;
    let mut found: Vec<(TicketId, String, String)> = Vec::new();
    for row in &rows {
        let one = (TicketId(row.get(0)?), row.get(1)?, row.get(2)?);
        found.retain(|(ticket, ..)| *ticket != one.0);
        found.push(one);
    }
    Ok(found)
}

/// The events of one kind of the newest tickets opened at or after an instant, ticket by ticket.
pub fn of_kind_since(
    tx: &mut Tx<'_>,
    kind: &str,
    (first, since): (TicketId, Timestamp),
    tickets: i64,
) -> Result<Vec<Envelope>, Error> {
    let rows = tx.query(
        "SELECT id, ticket_id, seq, audit_id, at, actor_kind, actor_id, via, policy, kind, version, payload
         FROM events WHERE kind = $1 AND ticket_id IN
             (SELECT t.id FROM tickets t WHERE t.id >= $2 AND t.created_at >= $3 AND t.deleted_at IS NULL
              ORDER BY t.id DESC LIMIT $4)
         ORDER BY ticket_id, seq",
        params![kind, first.0, since, tickets],
    )?;
    rows.iter().map(envelope).collect()
}

/// The last event of one kind of a ticket.
pub fn last_of_kind(
    tx: &mut Tx<'_>,
    ticket: TicketId,
    kind: &str,
) -> Result<Option<Envelope>, Error> {
    let row = tx.query_opt(
        "SELECT id, ticket_id, seq, audit_id, at, actor_kind, actor_id, via, policy, kind, version, payload
         FROM events WHERE ticket_id = $1 AND kind = $2 ORDER BY seq DESC LIMIT 1",
        params![ticket.0, kind],
    )?;
    row.as_ref().map(envelope).transpose()
}

/// The events at these places of these tickets' logs, in no order.
pub fn at_places(tx: &mut Tx<'_>, places: &[(TicketId, i64)]) -> Result<Vec<Envelope>, Error> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push(
        "SELECT id, ticket_id, seq, audit_id, at, actor_kind, actor_id, via, policy, kind, version, payload
         FROM events WHERE ",
    );
    sql.join(places, " OR ", "", |sql, (ticket, place)| {
        sql.push("(ticket_id = ").bind(ticket.0).push(" AND seq = ").bind(*place).push(")");
    });
    tx.query(sql.text(), sql.params())?.iter().map(envelope).collect()
}
