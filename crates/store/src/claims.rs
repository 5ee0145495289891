//! What the door knew of a ticket's requester. (CH-01)

use domain::{Claimed, TicketId};

use crate::{Error, Tx, params, users};

/// What was known of a ticket's requester, if the door said anything.
pub fn load(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Option<Claimed>, Error> {
    let row = tx.query_opt("SELECT content FROM claims WHERE ticket_id = $1", params![ticket.0])?;
    let text: Option<String> = row.map(|row| row.get(0)).transpose()?;
    text.map(|text| users::document(&text, "claims.content")).transpose()
}

/// Stores what was known of a ticket's requester.
pub fn insert(tx: &mut Tx<'_>, ticket: TicketId, claimed: &Claimed) -> Result<(), Error> {
    let content = users::encode(claimed);
    tx.execute(
        "INSERT INTO claims (ticket_id, content) VALUES ($1, $2)",
        params![ticket.0, content.as_str()],
    )
    .map(|_| ())
}
