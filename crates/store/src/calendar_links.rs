//! How often the secret links of calendars were renewed.

use crate::{Error, Tx, params};

/// How often the link of a subject was renewed.
pub fn renewed(tx: &mut Tx<'_>, subject_kind: &str, subject_id: i64) -> Result<i64, Error> {
    let sql = "SELECT renewed FROM calendar_links WHERE subject_kind = $1 AND subject_id = $2";
    tx.query_opt(sql, params![subject_kind, subject_id])?.map_or(Ok(0), |row| row.get(0))
}

/// Renews a link.
pub fn renew(tx: &mut Tx<'_>, subject_kind: &str, subject_id: i64) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO calendar_links (subject_kind, subject_id, renewed) VALUES ($1, $2, 1)
         ON CONFLICT (subject_kind, subject_id) DO UPDATE SET renewed = calendar_links.renewed + 1",
        params![subject_kind, subject_id],
    )
    .map(|_| ())
}
