//! Reading the sums, and what they do not hold yet.

use domain::Level;
use domain::reports::{Counts, Dimension, Measure, Week};

use super::facts::{FACT, fact};
use super::folding::decode;
use crate::{Error, Sql, Tx};

/// How often which value of a measure was counted in a week, at a level and under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What was counted.
    pub measure: Measure,
    /// In which week.
    pub week: Week,
    /// At which level.
    pub level: Level,
    /// Under which name in the dimension.
    pub name: String,
    /// How often.
    pub counts: Counts,
}

/// Everything counted of these measures from one week to another, both included, by one dimension.
///
/// # Errors
///
/// As [`Tx::query`].
pub fn sums(
    tx: &mut Tx<'_>,
    measures: &[Measure],
    dimension: Dimension,
    (from, to): (Week, Week),
    level: Option<Level>,
) -> Result<Vec<Row>, Error> {
    let mut found = Vec::new();
    for measure in measures {
        let mut sql = Sql::new();
        sql.push("SELECT week, level, name, counts FROM report_weeks WHERE measure = ");
        sql.bind(measure.as_str()).push(" AND dimension = ").bind(dimension.as_str());
        sql.push(" AND week >= ").bind(from.0).push(" AND week <= ").bind(to.0);
        if let Some(level) = level {
            sql.push(" AND level = ").bind(level.as_str());
        }
        for row in tx.query(sql.text(), sql.params())? {
            let level: String = row.get(1)?;
            found.push(Row {
                measure: *measure,
                week: Week(row.get(0)?),
                level: level
                    .parse()
                    .map_err(|error| Error::corrupt("report_weeks.level", error))?,
                name: row.get(2)?,
                counts: decode(&row.get::<Vec<u8>>(3)?)?,
            });
        }
    }
    found.extend(pending(tx, measures, dimension, (from, to), level)?);
    Ok(found)
}

/// What is not in the sums yet: each fact for itself, counted once more or once less.
fn pending(
    tx: &mut Tx<'_>,
    measures: &[Measure],
    dimension: Dimension,
    (from, to): (Week, Week),
    level: Option<Level>,
) -> Result<Vec<Row>, Error> {
    let mut sql = Sql::new();
    sql.push(FACT).push(" FROM report_facts WHERE pending");
    let mut found = Vec::new();
    for row in tx.query(sql.text(), sql.params())? {
        let fact = fact(&row)?;
        let asked = measures.contains(&fact.measure)
            && from <= fact.week
            && fact.week <= to
            && level.is_none_or(|level| level == fact.level);
        if asked {
            let mut counts = Counts::default();
            counts.add(fact.bucket(), if fact.counts { 1 } else { -1 });
            found.push(Row {
                measure: fact.measure,
                week: fact.week,
                level: fact.level,
                name: fact.key(dimension),
                counts,
            });
        }
    }
    Ok(found)
}
