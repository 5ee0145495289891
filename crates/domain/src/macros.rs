//! Macros: named actions that somebody applies by hand.

use jiff::Timestamp;

use crate::actions::Object;
use crate::{MacroId, ViewFor};

/// Prepared words and changes, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Macro {
    /// Which.
    pub id: MacroId,
    /// What it is called; `Billing::Refund` is "Refund" in the category "Billing".
    pub title: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it does.
    pub actions: Vec<Object>,
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

impl Macro {
    /// The category, if its title names one.
    pub fn category(&self) -> Option<&str> {
        self.title.split_once("::").map(|(category, _)| category)
    }
}
