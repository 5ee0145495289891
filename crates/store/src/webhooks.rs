//! Webhooks, and what became of what was sent to them.

use domain::webhooks::Webhook;
use domain::{DeliveryId, UserId, WebhookId};
use jiff::Timestamp;

use crate::keysets::{by_id, in_order};
use crate::page::Page;
use crate::users::{document, encode};
use crate::{Error, Kind, Row, Sql, Tx, params};

const SELECT: &str = "SELECT w.id, w.name, w.description, w.is_active, w.endpoint, w.http_method, w.request_format, \
    w.subscriptions, w.authentication, w.custom_headers, w.secret, w.created_by, w.created_at, w.updated_by, \
    w.updated_at FROM webhooks w";

fn read(row: &Row) -> Result<Webhook, Error> {
    Ok(Webhook {
        id: WebhookId(row.get(0)?),
        name: row.get(1)?,
        description: row.get(2)?,
        active: row.get(3)?,
        endpoint: row.get(4)?,
        http_method: row.get(5)?,
        request_format: row.get(6)?,
        subscriptions: document(&row.get::<String>(7)?, "webhooks.subscriptions")?,
        authentication: row.get(8)?,
        custom_headers: row.get(9)?,
        secret: row.get(10)?,
        created_by: row.get::<Option<i64>>(11)?.map(UserId),
        created_at: row.get(12)?,
        updated_by: row.get::<Option<i64>>(13)?.map(UserId),
        updated_at: row.get(14)?,
    })
}

/// All webhooks, by number; there is an end to how many there can be.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Webhook>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push(" ORDER BY w.id");
    tx.query(sql.text(), sql.params())?.iter().map(read).collect()
}

/// The webhook with this number.
pub fn load(tx: &mut Tx<'_>, id: WebhookId) -> Result<Option<Webhook>, Error> {
    let mut sql = Sql::new();
    sql.push(SELECT).push(" WHERE w.id = ").bind(id.0);
    tx.query_opt(sql.text(), sql.params())?.as_ref().map(read).transpose()
}

/// Stores a new webhook.
pub fn insert(tx: &mut Tx<'_>, webhook: &Webhook) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO webhooks (id, name, description, is_active, endpoint, http_method, request_format,
            subscriptions, authentication, custom_headers, secret, created_by, created_at, updated_by, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        params![
            webhook.id.0,
            &webhook.name,
            webhook.description.as_deref(),
            webhook.active,
            &webhook.endpoint,
            &webhook.http_method,
            &webhook.request_format,
            &encode(&webhook.subscriptions),
            webhook.authentication.as_deref(),
            webhook.custom_headers.as_deref(),
            &webhook.secret,
            webhook.created_by.map(|id| id.0),
            webhook.created_at,
            webhook.updated_by.map(|id| id.0),
            webhook.updated_at
        ],
    )
    .map(|_| ())
}

/// Stores a webhook that changed.
pub fn update(tx: &mut Tx<'_>, webhook: &Webhook) -> Result<(), Error> {
    tx.execute(
        "UPDATE webhooks SET name = $2, description = $3, is_active = $4, endpoint = $5, http_method = $6,
            request_format = $7, subscriptions = $8, authentication = $9, custom_headers = $10, secret = $11,
            updated_by = $12, updated_at = $13
         WHERE id = $1",
        params![
            webhook.id.0,
            &webhook.name,
            webhook.description.as_deref(),
            webhook.active,
            &webhook.endpoint,
            &webhook.http_method,
            &webhook.request_format,
            &encode(&webhook.subscriptions),
            webhook.authentication.as_deref(),
            webhook.custom_headers.as_deref(),
            &webhook.secret,
            webhook.updated_by.map(|id| id.0),
            webhook.updated_at
        ],
    )
    .map(|_| ())
}

/// Forgets a webhook.
pub fn delete(tx: &mut Tx<'_>, id: WebhookId) -> Result<(), Error> {
    tx.execute("DELETE FROM webhooks WHERE id = $1", params![id.0]).map(|_| ())
}

/// Says that a delivery is for a webhook.
pub fn invoke(tx: &mut Tx<'_>, delivery: DeliveryId, webhook: WebhookId) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO webhook_invocations (delivery_id, webhook_id) VALUES ($1, $2)",
        params![delivery.0, webhook.0],
    )
    .map(|_| ())
}

/// A page of the deliveries of a webhook, by number.
pub fn invocations(
    tx: &mut Tx<'_>,
    webhook: WebhookId,
    page: &Page,
) -> Result<Vec<DeliveryId>, Error> {
    let mut sql = Sql::new();
    sql.push("SELECT delivery_id FROM webhook_invocations WHERE webhook_id = ").bind(webhook.0);
    by_id(&mut sql, page, "delivery_id");
    let rows = tx.query(sql.text(), sql.params())?;
    let ids = rows.iter().map(|row| row.get(0).map(DeliveryId));
    Ok(in_order(ids.collect::<Result<Vec<_>, Error>>()?, page))
}

/// One attempt to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its number.
    pub id: i64,
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// When.
    pub at: Timestamp,
    /// What was answered, if anything was.
    pub status_code: Option<i64>,
    /// `success`, `failed`, or `retrying`.
    pub outcome: String,
    /// The beginning of the answer, or why there was none.
    pub response: String,
}

/// Writes down an attempt.
pub fn attempted(tx: &mut Tx<'_>, attempt: &Attempt) -> Result<(), Error> {
    let id = tx.next_id(Kind::Other)?;
    tx.execute(
        "INSERT INTO webhook_attempts (id, delivery_id, at, status_code, outcome, response)
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![
            id,
            attempt.delivery.0,
            attempt.at,
            attempt.status_code,
            &attempt.outcome,
            &attempt.response
        ],
    )
    .map(|_| ())
}

/// The attempts to deliver one, the oldest first; there is an end to how often it is tried.
pub fn attempts(tx: &mut Tx<'_>, delivery: DeliveryId) -> Result<Vec<Attempt>, Error> {
    let rows = tx.query(
        "SELECT id, delivery_id, at, status_code, outcome, response FROM webhook_attempts WHERE delivery_id = $1
         ORDER BY id",
        params![delivery.0],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Attempt {
                id: row.get(0)?,
                delivery: DeliveryId(row.get(1)?),
                at: row.get(2)?,
                status_code: row.get(3)?,
                outcome: row.get(4)?,
                response: row.get(5)?,
            })
        })
        .collect()
}
