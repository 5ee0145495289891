//! Which report is asked for, and how it is cut.

use domain::Level;
use domain::reports::Dimension;

use crate::{Error, FieldError};

/// So many weeks are shown at most.
pub const MOST_WEEKS: i64 = 104;
/// So many weeks are shown unless others are asked for.
const WEEKS: i64 = 12;

/// A report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// How much was asked.
    Volume,
    /// How much waits.
    Backlog,
    /// How first answers were given.
    FirstReply,
    /// How follow-ups were answered.
    NextReply,
    /// How escalated tickets were answered.
    EscalatedReply,
    /// How much was escalated.
    Escalations,
    /// How much was opened again.
    Reopened,
    /// How much had been on hold.
    OnHold,
    /// How the help was rated.
    Satisfaction,
}

impl Name {
    /// Every report, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Volume,
        Self::Backlog,
        Self::FirstReply,
        Self::NextReply,
        Self::EscalatedReply,
        Self::Escalations,
        Self::Reopened,
        Self::OnHold,
        Self::Satisfaction,
    ];

    /// The word in its address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Volume => "volume",
            Self::Backlog => "backlog",
            Self::FirstReply => "first-reply",
            Self::NextReply => "next-reply",
            Self::EscalatedReply => "escalated-reply",
            Self::Escalations => "escalations",
            Self::Reopened => "reopened",
            Self::OnHold => "on-hold",
            Self::Satisfaction => "satisfaction",
        }
    }

    /// The report with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == word)
    }
}

/// What the rows of a report are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Weeks.
    Week,
    /// Levels.
    Level,
    /// The names in a dimension.
    Dimension(Dimension),
}

impl By {
    /// Every way to cut a report, in the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::Dimension(Dimension::Team),
        Self::Dimension(Dimension::Area),
        Self::Level,
        Self::Dimension(Dimension::Channel),
        Self::Dimension(Dimension::Language),
        Self::Dimension(Dimension::Plan),
        Self::Dimension(Dimension::Hero),
        Self::Week,
    ];

    /// The word in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Level => "level",
            Self::Dimension(dimension) => dimension.as_str(),
        }
    }

    /// The cut with this word; "priority" is a level.
    pub fn parse(word: &str) -> Option<Self> {
        let word = if word == "priority" { "level" } else { word };
        Self::ALL.into_iter().find(|by| by.as_str() == word)
    }
}

/// The levels, the most urgent first.
pub fn levels() -> [Level; 4] {
    [Level::Urgent, Level::High, Level::Normal, Level::Low]
}

/// A report as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Which.
    pub name: Name,
    /// The last so many weeks, the running one included.
    pub weeks: i64,
    /// What its rows are.
    pub by: By,
    /// At one level only.
    pub level: Option<Level>,
}

impl Ask {
    /// Reads what an address asks for. What is left out is twelve weeks, by team, at every level.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for a report there is none of, [`Error::Invalid`] that names each field that cannot be read.
    pub fn read<'q>(name: &str, get: impl Fn(&str) -> &'q str) -> Result<Self, Error> {
        let name = Name::parse(name).ok_or(Error::NotFound)?;
        let mut wrong: Vec<FieldError> = Vec::new();
        let mut complain = |field: &str, what: String| {
            if let Error::Invalid(errors) = Error::invalid(field, "InvalidValue", what) {
                wrong.extend(errors);
            }
        };
        let weeks = match get("weeks") {
            "" => WEEKS,
            text => match text.parse() {
                Ok(weeks @ 1..=MOST_WEEKS) => weeks,
                _ => {
                    complain("weeks", format!("Weeks: expected 1 to {MOST_WEEKS}, got {text:?}"));
                    WEEKS
                }
            },
        };
        let known = By::ALL.map(By::as_str).join(", ");
        let mut by = By::Dimension(Dimension::Team);
        if !get("by").is_empty() {
            match By::parse(get("by")) {
                Some(known) => by = known,
                None => complain("by", format!("By: expected one of {known}, got {:?}", get("by"))),
            }
        }
        if name == Name::Backlog && by == By::Dimension(Dimension::Hero) {
            complain("by", "By: a backlog is nobody's week, so it is not told by hero".to_owned());
        }
        let level = match get("level") {
            "" | "all" => None,
            text => {
                let level = text.parse().ok();
                if level.is_none() {
                    let known = "all, urgent, high, normal, low";
                    complain("level", format!("Level: expected one of {known}, got {text:?}"));
                }
                level
            }
        };
        if wrong.is_empty() {
            Ok(Self { name, weeks, by, level })
        } else {
            Err(Error::Invalid(wrong))
        }
    }

    /// The query of its address.
    pub fn query(&self) -> String {
        let level = self.level.map_or("all", Level::as_str);
        format!("weeks={}&by={}&level={level}", self.weeks, self.by.as_str())
    }
}
