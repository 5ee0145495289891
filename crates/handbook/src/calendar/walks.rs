//! Walks: a deadline explained, stretch by stretch.

use std::fmt;

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Calendar, NANOS, days::Piece, nanos_between};

/// How the calendar was walked from the start of a target to its deadline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walk {
    /// The zone whose local time was meant.
    pub zone: String,
    /// One after the other, without gaps.
    pub steps: Vec<Step>,
}

/// A stretch of time that counted, or was skipped for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Where it begins.
    pub from: Timestamp,
    /// Where it ends.
    pub to: Timestamp,
    /// Open seconds in it; zero if it was skipped. All steps add up to the open seconds of the walk.
    pub counts_seconds: i64,
    /// `counts`, `business day 1 of 2`, or why it was skipped: `weekend`, `holiday`, `outside hours`.
    pub why: String,
}

/// A walk that is being written down.
struct Notes {
    steps: Vec<Step>,
    /// Open time so far.
    counted: i128,
}

impl Calendar {
    /// The steps from one instant to another; open ones count.
    pub(super) fn walk(&self, from: Timestamp, to: Timestamp) -> Walk {
        let mut notes = Notes { steps: Vec::new(), counted: 0 };
        self.note(&mut notes, from, to, "counts");
        Walk { zone: self.zone_name.clone(), steps: notes.steps }
    }

    /// The steps to where the count begins, which is the first mark, and from mark to mark.
    pub(super) fn walk_days(&self, start: Timestamp, marks: &[Timestamp]) -> Walk {
        let mut notes = Notes { steps: Vec::new(), counted: 0 };
        let begin = marks.first().copied().unwrap_or(start);
        self.note(&mut notes, start, begin, "counts");
        for (index, pair) in marks.windows(2).enumerate() {
            let why = format!("business day {} of {}", index + 1, marks.len() - 1);
            self.note(&mut notes, pair[0], pair[1], &why);
        }
        Walk { zone: self.zone_name.clone(), steps: notes.steps }
    }

    fn note(&self, notes: &mut Notes, from: Timestamp, to: Timestamp, open: &str) {
        for piece in self.forward(from).take_while(|piece| piece.from < to) {
            let why = piece.closed.map_or(open, |closed| closed.why());
            notes.add(&Piece { to: piece.to.min(to), ..piece }, why);
        }
    }
}

impl Notes {
    /// Adds a piece, to the last step if that is of the same kind.
    fn add(&mut self, piece: &Piece, why: &str) {
        let before = whole_seconds(self.counted);
        if piece.is_open() {
            self.counted += nanos_between(piece.from, piece.to);
        }
        let counts_seconds = whole_seconds(self.counted) - before;
        match self.steps.last_mut() {
            Some(last) if last.why == why => {
                last.to = piece.to;
                last.counts_seconds += counts_seconds;
            }
            _ => self.steps.push(Step {
                from: piece.from,
                to: piece.to,
                counts_seconds,
                why: why.to_owned(),
            }),
        }
    }
}

/// Seconds are cut from the sum, not from each step, so the steps add up.
fn whole_seconds(nanos: i128) -> i64 {
    i64::try_from(nanos / NANOS).unwrap_or(i64::MAX)
}

impl Walk {
    /// An instant in local time, as the lines of a walk have it: `Mon 30 Mar 2026, 08:00 BST`.
    pub fn local(&self, at: Timestamp) -> String {
        let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
        let local = at.to_zoned_datetime(zone);
        let format = if local.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
        local.strftime(&format!("%a %-d %b %Y, {format} %Z")).to_string()
    }
}

/// One line a stretch, in the local time of the calendar:
///
/// ```
/// use handbook::{Calendar, Target};
///
/// let london = Calendar::weekdays("Europe/London").unwrap();
/// let friday = "2026-03-27T20:00:00Z".parse().unwrap();
/// let (_, walk) = london.add(friday, &Target::parse("12h").unwrap());
///
/// assert_eq!(
///     walk.to_string(),
///     "Fri 27 Mar 2026, 20:00 GMT  to  Sat 28 Mar 2026, 00:00 GMT  counts 4 h\n\
///      Sat 28 Mar 2026, 00:00 GMT  to  Mon 30 Mar 2026, 00:00 BST  skipped: weekend\n\
///      Mon 30 Mar 2026, 00:00 BST  to  Mon 30 Mar 2026, 08:00 BST  counts 8 h"
/// );
/// ```
impl fmt::Display for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            let line = if index == 0 { "" } else { "\n" };
            write!(f, "{line}{}  to  {}  ", self.local(step.from), self.local(step.to))?;
            match (step.counts_seconds, step.why.as_str()) {
                (0, why) => write!(f, "skipped: {why}")?,
                (seconds, "counts") => write!(f, "counts {}", span(seconds))?,
                (seconds, why) => write!(f, "{why}, counts {}", span(seconds))?,
            }
        }
        Ok(())
    }
}

/// `4 h`, `1 h 30 m`, `20 s`.
fn span(seconds: i64) -> String {
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(amount, _)| *amount > 0)
        .map(|(amount, unit)| format!("{amount} {unit}"))
        .collect();
    parts.join(" ")
}
