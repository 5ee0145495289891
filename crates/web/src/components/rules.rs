//! The rules tried, in order, each with what came of it.

use maud::{Markup, html};

use super::icon::icon;
use crate::words::{Text, Words};

/// One rule that was tried.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'a> {
    /// In words: "has the teams add-on".
    pub because: &'a str,
    /// As the handbook writes it.
    pub when: &'a str,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was true and decided.
    Decided,
    /// It was not true.
    NotTrue,
    /// A fact it needs is unknown.
    Unknown,
}

/// The list.
pub fn rules(words: Words, rules: &[Rule<'_>]) -> Markup {
    html! {
        ol.rules {
            @for rule in rules {
                @let (class, symbol, text) = match rule.outcome {
                    Outcome::Decided => ("decided", "solved", Text::Decided),
                    Outcome::NotTrue => ("not", "none", Text::NotTrue),
                    Outcome::Unknown => ("not", "soon", Text::Unknown),
                };
                li class=(class) {
                    (icon(symbol))
                    span { (rule.because) ": " (words.say(text)) code { (rule.when) } }
                }
            }
        }
    }
}
