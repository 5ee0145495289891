//! Surveys: who was asked how the help was, and what they said. One row a ticket; every answer is kept.

use domain::{
    Channel, DeliveryId, Level, OrganizationId, Owners, Rating, TeamId, TicketId, UserId,
};
use jiff::Timestamp;

use crate::page::{KeyValue, Page, Start};
use crate::{Error, Kind, Row, Sql, Tx, params};

/// A ticket's survey as stored, with everything a report may cut by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// Its id.
    pub id: i64,
    /// The ticket; it has no other survey.
    pub ticket: TicketId,
    /// Who is asked.
    pub requester: UserId,
    /// Their organization then.
    pub organization: Option<OrganizationId>,
    /// The teams it was when the ticket was solved. (CS-09)
    pub owners: Owners,
    /// Who had it then.
    pub assignee: Option<UserId>,
    /// The part of the product.
    pub area: Option<String>,
    /// The level.
    pub priority: Level,
    /// The language it was asked in.
    pub locale: String,
    /// When the stretch of solved and closed began.
    pub solved_at: Option<Timestamp>,
    /// When it was issued; not, if the requester rated of their own accord.
    pub issued_at: Option<Timestamp>,
    /// Until when the link is good.
    pub expires_at: Option<Timestamp>,
    /// The mail: when it left stands there.
    pub delivery: Option<DeliveryId>,
    /// The last rating.
    pub rating: Option<Rating>,
    /// The last words. Erasable.
    pub comment: Option<String>,
    /// When that was said.
    pub answered_at: Option<Timestamp>,
    /// When something was said first.
    pub first_answered_at: Option<Timestamp>,
    /// When it was made known.
    pub created_at: Timestamp,
    /// When it changed.
    pub updated_at: Timestamp,
}

/// One thing somebody said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The survey.
    pub survey: i64,
    /// The rating; none for words after the link had expired.
    pub rating: Option<Rating>,
    /// The words. Erasable.
    pub comment: Option<String>,
    /// Salt of the digest in the log.
    pub salt: String,
    /// Through which door.
    pub via: Channel,
    /// When.
    pub at: Timestamp,
}

const COLUMNS: &str = "id, ticket_id, requester_id, organization_id, team_id, first_line_id, escalated_id, \
    assignee_id, area, priority, locale, solved_at, issued_at, expires_at, delivery_id, rating, comment, \
    answered_at, first_answered_at, created_at, updated_at";

fn survey(row: &Row) -> Result<Survey, Error> {
    let priority: String = row.get(9)?;
    Ok(Survey {
        id: row.get(0)?,
        ticket: TicketId(row.get(1)?),
        requester: UserId(row.get(2)?),
        organization: row.get::<Option<i64>>(3)?.map(OrganizationId),
        owners: Owners {
            team: TeamId(row.get(4)?),
            first_line: TeamId(row.get(5)?),
            escalated: row.get::<Option<i64>>(6)?.map(TeamId),
        },
        assignee: row.get::<Option<i64>>(7)?.map(UserId),
        area: row.get(8)?,
        priority: priority.parse().map_err(|error| Error::corrupt("surveys.priority", error))?,
        locale: row.get(10)?,
        solved_at: row.get(11)?,
        issued_at: row.get(12)?,
        expires_at: row.get(13)?,
        delivery: row.get::<Option<i64>>(14)?.map(DeliveryId),
        rating: rating(row.get(15)?)?,
        comment: row.get(16)?,
        answered_at: row.get(17)?,
        first_answered_at: row.get(18)?,
        created_at: row.get(19)?,
        updated_at: row.get(20)?,
    })
}

fn rating(stored: Option<i64>) -> Result<Option<Rating>, Error> {
    let read = |number: i64| {
        let number =
            u8::try_from(number).map_err(|error| Error::corrupt("surveys.rating", error))?;
        Rating::try_from(number).map_err(|error| Error::corrupt("surveys.rating", error))
    };
    stored.map(read).transpose()
}

/// Takes the number of the next survey.
pub fn next_id(tx: &mut Tx<'_>) -> Result<i64, Error> {
    tx.next_id(Kind::Survey)
}

/// Stores a ticket's survey. Fails if it has one: never twice. (CS-02, D-26)
pub fn insert(tx: &mut Tx<'_>, survey: &Survey) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO surveys (id, ticket_id, requester_id, organization_id, team_id, first_line_id, escalated_id,
            assignee_id, area, priority, locale, solved_at, issued_at, expires_at, delivery_id, rating, comment,
            answered_at, first_answered_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
        params![
            survey.id,
            survey.ticket.0,
            survey.requester.0,
            survey.organization.map(|id| id.0),
            survey.owners.team.0,
            survey.owners.first_line.0,
            survey.owners.escalated.map(|id| id.0),
            survey.assignee.map(|id| id.0),
            survey.area.as_deref(),
            survey.priority.as_str(),
            &survey.locale,
            survey.solved_at,
            survey.issued_at,
            survey.expires_at,
            survey.delivery.map(|id| id.0),
            survey.rating.map(|rating| i64::from(rating.number())),
            survey.comment.as_deref(),
            survey.answered_at,
            survey.first_answered_at,
            survey.created_at,
            survey.updated_at
        ],
    )
    .map(|_| ())
}

/// Keeps what somebody said. If it has a rating it is the one that counts; words that are not said again stay.
pub fn answer(tx: &mut Tx<'_>, answer: &Answer) -> Result<(), Error> {
    let id = tx.next_id(Kind::Survey)?;
    let rating = answer.rating.map(|rating| i64::from(rating.number()));
    let comment = answer.comment.as_deref();
    tx.execute(
        "INSERT INTO survey_answers (id, survey_id, rating, comment, salt, via, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![id, answer.survey, rating, comment, &answer.salt, answer.via.as_str(), answer.at],
    )?;
    if rating.is_some() {
        tx.execute(
            "UPDATE surveys SET rating = $2, comment = coalesce($3, comment), answered_at = $4,
                first_answered_at = coalesce(first_answered_at, $4), updated_at = $4
             WHERE id = $1",
            params![answer.survey, rating, comment, answer.at],
        )?;
    }
    Ok(())
}

/// Everything that was said, oldest first.
pub fn answers(tx: &mut Tx<'_>, survey: i64) -> Result<Vec<Answer>, Error> {
    let rows = tx.query(
        "SELECT survey_id, rating, comment, salt, via, at FROM survey_answers WHERE survey_id = $1 ORDER BY id",
        params![survey],
    )?;
    let answer = |row: &Row| {
        let via: String = row.get(4)?;
        Ok(Answer {
            survey: row.get(0)?,
            rating: rating(row.get(1)?)?,
            comment: row.get(2)?,
            salt: row.get(3)?,
            via: via.parse().map_err(|error| Error::corrupt("survey_answers.via", error))?,
            at: row.get(5)?,
        })
    };
    rows.iter().map(answer).collect()
}

/// A ticket's survey, if it has one.
pub fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Option<Survey>, Error> {
    Ok(of_tickets(tx, &[ticket])?.pop())
}

/// The surveys of these tickets, in no order.
pub fn of_tickets(tx: &mut Tx<'_>, tickets: &[TicketId]) -> Result<Vec<Survey>, Error> {
    if tickets.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM surveys WHERE ticket_id IN (");
    sql.join(tickets, ", ", "", |sql, id| {
        sql.bind(id.0);
    });
    sql.push(")");
    tx.query(sql.text(), sql.params())?.iter().map(survey).collect()
}

/// The survey with this number.
pub fn load(tx: &mut Tx<'_>, id: i64) -> Result<Option<Survey>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM surveys WHERE id = ").bind(id);
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(survey).transpose()
}

/// Which surveys a list holds. Every part that is given must be true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// With a rating, or without.
    pub rated: Option<bool>,
    /// With a rating the API calls good, or bad.
    pub good: Option<bool>,
    /// With words, or without.
    pub commented: Option<bool>,
    /// Made known at this instant or later.
    pub from: Option<Timestamp>,
    /// Made known before this instant.
    pub to: Option<Timestamp>,
}

fn filtered(sql: &mut Sql<'_>, filter: Filter) {
    sql.push(" WHERE TRUE");
    match filter.rated {
        Some(true) => sql.push(" AND rating IS NOT NULL"),
        Some(false) => sql.push(" AND rating IS NULL"),
        None => sql,
    };
    match filter.good {
        Some(true) => sql.push(" AND rating >= 4"),
        Some(false) => sql.push(" AND rating <= 3"),
        None => sql,
    };
    match filter.commented {
        Some(true) => sql.push(" AND comment IS NOT NULL"),
        Some(false) => sql.push(" AND comment IS NULL"),
        None => sql,
    };
    if let Some(from) = filter.from {
        sql.push(" AND created_at >= ").bind(from);
    }
    if let Some(to) = filter.to {
        sql.push(" AND created_at < ").bind(to);
    }
}

/// One page of a list, by when they were made known.
pub fn page(tx: &mut Tx<'_>, filter: Filter, page: &Page) -> Result<Vec<Survey>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT ").push(COLUMNS).push(" FROM surveys");
    filtered(&mut sql, filter);
    let falling = page.reads_descending();
    if let Start::After(key) | Start::Before(key) = &page.start {
        let at = match key.value {
            Some(KeyValue::Int(at)) => at,
            _ => 0,
        };
        sql.push(" AND (created_at, id)").push(if falling { " < (" } else { " > (" });
        sql.bind(at).push(", ").bind(key.id).push(")");
    }
    let direction = if falling { " DESC" } else { "" };
    sql.push(" ORDER BY created_at").push(direction).push(", id").push(direction);
    sql.push(" LIMIT ").bind(page.size);
    if let Start::Offset(offset) = page.start
        && offset > 0
    {
        sql.push(" OFFSET ").bind(offset);
    }
    let mut found: Vec<Survey> =
        tx.query(sql.text(), sql.params())?.iter().map(survey).collect::<Result<_, _>>()?;
    if page.reads_backwards() {
        found.reverse();
    }
    Ok(found)
}

/// How many surveys a filter finds.
pub fn count(tx: &mut Tx<'_>, filter: Filter) -> Result<i64, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT count(*) FROM surveys");
    filtered(&mut sql, filter);
    tx.query_one(sql.text(), sql.params())?.get(0)
}

/// When a person was last asked, about any ticket. (CS-02)
pub fn last_issued(tx: &mut Tx<'_>, requester: UserId) -> Result<Option<Timestamp>, Error> {
    tx.query_one(
        "SELECT max(issued_at) FROM surveys WHERE requester_id = $1 AND issued_at IS NOT NULL",
        params![requester.0],
    )?
    .get(0)
}

/// Whether a person wants no surveys. (CS-03)
pub fn is_refused(tx: &mut Tx<'_>, user: UserId) -> Result<bool, Error> {
    let row = tx.query_opt("SELECT at FROM survey_refusals WHERE user_id = $1", params![user.0])?;
    Ok(row.is_some())
}

/// A person wants no surveys any more.
pub fn refuse(tx: &mut Tx<'_>, user: UserId, at: Timestamp) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO survey_refusals (user_id, at) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING",
        params![user.0, at],
    )
    .map(|_| ())
}

/// A person takes that back.
pub fn allow(tx: &mut Tx<'_>, user: UserId) -> Result<(), Error> {
    tx.execute("DELETE FROM survey_refusals WHERE user_id = $1", params![user.0]).map(|_| ())
}
