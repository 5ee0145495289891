//! What has to leave: written with the change that caused it, delivered at least once, by one gate.

use domain::{DeliveryId, TicketId, UserId};
use jiff::Timestamp;

use crate::keysets::{by_id, in_order};
use crate::page::Page;
use crate::{Error, Kind, Row, Sql, Tx, params};

/// An effect on the outside world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id, taken before it was written: the Message-ID holds it.
    pub id: DeliveryId,
    /// What makes it the same effect when it is caused twice.
    pub key: String,
    /// When it was caused.
    pub at: Timestamp,
    /// email, slack, posthog, webhook, github, x.
    pub channel: String,
    /// acknowledgement, reply, reminder, warning, breach, …
    pub kind: String,
    /// Not written by a person.
    pub automatic: bool,
    /// The ticket it is about.
    pub ticket: Option<TicketId>,
    /// The person it goes to, if it is one.
    pub user: Option<UserId>,
    /// Addresses or channels.
    pub to: Vec<String>,
    /// The subject line, or a title.
    pub subject: String,
    /// Plain text with every link.
    pub text: String,
    /// HTML, where the channel has it.
    pub html: Option<String>,
    /// Anything else the channel needs, as JSON: a mail's other addresses and ids.
    pub payload: String,
}

/// A delivery on its way: what is known about its attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// The effect.
    pub delivery: Delivery,
    /// pending, sent, failed, refused or suppressed.
    pub state: String,
    /// When it is tried next.
    pub due_at: Timestamp,
    /// How often it was tried.
    pub attempts: i64,
    /// What the other side said last.
    pub last_error: Option<String>,
    /// When it was sent or given up.
    pub finished_at: Option<Timestamp>,
}

/// Takes the number of the next delivery.
pub fn next_id(tx: &mut Tx<'_>) -> Result<DeliveryId, Error> {
    tx.next_id(Kind::Delivery).map(DeliveryId)
}

/// Queues an effect. The same key again changes nothing.
pub fn insert(tx: &mut Tx<'_>, delivery: &Delivery) -> Result<(), Error> {
    let to = serde_json::to_string(&delivery.to).expect("a list of texts");
    tx.execute(
        "INSERT INTO outbox (id, key, at, channel, kind, is_automatic, ticket_id, user_id, recipients, subject, text,
            html, payload, state, due_at, attempts)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'pending', $14, 0)
         ON CONFLICT (key) DO NOTHING",
        params![
            delivery.id.0,
            &delivery.key,
            delivery.at,
            &delivery.channel,
            &delivery.kind,
            delivery.automatic,
            delivery.ticket.map(|id| id.0),
            delivery.user.map(|id| id.0),
            &to,
            &delivery.subject,
            &delivery.text,
            delivery.html.as_deref(),
            &delivery.payload,
            delivery.at
        ],
    )?;
    tx.touch("outbox");
    Ok(())
}

/// Puts a delivery off that was not tried yet.
pub fn postpone(tx: &mut Tx<'_>, id: DeliveryId, until: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE outbox SET due_at = $2 WHERE id = $1 AND state = 'pending' AND attempts = 0";
    tx.execute(sql, params![id.0, until]).map(|_| ())
}

/// Lets a delivery wait for those before it, of the same channel and about the same ticket, that were not tried yet.
pub fn queue_up(tx: &mut Tx<'_>, id: DeliveryId) -> Result<(), Error> {
    let sql = "UPDATE outbox SET due_at = coalesce((
            SELECT max(o.due_at) FROM outbox o WHERE o.ticket_id = outbox.ticket_id AND o.channel = outbox.channel
                AND o.id <= outbox.id AND o.state = 'pending' AND o.attempts = 0), due_at)
        WHERE id = $1";
    tx.execute(sql, params![id.0]).map(|_| ())
}

/// Takes a delivery away that nobody has taken to send yet. Says whether it is not on its way: whoever takes it at the same
/// time waits for us, or we for them.
pub fn take_back(tx: &mut Tx<'_>, key: &str) -> Result<bool, Error> {
    let sql =
        "DELETE FROM outbox WHERE key = $1 AND state = 'pending' AND attempts = 0 RETURNING id";
    if let Some(gone) = tx.query_opt(sql, params![key])? {
        let invoked = "DELETE FROM webhook_invocations WHERE delivery_id = $1";
        tx.execute(invoked, params![gone.get::<i64>(0)?])?;
        tx.touch("outbox");
        return Ok(true);
    }
    Ok(tx.query_opt("SELECT id FROM outbox WHERE key = $1", params![key])?.is_none())
}

const COLUMNS: &str =
    "id, key, at, channel, kind, is_automatic, ticket_id, user_id, recipients, subject, text, html,
    payload, state, due_at, attempts, last_error, finished_at";

fn queued(row: &Row) -> Result<Queued, Error> {
    let to: String = row.get(8)?;
    Ok(Queued {
        delivery: Delivery {
            id: DeliveryId(row.get(0)?),
            key: row.get(1)?,
            at: row.get(2)?,
            channel: row.get(3)?,
            kind: row.get(4)?,
            automatic: row.get(5)?,
            ticket: row.get::<Option<i64>>(6)?.map(TicketId),
            user: row.get::<Option<i64>>(7)?.map(UserId),
            to: serde_json::from_str(&to)
                .map_err(|error| Error::corrupt("outbox.recipients", error))?,
            subject: row.get(9)?,
            text: row.get(10)?,
            html: row.get(11)?,
            payload: row.get(12)?,
        },
        state: row.get(13)?,
        due_at: row.get(14)?,
        attempts: row.get(15)?,
        last_error: row.get(16)?,
        finished_at: row.get(17)?,
    })
}

/// Takes what is due for a node, oldest first, and puts it off until `lease_until`, so that no other worker takes it too
/// and a crash only delays it.
pub fn claim(
    tx: &mut Tx<'_>,
    node: &str,
    now: Timestamp,
    lease_until: Timestamp,
    limit: i64,
) -> Result<Vec<Queued>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ")
        .push(COLUMNS)
        .push(" FROM outbox WHERE state = 'pending' AND due_at <= ")
        .bind(now);
    sql.push(" ORDER BY due_at, id LIMIT ").bind(limit).push(tx.skip_locked());
    let found: Vec<Queued> =
        tx.query(sql.text(), sql.params())?.iter().map(queued).collect::<Result<_, _>>()?;
    if !found.is_empty() {
        let mut sql = Sql::new();
        sql.push("UPDATE outbox SET attempts = attempts + 1, claimed_by = ")
            .bind(node)
            .push(", due_at = ")
            .bind(lease_until)
            .push(" WHERE id IN (");
        sql.join(&found, ", ", "", |sql, one| {
            sql.bind(one.delivery.id.0);
        });
        sql.push(")");
        tx.execute(sql.text(), sql.params())?;
    }
    Ok(found)
}

/// Records how an attempt ended: "sent", "failed", "refused" and "suppressed" are final, "pending" is tried again at `due_at`.
pub fn finish(
    tx: &mut Tx<'_>,
    id: DeliveryId,
    state: &str,
    error: Option<&str>,
    due_at: Timestamp,
    now: Timestamp,
) -> Result<(), Error> {
    let finished = if state == "pending" { None } else { Some(now) };
    tx.execute(
        "UPDATE outbox SET state = $2, last_error = $3, due_at = $4, finished_at = $5, claimed_by = NULL WHERE id = $1",
        params![id.0, state, error, due_at, finished],
    )?;
    Ok(())
}

/// Records that several deliveries left.
pub fn sent(tx: &mut Tx<'_>, ids: &[DeliveryId], now: Timestamp) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new();
    sql.push("UPDATE outbox SET state = 'sent', last_error = NULL, finished_at = ")
        .bind(now)
        .push(" WHERE id IN (");
    sql.join(ids, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(")");
    tx.execute(sql.text(), sql.params()).map(|_| ())
}

/// Gives back what was claimed and not tried: it is due again at `due_at`, and this was no attempt.
pub fn put_back(tx: &mut Tx<'_>, ids: &[DeliveryId], due_at: Timestamp) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new();
    sql.push("UPDATE outbox SET attempts = attempts - 1, claimed_by = NULL, due_at = ")
        .bind(due_at)
        .push(" WHERE state = 'pending' AND id IN (");
    sql.join(ids, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(")");
    tx.execute(sql.text(), sql.params()).map(|_| ())
}

/// Gives back what a node had claimed when it ended; that was no attempt.
pub fn reclaim(tx: &mut Tx<'_>, node: &str, now: Timestamp) -> Result<u64, Error> {
    tx.execute(
        "UPDATE outbox SET due_at = $2, claimed_by = NULL, attempts = attempts - 1
         WHERE state = 'pending' AND claimed_by = $1 AND due_at > $2",
        params![node, now],
    )
}

/// Tries a delivery from its beginning again, unless it is on its way or left; says whether it does.
pub fn renew(tx: &mut Tx<'_>, id: DeliveryId, now: Timestamp) -> Result<bool, Error> {
    let renewed = tx.execute(
        "UPDATE outbox SET state = 'pending', attempts = 0, due_at = $2, finished_at = NULL
         WHERE id = $1 AND state IN ('failed', 'held', 'suppressed', 'sent')",
        params![id.0, now],
    )?;
    tx.touch("outbox");
    Ok(renewed > 0)
}

/// Gives a delivery another address; the copies stay.
pub fn readdress(tx: &mut Tx<'_>, id: DeliveryId, to: &str) -> Result<(), Error> {
    let recipients = crate::users::encode(&[to]);
    tx.execute("UPDATE outbox SET recipients = $2 WHERE id = $1", params![id.0, &recipients])
        .map(|_| ())
}

/// Holds back everything that waits: another installation may have sent it.
pub fn hold_back(tx: &mut Tx<'_>, why: &str, now: Timestamp) -> Result<u64, Error> {
    tx.execute(
        "UPDATE outbox SET state = 'held', last_error = $1, finished_at = $2 WHERE state = 'pending'",
        params![why, now],
    )
}

/// Lets go what was held back.
pub fn release(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, Error> {
    let released = tx.execute(
        "UPDATE outbox SET state = 'pending', attempts = 0, due_at = $1, finished_at = NULL, last_error = NULL
         WHERE state = 'held'",
        params![now],
    )?;
    tx.touch("outbox");
    Ok(released)
}

/// Everything in a state, oldest first, after an id.
pub fn in_state(
    tx: &mut Tx<'_>,
    state: &str,
    after: DeliveryId,
    limit: i64,
) -> Result<Vec<Queued>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM outbox WHERE state = ").bind(state);
    sql.push(" AND id > ").bind(after.0).push(" ORDER BY id LIMIT ").bind(limit);
    tx.query(sql.text(), sql.params())?.iter().map(queued).collect()
}

/// A page of all deliveries by number, or of one channel, or in one state.
pub fn page(
    tx: &mut Tx<'_>,
    (channel, state): (Option<&str>, Option<&str>),
    page: &Page,
) -> Result<Vec<Queued>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM outbox WHERE id > 0");
    if let Some(channel) = channel {
        sql.push(" AND channel = ").bind(channel);
    }
    if let Some(state) = state {
        sql.push(" AND state = ").bind(state);
        if state != "sent" {
            // Names the index that does not grow with what was sent.
            sql.push(" AND state <> 'sent'");
        }
    }
    by_id(&mut sql, page, "id");
    let rows = tx.query(sql.text(), sql.params())?;
    Ok(in_order(rows.iter().map(queued).collect::<Result<Vec<_>, Error>>()?, page))
}

/// The delivery with this number.
pub fn load(tx: &mut Tx<'_>, id: DeliveryId) -> Result<Option<Queued>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM outbox WHERE id = ").bind(id.0);
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(queued).transpose()
}

/// A ticket's deliveries, oldest first.
pub fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Vec<Queued>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ")
        .push(COLUMNS)
        .push(" FROM outbox WHERE ticket_id = ")
        .bind(ticket.0)
        .push(" ORDER BY id");
    tx.query(sql.text(), sql.params())?.iter().map(queued).collect()
}

/// When the next delivery is due, if any waits.
pub fn next(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, Error> {
    tx.query_one("SELECT min(due_at) FROM outbox WHERE state = 'pending'", params![])?.get(0)
}

/// How many deliveries have not left and are in a state: pending, failed, refused.
pub fn unsent(tx: &mut Tx<'_>, state: &str) -> Result<i64, Error> {
    // The second condition names the index that does not grow with what was sent.
    let sql = "SELECT count(*) FROM outbox WHERE state = $1 AND state <> 'sent'";
    tx.query_one(sql, params![state])?.get(0)
}

/// How many deliveries left, counted up to a limit.
pub fn sent_up_to(tx: &mut Tx<'_>, limit: i64) -> Result<i64, Error> {
    let sql = "SELECT count(*) FROM (SELECT 1 AS one FROM outbox WHERE state = 'sent' LIMIT $1) AS counted";
    tx.query_one(sql, params![limit])?.get(0)
}

/// How many automatic mails have left for exactly these recipients since an instant, or only those that a mail caused;
/// counted up to `limit`.
pub fn automatic_since(
    tx: &mut Tx<'_>,
    to: &[String],
    since: Timestamp,
    only_answers: bool,
    limit: i64,
) -> Result<i64, Error> {
    let to = serde_json::to_string(to).expect("a list of texts");
    tx.query_one(
        "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE recipients = $1 AND is_automatic AND state = 'sent'
            AND channel = 'email' AND kind NOT IN ('notification', 'handover', 'sign_in') AND finished_at > $2
            AND (NOT $3 OR payload LIKE '%\"answers_mail\":true%') LIMIT $4) AS counted",
        params![&to, since, only_answers, limit],
    )?
    .get(0)
}
