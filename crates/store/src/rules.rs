//! Triggers, automations, and what they did.

use domain::actions::Used;
use domain::rules::Rule;
use domain::{AuditId, RuleId, TicketId, UserId};
use jiff::Timestamp;

use crate::keysets::{by_id, in_order};
use crate::page::Page;
use crate::users::{document, encode};
use crate::{Error, Kind, Row, Sql, Tx, params};

const SELECT: &str = "SELECT r.id, r.kind, r.title, r.description, r.condition, r.actions, r.is_active, r.position, \
    r.made_by, r.created_at, r.updated_at FROM rules r WHERE ";

fn read(row: &Row) -> Result<Rule, Error> {
    let kind: String = row.get(1)?;
    Ok(Rule {
        id: RuleId(row.get(0)?),
        used: if kind == "automation" { Used::Automation } else { Used::Trigger },
        title: row.get(2)?,
        description: row.get(3)?,
        condition: row.get(4)?,
        actions: document(&row.get::<String>(5)?, "rules.actions")?,
        active: row.get(6)?,
        position: row.get(7)?,
        made_by: row.get::<Option<i64>>(8)?.map(UserId),
        created_at: row.get(9)?,
        updated_at: row.get(10)?,
    })
}

/// All triggers, or all automations, by position.
pub fn all(tx: &mut Tx<'_>, used: Used) -> Result<Vec<Rule>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("r.kind = ").bind(used.as_str()).push(" ORDER BY r.position, r.id");
    tx.query(sql.text(), sql.params())?.iter().map(read).collect()
}

/// All rules that act, triggers before automations, by position.
pub fn active(tx: &mut Tx<'_>) -> Result<Vec<Rule>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("r.is_active ORDER BY r.kind DESC, r.position, r.id");
    tx.query(sql.text(), sql.params())?.iter().map(read).collect()
}

/// The rule with this number.
pub fn load(tx: &mut Tx<'_>, id: RuleId) -> Result<Option<Rule>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push("r.id = ").bind(id.0);
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(read).transpose()
}

/// How many triggers, or automations, there are.
pub fn count(tx: &mut Tx<'_>, used: Used) -> Result<i64, Error> {
    tx.query_one("SELECT count(*) FROM rules WHERE kind = $1", params![used.as_str()])?.get(0)
}

/// Stores a new rule.
pub fn insert(tx: &mut Tx<'_>, rule: &Rule) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO rules (id, kind, title, description, condition, actions, is_active, position, made_by,
            created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            rule.id.0,
            rule.used.as_str(),
            &rule.title,
            rule.description.as_deref(),
            &rule.condition,
            &encode(&rule.actions),
            rule.active,
            rule.position,
            rule.made_by.map(|id| id.0),
            rule.created_at,
            rule.updated_at
        ],
    )
    .map(|_| ())
}

/// Stores a rule that changed.
pub fn update(tx: &mut Tx<'_>, rule: &Rule) -> Result<(), Error> {
    tx.execute(
        "UPDATE rules SET title = $2, description = $3, condition = $4, actions = $5, is_active = $6, position = $7,
            made_by = $8, updated_at = $9
         WHERE id = $1",
        params![
            rule.id.0,
            &rule.title,
            rule.description.as_deref(),
            &rule.condition,
            &encode(&rule.actions),
            rule.active,
            rule.position,
            rule.made_by.map(|id| id.0),
            rule.updated_at
        ],
    )
    .map(|_| ())
}

/// Forgets a rule. What it did stays with the tickets.
pub fn delete(tx: &mut Tx<'_>, id: RuleId) -> Result<(), Error> {
    tx.execute("DELETE FROM rules WHERE id = $1", params![id.0]).map(|_| ())
}

/// One time that a rule acted, or could not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub id: i64,
    /// Which rule.
    pub rule: RuleId,
    /// On which ticket.
    pub ticket: TicketId,
    /// The change set it made, if it made one.
    pub audit: Option<AuditId>,
    /// When.
    pub at: Timestamp,
    /// `acted`, `refused` or `stopped`.
    pub outcome: String,
    /// What was refused, or why it was stopped; a line each.
    pub details: Vec<String>,
}

/// Writes down that a rule acted, or could not.
pub fn record(tx: &mut Tx<'_>, run: &Run) -> Result<(), Error> {
    let id = tx.next_id(Kind::Other)?;
    tx.execute(
        "INSERT INTO rule_runs (id, rule_id, ticket_id, audit_id, at, outcome, details)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            id,
            run.rule.0,
            run.ticket.0,
            run.audit.map(|id| id.0),
            run.at,
            &run.outcome,
            &encode(&run.details)
        ],
    )
    .map(|_| ())
}

/// A page of what a rule did, by number.
pub fn runs(tx: &mut Tx<'_>, rule: RuleId, page: &Page) -> Result<Vec<Run>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT id, rule_id, ticket_id, audit_id, at, outcome, details FROM rule_runs WHERE rule_id = ");
    sql.bind(rule.0);
    by_id(&mut sql, page, "id");
    let rows = tx.query(sql.text(), sql.params())?;
    let runs = rows.iter().map(|row| {
        Ok(Run {
            id: row.get(0)?,
            rule: RuleId(row.get(1)?),
            ticket: TicketId(row.get(2)?),
            audit: row.get::<Option<i64>>(3)?.map(AuditId),
            at: row.get(4)?,
            outcome: row.get(5)?,
            details: document(&row.get::<String>(6)?, "rule_runs.details")?,
        })
    });
    Ok(in_order(runs.collect::<Result<Vec<_>, Error>>()?, page))
}

/// The tickets after a number, up to another, that are not closed: those automations may look at.
pub fn unclosed(tx: &mut Tx<'_>, after: TicketId, until: TicketId) -> Result<Vec<TicketId>, Error> {
    let rows = tx.query(
        "SELECT id FROM tickets WHERE id > $1 AND id <= $2 AND status <> 'closed' AND deleted_at IS NULL ORDER BY id",
        params![after.0, until.0],
    )?;
    rows.iter().map(|row| row.get(0).map(TicketId)).collect()
}
