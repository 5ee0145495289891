//! Handing a ticket to another team and back. (ESC rows)

use super::{Deciding, NewComment};
use crate::{ClockKind, Escalation, Event, Refusal, Status, TeamId};

impl Deciding<'_> {
    /// Moves it to another team with a note. An unmet first clock runs on; otherwise the escalated clock begins. (ESC-03)
    pub(super) fn escalate(
        &mut self,
        team: TeamId,
        note: &NewComment,
        tell: bool,
    ) -> Result<(), Refusal> {
        if self.ticket.status == Status::Closed {
            return Err(Refusal::Closed);
        }
        if self.ticket.status.is_done() {
            return Err(Refusal::Done(self.ticket.status));
        }
        self.facts.team(team).ok_or(Refusal::UnknownTeam)?;
        if team == self.ticket.team {
            return Err(Refusal::EscalationWithinTeam);
        }
        self.comment(note);
        let before = self.ticket.escalation.clone();
        let from = before.as_ref().map_or(self.ticket.team, |escalation| escalation.from);
        let current = self.ticket.current_clock().map(|clock| clock.kind);
        // What is still to be kept counts on; where it was kept, this is an escalation of its own. (ESC-07)
        let goes_on =
            |escalation: &&Escalation| escalation.owed || current == Some(ClockKind::Escalated);
        let since = before.as_ref().filter(goes_on).map_or(self.now, |escalation| escalation.at);
        let owed = current == Some(ClockKind::First) && self.has_escalated_target();
        self.record(Event::Escalated { team, from, since, owed, note: note.id });
        if self.has_escalated_target() && matches!(current, None | Some(ClockKind::Next)) {
            self.cancel_clock("escalated");
            self.start_target(ClockKind::Escalated, since);
        }
        if tell {
            self.tell_of_escalation();
        }
        Ok(())
    }

    /// Hands it back to the team it came from; the clocks stay as they are. (ESC-06)
    pub(super) fn deescalate(&mut self) -> Result<(), Refusal> {
        if self.ticket.status == Status::Closed {
            return Err(Refusal::Closed);
        }
        let escalation = self.ticket.escalation.clone().ok_or(Refusal::NotEscalated)?;
        self.record(Event::Deescalated { to: escalation.from });
        Ok(())
    }
}
