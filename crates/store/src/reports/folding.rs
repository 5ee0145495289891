//! Adding facts to the weekly sums.

use std::collections::BTreeMap;

use domain::reports::{Counts, Dimension};

use super::facts::fact;
use crate::{Error, Sql, Tx, params};

/// A row of the sums: measure, dimension, week, level, name.
type Key = (&'static str, &'static str, i64, &'static str, String);

/// Adds up to `most` facts to the sums, or takes them out again. Says how many there were.
///
/// # Errors
///
/// As [`Tx::execute`].
pub fn fold(tx: &mut Tx<'_>, most: i64) -> Result<usize, Error> {
    tx.lock_name("reports fold")?;
    // In one statement: what another transaction changes meanwhile is either seen whole or waits for the next time.
    let rows = tx.query(
        "UPDATE report_facts SET folded = counts, pending = FALSE
         WHERE pending AND (ticket_id, place, measure) IN
             (SELECT f.ticket_id, f.place, f.measure FROM report_facts f WHERE f.pending
              ORDER BY f.ticket_id, f.place LIMIT $1)
         RETURNING measure, place, clock, at, week, level, team_id, area, channel, language, plan, hero_id, value, counts,
             aside",
        params![most],
    )?;
    let mut added: BTreeMap<Key, Counts> = BTreeMap::new();
    for row in &rows {
        let fact = fact(row)?;
        let times = if fact.counts { 1 } else { -1 };
        for dimension in Dimension::ALL {
            let (measure, level) = (fact.measure.as_str(), fact.level.as_str());
            let key = (measure, dimension.as_str(), fact.week.0, level, fact.key(dimension));
            added.entry(key).or_default().add(fact.bucket(), times);
        }
    }
    merge(tx, &mut added)?;
    let changed: Vec<(&Key, Vec<u8>)> =
        added.iter().map(|(key, counts)| (key, counts.encode())).collect();
    for some in changed.chunks(100) {
        put(tx, some)?;
    }
    Ok(rows.len())
}

/// Whether a fact is not in the sums yet.
///
/// # Errors
///
/// As [`Tx::query`].
pub fn is_pending(tx: &mut Tx<'_>) -> Result<bool, Error> {
    let row = tx.query_opt("SELECT place FROM report_facts WHERE pending LIMIT 1", params![])?;
    Ok(row.is_some())
}

/// Adds what the sums hold already.
fn merge(tx: &mut Tx<'_>, added: &mut BTreeMap<Key, Counts>) -> Result<(), Error> {
    let mut weeks: Vec<(&'static str, &'static str, i64)> =
        added.keys().map(|key| (key.0, key.1, key.2)).collect();
    weeks.dedup();
    for (measure, dimension, week) in weeks {
        let rows = tx.query(
            "SELECT level, name, counts FROM report_weeks WHERE measure = $1 AND dimension = $2 AND week = $3",
            params![measure, dimension, week],
        )?;
        for row in &rows {
            let (level, name, bytes): (String, String, Vec<u8>) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            let level: domain::Level =
                level.parse().map_err(|error| Error::corrupt("report_weeks.level", error))?;
            let key = (measure, dimension, week, level.as_str(), name);
            if let Some(counts) = added.get_mut(&key) {
                counts.merge(&decode(&bytes)?);
            }
        }
    }
    Ok(())
}

pub(super) fn decode(bytes: &[u8]) -> Result<Counts, Error> {
    Counts::decode(bytes).map_err(|error| Error::corrupt("report_weeks.counts", error))
}

fn put(tx: &mut Tx<'_>, rows: &[(&Key, Vec<u8>)]) -> Result<(), Error> {
    let mut sql = Sql::new();
    sql.push("INSERT INTO report_weeks (measure, dimension, week, level, name, counts) VALUES ");
    sql.join(rows, ", ", "", |sql, (key, bytes)| {
        sql.push("(").bind(key.0).push(", ").bind(key.1).push(", ").bind(key.2);
        sql.push(", ").bind(key.3).push(", ").bind(key.4.as_str()).push(", ").bind(bytes).push(")");
    });
    sql.push(
        " ON CONFLICT (measure, dimension, week, level, name) DO UPDATE SET counts = excluded.counts",
    );
    tx.execute(sql.text(), sql.params()).map(|_| ())
}
