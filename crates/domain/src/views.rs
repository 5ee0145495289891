//! Views: lists of tickets that people keep.

use jiff::Timestamp;

use crate::{TeamId, UserId, ViewId};

/// A list that is kept: a query in the language of searches, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Which.
    pub id: ViewId,
    /// Its name in addresses; it never changes, so that links keep working.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it holds and in which order: [`crate::conditions::Query`] as text.
    pub query: String,
    /// The columns that API clients asked for.
    pub columns: Vec<String>,
    /// Whether it is offered.
    pub active: bool,
    /// Its place among the others.
    pub position: i64,
    /// Who may use it.
    pub kept_for: ViewFor,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it changed.
    pub updated_at: Timestamp,
}

/// For whom a view is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewFor {
    /// One person alone.
    Person(UserId),
    /// Everybody in a team.
    Team(TeamId),
    /// Everybody who answers.
    Everybody,
}

/// A title as a part of an address: `Beta flags!` is `beta-flags`. Empty if nothing of it can be one.
pub fn slug(title: &str) -> String {
    let mut slug = String::new();
    for token in crate::search::tokens(title) {
        if token.text.is_ascii() && slug.len() + token.text.len() < 60 {
            if !slug.is_empty() {
                slug.push('-');
            }
            slug.push_str(&token.text);
        }
    }
    slug
}
