//! Who wants which report by mail every week.

use domain::UserId;
use jiff::Timestamp;

use crate::{Error, Row, Tx, params};

/// A report that somebody gets by mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Who.
    pub user: UserId,
    /// The report's name.
    pub report: String,
    /// How it was asked for: the query of its address.
    pub query: String,
    /// Since when.
    pub created_at: Timestamp,
}

fn mail(row: &Row) -> Result<Mail, Error> {
    Ok(Mail {
        user: UserId(row.get(0)?),
        report: row.get(1)?,
        query: row.get(2)?,
        created_at: row.get(3)?,
    })
}

/// What somebody gets, by name.
///
/// # Errors
///
/// As [`Tx::query`].
pub fn mails(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Mail>, Error> {
    let sql = "SELECT user_id, report, query, created_at FROM report_mails WHERE user_id = $1 ORDER BY report";
    tx.query(sql, params![user.0])?.iter().map(mail).collect()
}

/// Somebody wants a report, in place of how they wanted it before.
///
/// # Errors
///
/// As [`Tx::execute`].
pub fn keep_mail(tx: &mut Tx<'_>, mail: &Mail) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO report_mails (user_id, report, query, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id, report) DO UPDATE SET query = excluded.query",
        params![mail.user.0, &mail.report, &mail.query, mail.created_at],
    )
    .map(|_| ())
}

/// Somebody does not want it any more.
///
/// # Errors
///
/// As [`Tx::execute`].
pub fn forget_mail(tx: &mut Tx<'_>, user: UserId, report: &str) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM report_mails WHERE user_id = $1 AND report = $2",
        params![user.0, report],
    )
    .map(|_| ())
}
