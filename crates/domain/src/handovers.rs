//! Handovers: what one week's hero leaves to the next. (ROT-07)
//!
//! Some open hours before a week ends a sheet is drawn up of what the hero still owes. Each ticket on it can be marked,
//! with a word. What counts at the end is not the mark but the ticket: whatever then still waits with the hero or with
//! nobody is left, and goes on; the mark says only with what word. So nothing falls between two weeks because somebody
//! ticked it off.

use jiff::Timestamp;

use crate::work::WorkClass;
use crate::{TeamId, TicketId, UserId};

/// The handover at the end of one week of a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handover {
    /// Whose week.
    pub team: TeamId,
    /// When the week began; with the team it is the sheet's name.
    pub week: Timestamp,
    /// When the week ends.
    pub ends_at: Timestamp,
    /// When the sheet is to be drawn up.
    pub draw_at: Timestamp,
    /// When it was.
    pub drawn_at: Option<Timestamp>,
    /// When what was left moved on.
    pub passed_at: Option<Timestamp>,
    /// Whose week it was, once it ended.
    pub from: Option<UserId>,
    /// Who has the next one, once it began; none is nobody.
    pub to: Option<UserId>,
}

/// What was said about a ticket before the week ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is dealt with.
    Done,
    /// The next owner knows about it.
    Told,
    /// It waits until a day.
    Waiting,
}

impl Mark {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Told => "told",
            Self::Waiting => "waiting",
        }
    }

    /// The mark with this word.
    pub fn named(word: &str) -> Option<Self> {
        [Self::Done, Self::Told, Self::Waiting].into_iter().find(|mark| mark.as_str() == word)
    }
}

/// How a ticket stood when the week ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It waited no longer, or somebody else had it.
    Settled,
    /// It was left, and went on to the next hero.
    Left,
}

impl Outcome {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Settled => "settled",
            Self::Left => "left",
        }
    }

    /// The outcome with this word.
    pub fn named(word: &str) -> Option<Self> {
        [Self::Settled, Self::Left].into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// A ticket on a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub ticket: TicketId,
    /// Its class in the order of work when it came onto the sheet.
    pub class: WorkClass,
    /// What was said about it.
    pub mark: Option<Mark>,
    /// With `waiting`: until when.
    pub waits_until: Option<Timestamp>,
    /// A word about it; may be empty. Erasable.
    pub word: String,
    /// Who marked it.
    pub marked_by: Option<UserId>,
    /// When.
    pub marked_at: Option<Timestamp>,
    /// How it stood at the end, once the week has ended.
    pub outcome: Option<Outcome>,
}

impl Line {
    /// A ticket about which nothing has been said.
    pub fn unmarked(ticket: TicketId, class: WorkClass) -> Self {
        Self {
            ticket,
            class,
            mark: None,
            waits_until: None,
            word: String::new(),
            marked_by: None,
            marked_at: None,
            outcome: None,
        }
    }
}

/// A sheet before its week ends: what was written down, and below it what came since, as it waits in the queue now.
pub fn with_queue(mut lines: Vec<Line>, queue: &[(TicketId, WorkClass)]) -> Vec<Line> {
    for (ticket, class) in queue {
        match lines.iter_mut().find(|line| line.ticket == *ticket) {
            Some(line) => line.class = *class,
            None => lines.push(Line::unmarked(*ticket, *class)),
        }
    }
    lines
}

/// A sheet at the end of its week: what waits in the queue is left, everything else on it is settled.
pub fn closed(lines: Vec<Line>, queue: &[(TicketId, WorkClass)]) -> Vec<Line> {
    let mut lines = with_queue(lines, queue);
    for line in &mut lines {
        let waits = queue.iter().any(|(ticket, _)| *ticket == line.ticket);
        line.outcome = Some(if waits { Outcome::Left } else { Outcome::Settled });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(ticket: i64, mark: Mark) -> Line {
        Line { mark: Some(mark), ..Line::unmarked(TicketId(ticket), WorkClass::Promised) }
    }

    /// ROT-07
    #[test]
    fn what_waits_at_the_end_is_left_whatever_was_ticked_off() {
        let written = vec![
            marked(1, Mark::Done),
            marked(2, Mark::Done),
            marked(3, Mark::Told),
            Line::unmarked(TicketId(4), WorkClass::Promised),
        ];
        let queue = [2, 3, 5].map(|id| (TicketId(id), WorkClass::Tagged));

        let closed = closed(written, &queue);

        let told: Vec<_> =
            closed.iter().map(|line| (line.ticket.0, line.mark, line.outcome)).collect();
        let (settled, left) = (Some(Outcome::Settled), Some(Outcome::Left));
        assert_eq!(
            told,
            [
                (1, Some(Mark::Done), settled),
                (2, Some(Mark::Done), left),
                (3, Some(Mark::Told), left),
                (4, None, settled),
                (5, None, left),
            ]
        );
        assert_eq!(closed[1].class, WorkClass::Tagged);
    }
}
