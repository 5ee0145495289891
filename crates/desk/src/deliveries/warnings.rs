//! What a team is told of its deadlines, in its own zone: how long is left and why it presses, and what was missed.

use domain::words::{self, Locale};
use jiff::Timestamp;
use store::Tx;

use super::Post;
use crate::Error;

impl Post<'_> {
    /// Before a deadline.
    pub(super) fn warn(&self, tx: &mut Tx<'_>, due: Timestamp) -> Result<(), Error> {
        let ticket = &self.stored.ticket;
        let left = span(due.duration_since(self.envelope.at).as_secs());
        let mut why = vec![self.level()];
        why.extend(ticket.because.iter().cloned());
        let (number, why, subject) = (self.number(), why.join(", "), &self.stored.subject);
        let when = self.when(tx, due)?;
        let text = format!("#{number} has {left} left, until {when} ({why}): {subject}");
        // Two clocks of a ticket can have the same deadline; each has its own warnings.
        self.team_post(tx, "warning", &format!("{}:warning", self.envelope.seq), &text)
    }

    /// After a deadline.
    pub(super) fn breach(&self, tx: &mut Tx<'_>, due: Timestamp) -> Result<(), Error> {
        let ticket = &self.stored.ticket;
        let when = self.when(tx, due)?;
        let whose = match ticket.assignee {
            Some(id) => store::users::load(tx, id)?
                .map_or_else(|| "nobody’s".to_owned(), |user| format!("{}’s", user.name)),
            None => "nobody’s".to_owned(),
        };
        let over = match self.envelope.at.duration_since(due).as_secs() {
            seconds @ 60.. => format!("{} over", span(seconds)),
            _ => "past its target".to_owned(),
        };
        let customer = self.requester.name.split_whitespace().next().unwrap_or("the customer");
        let text = format!(
            "#{} is {over} ({}, due {when}, {whose}): {}. Reply, or tell {customer} when.",
            self.number(),
            self.level(),
            self.stored.subject
        );
        self.team_post(tx, "breach", &format!("{}:breach", self.envelope.seq), &text)
    }

    /// An instant in the team's zone, which is named: a weekend may lie before it.
    fn when(&self, tx: &mut Tx<'_>, at: Timestamp) -> Result<String, Error> {
        let team = store::teams::load(tx, self.stored.ticket.team)?;
        let slug = team.and_then(|team| team.slug).unwrap_or_default();
        let zone = self.ctx.handbook.calendar(&slug).zone();
        let when = words::date_time(Locale::En, at, zone, self.envelope.at);
        Ok(format!("{when} {}", words::zone_name(at, zone)))
    }

    /// The level as people say it: "High".
    fn level(&self) -> String {
        let mut letters = self.stored.ticket.priority.as_str().chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
    }
}

/// Two units, rounded down: "1 h 12 m".
fn span(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, minutes) => format!("{minutes} m"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} m"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_two_units_at_most() {
        let spans = [48 * 60, 3_600, 4_320, 86_400, 90_000].map(span);
        assert_eq!(spans, ["48 m", "1 h", "1 h 12 m", "1 d", "1 d 1 h"]);
    }
}
