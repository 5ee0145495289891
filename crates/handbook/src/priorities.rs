//! Priorities: which level a ticket has, and why. (PR-01 to PR-04)
//!
//! The levels of the handbook are tried in the order of the file, and the first with a rule that holds wins; the last
//! level has no rules and takes the rest. All rules of the winning level are evaluated, not only up to the first that
//! holds, so the reasons name every true condition.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    Fact, Facts, Handbook, Target,
    rules::{Compiled, Evaluation},
};

/// How urgent a ticket is. Ordered from low to urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// No promise.
    Low,
    /// The usual paying customer.
    Normal,
    /// High payers, trials, critical trouble.
    High,
    /// Set by hand only, unless the handbook says otherwise.
    Urgent,
}

impl Level {
    /// The word used in the handbook, the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is not a priority.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown priority \"{0}\": it is one of urgent, high, normal, low")]
pub struct UnknownLevel(pub String);

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, UnknownLevel> {
        [Self::Low, Self::Normal, Self::High, Self::Urgent]
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or_else(|| UnknownLevel(text.to_owned()))
    }
}

/// One `[[priority]]` of the handbook.
#[derive(Clone, Debug)]
pub struct Priority {
    /// Its name.
    pub level: Level,
    /// The target of the first reply; none is no promise.
    pub first_reply: Option<Target>,
    /// The target of a reply after an escalation.
    pub escalated: Option<Target>,
    /// Any of these makes a ticket this urgent. Empty for the last priority only.
    pub rules: Vec<Rule>,
}

/// One condition of a priority, checked when the handbook was read.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The expression, as written.
    pub when: String,
    /// What people are told when it holds.
    pub because: String,
    pub(crate) compiled: Compiled,
}

/// The level decided, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityDecision {
    /// The level.
    pub value: Level,
    /// Every true condition of that level. Empty for the last level, which has none.
    pub because: Vec<String>,
    /// The rules tried, in the order of the file, up to the end of the level that won.
    pub rules: Vec<Tried>,
}

/// One rule tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// The level it stands for.
    pub level: Level,
    /// The expression.
    pub when: String,
    /// What it means.
    pub because: String,
    /// Whether it was true.
    pub holds: bool,
    /// The facts it looks at, with the values they had.
    pub facts: Vec<Fact>,
}

impl Handbook {
    /// The level of a ticket with these facts.
    pub fn decide_priority(&self, facts: &Facts) -> PriorityDecision {
        let all = self.priorities.iter().flat_map(|priority| &priority.rules);
        let evaluation = Evaluation::new(facts, all.map(|rule| &rule.compiled));
        let mut rules = Vec::new();
        for priority in &self.priorities {
            let first = rules.len();
            rules.extend(priority.rules.iter().map(|rule| rule.tried(priority.level, &evaluation)));
            let because: Vec<_> = rules[first..]
                .iter()
                .filter(|tried| tried.holds)
                .map(|tried| tried.because.clone())
                .collect();
            if !because.is_empty() || priority.rules.is_empty() {
                return PriorityDecision { value: priority.level, because, rules };
            }
        }
        PriorityDecision { value: Level::Low, because: Vec::new(), rules }
    }

    /// What the handbook says about a level. `urgent`, if it is not in the file, is treated like the first of the
    /// file; any other level that is not in it like the last.
    pub fn priority(&self, level: Level) -> &Priority {
        let named = self.priorities.iter().find(|priority| priority.level == level);
        let stand_in =
            if level == Level::Urgent { self.priorities.first() } else { self.priorities.last() };
        named.or(stand_in).expect("a handbook without priorities is refused when it is read")
    }

    /// The target of a follow-up: the first one times `replies.next`. (SLA-06)
    pub fn next_reply(&self, level: Level) -> Option<Target> {
        self.priority(level)
            .first_reply
            .as_ref()
            .and_then(|target| target.times(self.replies.next).ok())
    }
}

impl Rule {
    fn tried(&self, level: Level, evaluation: &Evaluation<'_>) -> Tried {
        Tried {
            level,
            when: self.when.clone(),
            because: self.because.clone(),
            holds: evaluation.holds(&self.compiled),
            facts: evaluation.facts(&self.compiled),
        }
    }
}
