//! What became of a mail at each of those it was for.

use domain::{DeliveryId, TicketId};
use jiff::Timestamp;

use crate::{Error, Row, Tx, params};

/// One recipient of a delivery, once something is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The bare address.
    pub address: String,
    /// sent, later or failed.
    pub state: String,
    /// What the other side said.
    pub said: String,
    /// When.
    pub at: Timestamp,
}

fn recipient(row: &Row) -> Result<Recipient, Error> {
    Ok(Recipient {
        delivery: DeliveryId(row.get(0)?),
        address: row.get(1)?,
        state: row.get(2)?,
        said: row.get(3)?,
        at: row.get(4)?,
    })
}

/// Records what became of it; the last word counts.
pub fn record(tx: &mut Tx<'_>, one: &Recipient) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO recipients (delivery_id, address, state, said, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (delivery_id, address) DO UPDATE SET state = excluded.state, said = excluded.said,
            at = excluded.at",
        params![one.delivery.0, &one.address, &one.state, &one.said, one.at],
    )
    .map(|_| ())
}

/// What is known of a delivery's recipients.
pub fn of_delivery(tx: &mut Tx<'_>, id: DeliveryId) -> Result<Vec<Recipient>, Error> {
    let rows = tx.query(
        "SELECT delivery_id, address, state, said, at FROM recipients WHERE delivery_id = $1 ORDER BY address",
        params![id.0],
    )?;
    rows.iter().map(recipient).collect()
}

/// What is known of the recipients of a ticket's deliveries.
pub fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Vec<Recipient>, Error> {
    let rows = tx.query(
        "SELECT recipients.delivery_id, recipients.address, recipients.state, recipients.said, recipients.at
         FROM outbox JOIN recipients ON recipients.delivery_id = outbox.id
         WHERE outbox.ticket_id = $1 ORDER BY recipients.delivery_id, recipients.address",
        params![ticket.0],
    )?;
    rows.iter().map(recipient).collect()
}

/// Forgets the refusals of a delivery, so that it is tried again.
pub fn forget_refusals(tx: &mut Tx<'_>, id: DeliveryId) -> Result<u64, Error> {
    tx.execute("DELETE FROM recipients WHERE delivery_id = $1 AND state <> 'sent'", params![id.0])
}
