//! Lists of tickets: which, in which order, a page of them, how many.

use domain::work::WorkClass;
use domain::{OrganizationId, Status, TeamId, TicketId, UserId};
use jiff::Timestamp;

use super::{COLUMNS, Stored, due_sort, stored};
use crate::conditions::{Fragment, Look, Meant, predicate};
use crate::page::{KeyValue, Page, Start};
use crate::{Error, Row, Sql, Tx, search};

/// Which tickets a list holds. Every part that is given must be true; deleted tickets are never in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// One of these.
    pub statuses: Vec<Status>,
    /// In this team.
    pub team: Option<TeamId>,
    /// With this person, or with nobody.
    pub assignee: Option<Option<UserId>>,
    /// Asked by this person.
    pub requester: Option<UserId>,
    /// On which this person is copied in.
    pub copied: Option<UserId>,
    /// Of which the requester may see anything at all: one that began with a note, and has nothing else yet, is not.
    pub public: bool,
    /// Of this organization.
    pub organization: Option<OrganizationId>,
    /// Another system's name.
    pub external_id: Option<String>,
    /// Escalated ones only.
    pub escalated: bool,
    /// With a deadline before this instant, in microseconds.
    pub due_before: Option<i64>,
    /// In this class of the order of work or before it.
    pub up_to: Option<WorkClass>,
    /// Not hidden from this person at an instant: they do not want to see it for a while.
    pub unsnoozed: Option<(UserId, Timestamp)>,
    /// For which this holds.
    pub meant: Option<Meant>,
}

/// By what a list is ordered; the number decides between equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Order {
    /// The number.
    #[default]
    Id,
    /// The last change.
    UpdatedAt,
    /// The status, as a word.
    Status,
    /// What is due first.
    Due,
    /// The order of work: class, deadline, age. (ROT-06)
    Work,
    /// The subject.
    Subject,
    /// The assignee's number.
    Assignee,
    /// The team's number.
    Team,
    /// The requester's number.
    Requester,
}

impl Order {
    /// The columns that place a ticket, before its number.
    fn columns(self) -> &'static str {
        match self {
            Self::Id => "t.id",
            Self::UpdatedAt => "t.updated_at",
            Self::Status => "t.status",
            Self::Due => "t.due_sort",
            Self::Work => "t.work_rank, t.due_sort, t.created_at",
            Self::Subject => "t.subject",
            Self::Assignee => "coalesce(t.assignee_id, 0)",
            Self::Team => "t.team_id",
            Self::Requester => "t.requester_id",
        }
    }

    /// The value that places a ticket in this order.
    pub fn key(self, stored: &Stored) -> Option<KeyValue> {
        let ticket = &stored.ticket;
        Some(match self {
            Self::Id => return None,
            Self::UpdatedAt => KeyValue::Int(ticket.updated_at.as_microsecond()),
            Self::Status => KeyValue::Text(ticket.status.as_str().to_owned()),
            Self::Due => KeyValue::Int(due_sort(ticket)),
            Self::Work => KeyValue::Place([
                stored.work.number(),
                due_sort(ticket),
                ticket.created_at.as_microsecond(),
            ]),
            Self::Subject => KeyValue::Text(stored.subject.clone()),
            Self::Assignee => KeyValue::Int(ticket.assignee.map_or(0, |id| id.0)),
            Self::Team => KeyValue::Int(ticket.team.0),
            Self::Requester => KeyValue::Int(ticket.requester.0),
        })
    }
}

fn filtered<'a>(sql: &mut Sql<'a>, filter: &'a Filter, meant: &'a Fragment) {
    sql.push(" WHERE t.deleted_at IS NULL");
    if filter.statuses == [Status::New, Status::Open] {
        // Written as in the partial indexes, so that they serve.
        sql.push(" AND t.status IN ('new', 'open')");
    } else if !filter.statuses.is_empty() {
        sql.push(" AND t.status IN (");
        sql.join(&filter.statuses, ", ", "", |sql, status| {
            sql.bind(status.as_str());
        });
        sql.push(")");
    }
    if let Some(team) = filter.team {
        sql.push(" AND t.team_id = ").bind(team.0);
    }
    match filter.assignee {
        Some(Some(user)) => {
            sql.push(" AND t.assignee_id = ").bind(user.0);
        }
        Some(None) => {
            sql.push(" AND t.assignee_id IS NULL");
        }
        None => {}
    }
    if let Some(user) = filter.requester {
        sql.push(" AND t.requester_id = ").bind(user.0);
    }
    if let Some(user) = filter.copied {
        sql.push(" AND t.id IN (SELECT p.ticket_id FROM ticket_ccs p WHERE p.user_id = ");
        sql.bind(user.0).push(")");
    }
    if filter.public {
        sql.push(" AND EXISTS (SELECT 1 FROM comments c WHERE c.ticket_id = t.id AND c.is_public)");
    }
    if let Some(organization) = filter.organization {
        sql.push(" AND t.organization_id = ").bind(organization.0);
    }
    if let Some(external_id) = &filter.external_id {
        sql.push(" AND t.external_id = ").bind(external_id.as_str());
    }
    if let Some(before) = filter.due_before {
        sql.push(" AND t.due_sort < ").bind(before);
    } else if filter.statuses == [Status::New, Status::Open]
        && filter.team.is_none()
        && filter.assignee.is_none()
    {
        // Always true, and says that the index of what waits by its deadline serves: SQLite would rather gather and sort
        // everything that waits.
        sql.push(" AND t.due_sort <= 9223372036854775807");
    }
    if let Some(class) = filter.up_to {
        sql.push(" AND t.work_rank <= ").bind(class.number());
    }
    if filter.escalated {
        sql.push(" AND t.is_escalated");
    }
    if let Some((user, now)) = filter.unsnoozed {
        sql.push(
            " AND NOT EXISTS (SELECT 1 FROM snoozes z WHERE z.ticket_id = t.id AND z.user_id = ",
        );
        sql.bind(user.0).push(" AND z.until_at > ").bind(now).push(")");
    }
    meant.append_to(sql);
}

/// What a filter's condition adds to a statement.
fn meant(tx: &Tx<'_>, filter: &Filter) -> Fragment {
    let mut sql = Fragment::default();
    if let Some(meant) = &filter.meant {
        sql.push(" AND ").extend(predicate(tx.engine(), meant, Look::Lead(search::WIDE)));
    }
    sql
}

/// One page of a list.
pub fn page(
    tx: &mut Tx<'_>,
    filter: &Filter,
    order: Order,
    page: &Page,
) -> Result<Vec<Stored>, Error> {
    rows_of_page(tx, COLUMNS, filter, order, page)?.iter().map(stored).collect()
}

/// One page of a list: number and place in the export order, which is another one after every change.
pub fn versions(
    tx: &mut Tx<'_>,
    filter: &Filter,
    order: Order,
    page: &Page,
) -> Result<Vec<(TicketId, i64)>, Error> {
    let rows = rows_of_page(tx, "t.id, t.changed", filter, order, page)?;
    rows.iter().map(|row| Ok((TicketId(row.get(0)?), row.get(1)?))).collect()
}

fn rows_of_page(
    tx: &mut Tx<'_>,
    columns: &'static str,
    filter: &Filter,
    order: Order,
    page: &Page,
) -> Result<Vec<Row>, Error> {
    let meant = meant(tx, filter);
    let sql = statement(columns, filter, &meant, order, page);
    let mut found = tx.query(sql.text(), sql.params())?;
    if page.reads_backwards() {
        found.reverse();
    }
    Ok(found)
}

pub(super) fn statement<'a>(
    columns: &'static str,
    filter: &'a Filter,
    meant: &'a Fragment,
    order: Order,
    page: &'a Page,
) -> Sql<'a> {
    let mut sql = Sql::new();
    sql.push("SELECT ").push(columns).push(" FROM tickets t");
    filtered(&mut sql, filter, meant);
    let falling = page.reads_descending();
    if let Start::After(key) | Start::Before(key) = &page.start {
        let sign = if falling { " < " } else { " > " };
        match &key.value {
            Some(value) if order != Order::Id => {
                sql.push(" AND (").push(order.columns()).push(", t.id)").push(sign).push("(");
                match value {
                    KeyValue::Int(number) => sql.bind(*number),
                    KeyValue::Text(text) => sql.bind(text.as_str()),
                    KeyValue::Place(place) => sql.join(place, ", ", "", |sql, number| {
                        sql.bind(*number);
                    }),
                };
                sql.push(", ").bind(key.id).push(")");
            }
            _ => {
                sql.push(" AND t.id").push(sign).bind(key.id);
            }
        }
    }
    let direction = if falling { " DESC" } else { "" };
    sql.push(" ORDER BY ");
    // All of what nobody has has the same owner; naming it shows that the index by owner is in this order.
    let owner = order == Order::Work && filter.assignee == Some(None) && filter.team.is_none();
    let columns = owner.then_some("t.assignee_id").into_iter().chain(order.columns().split(", "));
    let columns = columns.chain((order != Order::Id).then_some("t.id"));
    sql.join(columns, ", ", "", |sql, column| {
        sql.push(column).push(direction);
    });
    sql.push(" LIMIT ").bind(page.size);
    if let Start::Offset(offset) = page.start
        && offset > 0
    {
        sql.push(" OFFSET ").bind(offset);
    }
    sql
}

/// How many tickets a filter finds, counted up to `limit`.
pub fn count_up_to(tx: &mut Tx<'_>, filter: &Filter, limit: i64) -> Result<i64, Error> {
    let meant = meant(tx, filter);
    let mut sql = Sql::new();
    sql.push("SELECT count(*) FROM (SELECT 1 AS one FROM tickets t");
    filtered(&mut sql, filter, &meant);
    sql.push(" LIMIT ").bind(limit).push(") AS counted");
    tx.query_one(sql.text(), sql.params())?.get(0)
}
