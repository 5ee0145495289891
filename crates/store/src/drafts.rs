//! What somebody is writing on a ticket: one text a person, ticket, kind and device.

use domain::{TicketId, UserId};
use jiff::Timestamp;

use crate::{Error, Row, Sql, Tx, params};

/// A text that was not sent yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Who writes.
    pub user: UserId,
    /// On which ticket.
    pub ticket: TicketId,
    /// `reply` or `note`.
    pub kind: String,
    /// On which device, by a name it gave itself.
    pub device: String,
    /// What people call such a device: `phone`, `computer`.
    pub device_name: String,
    /// As typed. Erasable.
    pub text: String,
    /// What binds the files that were chosen, if there are any.
    pub upload: Option<String>,
    /// When it was last saved.
    pub saved_at: Timestamp,
}

fn draft(row: &Row) -> Result<Draft, Error> {
    Ok(Draft {
        user: UserId(row.get(0)?),
        ticket: TicketId(row.get(1)?),
        kind: row.get(2)?,
        device: row.get(3)?,
        device_name: row.get(4)?,
        text: row.get(5)?,
        upload: row.get(6)?,
        saved_at: row.get(7)?,
    })
}

/// Keeps a draft in place of the device's former one.
pub fn put(tx: &mut Tx<'_>, draft: &Draft) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO drafts (user_id, ticket_id, kind, device, device_name, text, upload, saved_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (user_id, ticket_id, kind, device) DO UPDATE SET device_name = excluded.device_name,
             text = excluded.text, upload = excluded.upload, saved_at = excluded.saved_at",
        params![
            draft.user.0,
            draft.ticket.0,
            &draft.kind,
            &draft.device,
            &draft.device_name,
            &draft.text,
            draft.upload.as_deref(),
            draft.saved_at
        ],
    )
    .map(|_| ())
}

/// Somebody's drafts on a ticket, the newest first.
pub fn of_ticket(tx: &mut Tx<'_>, user: UserId, ticket: TicketId) -> Result<Vec<Draft>, Error> {
    let rows = tx.query(
        "SELECT user_id, ticket_id, kind, device, device_name, text, upload, saved_at FROM drafts
         WHERE user_id = $1 AND ticket_id = $2 ORDER BY saved_at DESC, device",
        params![user.0, ticket.0],
    )?;
    rows.iter().map(draft).collect()
}

/// Forgets the drafts of a kind: all of them, or one device's.
pub fn forget(
    tx: &mut Tx<'_>,
    user: UserId,
    ticket: TicketId,
    kind: &str,
    device: Option<&str>,
) -> Result<u64, Error> {
    let mut sql = Sql::new();
    sql.push("DELETE FROM drafts WHERE user_id = ").bind(user.0);
    sql.push(" AND ticket_id = ").bind(ticket.0).push(" AND kind = ").bind(kind);
    if let Some(device) = device {
        sql.push(" AND device = ").bind(device);
    }
    tx.execute(sql.text(), sql.params())
}
