//! The ledger of promises, paged by key.

use domain::reports::{Outcome, Told};
use domain::{Envelope, Event, Level, TeamId, TicketId};
use jiff::Timestamp;

use super::facts::{TOLD, told};
use crate::{Error, Sql, Tx};

/// A page of the ledger, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// With this outcome only.
    pub outcome: Option<Outcome>,
    /// At this level only.
    pub level: Option<Level>,
    /// Told by this team only.
    pub team: Option<TeamId>,
    /// About this ticket only.
    pub ticket: Option<TicketId>,
    /// Told before this one: instant, ticket, place.
    pub before: Option<(Timestamp, i64, i64)>,
    /// How many at most.
    pub most: i64,
}

/// A promise and its ticket.
pub type Shown = (TicketId, Told);

/// The promises of a page.
///
/// # Errors
///
/// As [`Tx::query`].
pub fn page(tx: &mut Tx<'_>, page: &Page) -> Result<Vec<Shown>, Error> {
    let mut sql = Sql::new();
    sql.push(TOLD).push(" WHERE TRUE");
    if let Some(ticket) = page.ticket {
        sql.push(" AND ticket_id = ").bind(ticket.0);
    }
    if let Some(outcome) = page.outcome {
        sql.push(" AND outcome = ").bind(outcome.as_str());
    }
    if let Some(team) = page.team {
        sql.push(" AND team_id = ").bind(team.0);
    }
    if let Some(level) = page.level {
        sql.push(" AND level = ").bind(level.as_str());
    }
    if let Some((at, ticket, place)) = page.before {
        sql.push(" AND (at, ticket_id, place) < (").bind(at);
        sql.push(", ").bind(ticket).push(", ").bind(place).push(")");
    }
    sql.push(" ORDER BY at DESC, ticket_id DESC, place DESC LIMIT ").bind(page.most);
    let rows = tx.query(sql.text(), sql.params())?;
    rows.iter().map(|row| Ok((TicketId(row.get(9)?), told(row)?))).collect()
}

/// The words in which these were told, in their order; none where the log has none at that place.
///
/// # Errors
///
/// As [`Tx::query`].
pub fn words(tx: &mut Tx<'_>, shown: &[Shown]) -> Result<Vec<Option<String>>, Error> {
    let places: Vec<(TicketId, i64)> =
        shown.iter().map(|(ticket, told)| (*ticket, told.place)).collect();
    let events = crate::events::at_places(tx, &places)?;
    let said = |one: &Envelope| match &one.event {
        Event::Acknowledged { promise }
        | Event::PromiseImproved { promise }
        | Event::Told { promise, .. } => Some(promise.text.clone()),
        _ => None,
    };
    let of = |(ticket, place): &(TicketId, i64)| {
        let event = events.iter().find(|one| one.ticket == *ticket && one.seq == *place)?;
        said(event)
    };
    Ok(places.iter().map(of).collect())
}
