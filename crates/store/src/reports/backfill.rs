//! Logs from before there were reports, a little at a time. It may be stopped anywhere and go on.

use domain::TicketId;

use crate::{Error, Sql, Tx, params};

/// Up to which ticket the old logs are read; none once all of them are.
///
/// # Errors
///
/// As [`Tx::query`].
pub fn upto(tx: &mut Tx<'_>) -> Result<Option<TicketId>, Error> {
    let row = tx.query_opt("SELECT upto FROM report_backfill LIMIT 1", params![])?;
    row.map(|row| row.get(0).map(TicketId)).transpose()
}

/// Has everything read again.
///
/// # Errors
///
/// As [`Tx::execute`].
pub fn begin(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.execute("DELETE FROM report_backfill", params![])?;
    tx.execute("INSERT INTO report_backfill (upto) VALUES (0)", params![]).map(|_| ())
}

/// The next tickets to read, their rows locked; none ends it.
///
/// # Errors
///
/// As [`Tx::execute`].
pub fn next(tx: &mut Tx<'_>, most: i64) -> Result<Vec<TicketId>, Error> {
    tx.lock_name("reports backfill")?;
    let Some(upto) = upto(tx)? else { return Ok(Vec::new()) };
    let mut sql = Sql::new();
    sql.push("SELECT id FROM tickets WHERE id > ").bind(upto.0);
    sql.push(" ORDER BY id LIMIT ").bind(most).push(tx.lock_suffix());
    let rows = tx.query(sql.text(), sql.params())?;
    let ids: Vec<TicketId> =
        rows.iter().map(|row| row.get(0).map(TicketId)).collect::<Result<_, _>>()?;
    match ids.last() {
        Some(last) => tx.execute("UPDATE report_backfill SET upto = $1", params![last.0])?,
        None => tx.execute("DELETE FROM report_backfill", params![])?,
    };
    Ok(ids)
}
