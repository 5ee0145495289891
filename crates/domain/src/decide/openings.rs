//! A ticket begins: who asks, how important it is, who answers, and by when.

use handbook::Handbook;
use jiff::Timestamp;

use super::{Author, Deciding, Opening};
use crate::events::Opened;
use crate::{Actor, ClockKind, Event, Facts, Refusal, Ticket};

impl<'a> Deciding<'a> {
    /// The ticket with its first event, before anything is decided about it.
    pub(super) fn open(
        opening: &Opening,
        facts: &'a Facts,
        actor: &'a Actor,
        handbook: &'a Handbook,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let triage = facts.team_by_slug(&handbook.triage().slug).ok_or(Refusal::UnknownTeam)?;
        let opened = Event::Opened(Opened {
            requester: opening.requester,
            submitter: opening.submitter,
            organization: opening.organization,
            team: triage.id,
            channel: opening.channel,
            severity: opening.severity,
            area: opening.area.clone(),
            kind: opening.kind,
            tags: opening.tags.clone(),
            ccs: opening.ccs.clone(),
            internal: opening.internal,
            follow_up_of: opening.follow_up_of,
            claims: opening.claims,
            split_from: opening.split_from,
            arrived_at: opening.arrived_at,
            subject_digest: opening.subject_digest.clone(),
        });
        let ticket =
            Ticket::opened(opening.id, now, &opened).expect("an opening event makes a ticket");
        Ok(Self { ticket, events: vec![(now, opened)], facts, actor, handbook, now })
    }

    /// Level, team, first clock and acknowledgement, then what an agent set at once. (PR-05, ROT-01, SLA-01, PR-06)
    pub(super) fn opening(&mut self, opening: &Opening) -> Result<(), Refusal> {
        self.decide_level();
        self.route()?;
        if let Some(by_hand) = &opening.changes.level {
            self.override_level(by_hand)?;
        }
        self.custom_fields(&opening.changes.fields);
        self.place(&opening.changes)?;
        self.comment(&opening.comment);
        if opening.comment.by == Author::Customer && opening.comment.public && !opening.internal {
            self.start_target(ClockKind::First, opening.arrived_at.unwrap_or(self.now));
            if opening.split_from.is_some() {
                // Who wrote it was told when it arrived; a split sends no mail by itself. (ST-10)
                return self.opening_state(opening);
            }
            let promise = self.facts.reader.promise(self.ticket.due_at(), self.now);
            self.record(Event::Acknowledged { promise });
        }
        self.opening_state(opening)
    }

    fn opening_state(&mut self, opening: &Opening) -> Result<(), Refusal> {
        if let Some(status) = opening.changes.status {
            self.status(status, &opening.changes)?;
        }
        self.settle();
        Ok(())
    }
}
