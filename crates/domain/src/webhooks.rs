//! Webhooks: other programs that are told what happens.

use jiff::Timestamp;

use crate::{UserId, WebhookId};

/// A program that is told, and how. What proves us to it is sealed: the database alone does not give it away.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Which.
    pub id: WebhookId,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether anything is sent.
    pub active: bool,
    /// Where to: `https://…`.
    pub endpoint: String,
    /// `POST`, `PUT`, `PATCH`, `GET` or `DELETE`.
    pub http_method: String,
    /// `json`, `xml` or `form_encoded`.
    pub request_format: String,
    /// What it is told by itself: `conditional_ticket_events`, or types of events.
    pub subscriptions: Vec<String>,
    /// How we prove who we are, sealed.
    pub authentication: Option<String>,
    /// Headers of its own, sealed.
    pub custom_headers: Option<String>,
    /// What deliveries are signed with, sealed.
    pub secret: String,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
    /// Who changed it last.
    pub updated_by: Option<UserId>,
    /// When.
    pub updated_at: Timestamp,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("id", &self.id).finish_non_exhaustive()
    }
}
