//! The tickets behind a number: the facts that were counted, the newest first.

use domain::reports::{Dimension, Fact, LASTS, Measure, Week};
use domain::{Level, TicketId};

use super::facts::{FACT, fact};
use crate::{Error, Sql, Tx};

/// Which facts are behind a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    /// What was counted.
    pub measures: Vec<Measure>,
    /// From which week to which, both included.
    pub weeks: (Week, Week),
    /// At one level only.
    pub level: Option<Level>,
    /// Under one name of a dimension only.
    pub cut: Option<(Dimension, String)>,
}

/// A place in such a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The fact's week.
    pub week: i64,
    /// Its ticket.
    pub ticket: i64,
    /// Its place in the ticket's log.
    pub place: i64,
}

fn column(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Team => " AND team_id = ",
        Dimension::Area => " AND area = ",
        Dimension::Channel => " AND channel = ",
        Dimension::Language => " AND language = ",
        Dimension::Plan => " AND plan = ",
        Dimension::Hero => " AND hero_id = ",
    }
}

fn narrow<'a>(sql: &mut Sql<'a>, behind: &'a Behind) {
    if let Some(level) = behind.level {
        sql.push(" AND level = ").bind(level.as_str());
    }
    match &behind.cut {
        Some((Dimension::Hero, name)) if name.is_empty() => {
            sql.push(" AND hero_id IS NULL");
        }
        Some((dimension @ (Dimension::Team | Dimension::Hero), name)) => {
            sql.push(column(*dimension)).bind(name.parse::<i64>().unwrap_or(0));
        }
        Some((dimension, name)) => {
            sql.push(column(*dimension)).bind(name.as_str());
        }
        None => {}
    }
}

/// The next facts after a place. Only the named weeks are looked at, which are those that hold any.
///
/// # Errors
///
/// As [`Tx::query`].
pub fn behind(
    tx: &mut Tx<'_>,
    behind: &Behind,
    weeks: &[Week],
    after: Option<Place>,
    most: usize,
) -> Result<Vec<(TicketId, Fact)>, Error> {
    let mut found: Vec<(TicketId, Fact)> = Vec::new();
    let mut weeks: Vec<Week> = weeks.to_vec();
    weeks.sort_unstable_by_key(|week| std::cmp::Reverse(week.0));
    weeks.retain(|week| after.is_none_or(|after| week.0 <= after.week));
    for week in weeks {
        let mut here = Vec::new();
        for measure in &behind.measures {
            here.extend(of_week(tx, behind, (*measure, week), after, most)?);
        }
        here.sort_by_key(|(ticket, fact): &(TicketId, Fact)| {
            std::cmp::Reverse((ticket.0, fact.place, fact.measure))
        });
        found.extend(here);
        if found.len() >= most {
            break;
        }
    }
    found.truncate(most);
    Ok(found)
}

fn of_week(
    tx: &mut Tx<'_>,
    behind: &Behind,
    (measure, week): (Measure, Week),
    after: Option<Place>,
    most: usize,
) -> Result<Vec<(TicketId, Fact)>, Error> {
    let mut sql = Sql::new();
    sql.push(FACT).push(", ticket_id FROM report_facts WHERE counts AND measure = ");
    sql.bind(measure.as_str()).push(" AND week = ").bind(week.0);
    if let Some(after) = after.filter(|after| after.week == week.0) {
        sql.push(" AND (ticket_id, place) < (").bind(after.ticket);
        sql.push(", ").bind(after.place).push(")");
    }
    narrow(&mut sql, behind);
    sql.push(" ORDER BY ticket_id DESC, place DESC LIMIT ").bind(limit(most));
    let rows = tx.query(sql.text(), sql.params())?;
    rows.iter().map(|row| Ok((TicketId(row.get(15)?), fact(row)?))).collect()
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

/// The stays that stood in the backlog when a week ended, after a place: first those that last longest.
///
/// # Errors
///
/// As [`Tx::query`].
pub fn in_backlog(
    tx: &mut Tx<'_>,
    behind: &Behind,
    after: Option<Place>,
    most: usize,
) -> Result<Vec<(TicketId, Fact)>, Error> {
    let week = behind.weeks.1;
    let after = after.unwrap_or(Place { week: LASTS + 1, ticket: 0, place: 0 });
    let mut sql = Sql::new();
    sql.push(FACT)
        .push(", ticket_id FROM report_facts WHERE measure = 'waiting' AND counts AND value > ");
    sql.bind(week.0).push(" AND value <= ").bind(after.week).push(" AND week <= ").bind(week.0);
    sql.push(" AND (value, ticket_id, place) < (").bind(after.week);
    sql.push(", ").bind(after.ticket).push(", ").bind(after.place).push(")");
    narrow(&mut sql, behind);
    sql.push(" ORDER BY value DESC, ticket_id DESC, place DESC LIMIT ").bind(limit(most));
    let rows = tx.query(sql.text(), sql.params())?;
    rows.iter().map(|row| Ok((TicketId(row.get(15)?), fact(row)?))).collect()
}
