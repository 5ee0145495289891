//! One update: facts first, then who has it, then what was said, then where it stands.

use super::{Author, Changes, CustomChange, Deciding};
use crate::{Actor, Event, Refusal, Severity, Status, Telling, words};

impl Deciding<'_> {
    /// Applies everything an update asks for, in a fixed order, as one change set.
    pub(super) fn update(&mut self, changes: &Changes) -> Result<(), Refusal> {
        if self.ticket.status == Status::Closed && !self.follows(changes) {
            return Err(Refusal::Closed);
        }
        let asks = changes
            .comment
            .as_ref()
            .is_some_and(|comment| comment.public && comment.by == Author::Customer);
        if let Some(applied) = &changes.applied {
            self.record(Event::Applied(applied.clone()));
        }
        let facts_changed = self.state(changes);
        self.custom_fields(&changes.fields);
        if let Some(by_hand) = &changes.level {
            self.override_level(by_hand)?;
        }
        self.place(changes)?;
        if let Some(url) = &changes.issue
            && !self.ticket.issues.contains(url)
        {
            self.record(Event::IssueLinked { url: url.clone() });
        }
        if let Some(comment) = &changes.comment {
            self.arrived(comment, changes.arrived_at);
        }
        let asks = asks && self.ticket.spam.is_none();
        if asks {
            self.asked(changes.arrived_at.unwrap_or(self.now));
        } else if facts_changed {
            self.reconsider();
        }
        if let Some(status) = changes.status {
            self.status(status, changes)?;
        }
        self.settle();
        Ok(())
    }

    /// Whether only a rule moves the ticket to where it belongs: its organization or its team is no more.
    fn follows(&self, changes: &Changes) -> bool {
        let (organization, team) = (changes.organization, changes.team);
        let moves = Changes { team, organization, ..Changes::default() };
        matches!(self.actor, Actor::Rule(_) | Actor::System) && *changes == moves
    }

    /// Facts about the ticket. Says whether one changed that a rule may look at.
    fn state(&mut self, changes: &Changes) -> bool {
        let before = self.events.len();
        if let Some(to) = changes.requester
            && to != self.ticket.requester
        {
            let organization = changes.organization.unwrap_or(self.facts.provenance.organization);
            self.record(Event::RequesterChanged { to, organization });
        }
        if let Some(to) = changes.organization
            && to != self.ticket.organization
        {
            self.record(Event::OrganizationChanged { to });
        }
        if let Some(to) = changes.severity
            && to != self.ticket.severity
        {
            self.grade(to, changes.severity_reason.as_ref());
        }
        if let Some(to) = &changes.area
            && *to != self.ticket.area
        {
            self.record(Event::AreaChanged { to: to.clone() });
        }
        if let Some(to) = changes.kind
            && to != self.ticket.kind
        {
            self.record(Event::KindChanged { to });
        }
        if let Some(tags) = &changes.tags
            && *tags != self.ticket.tags
        {
            self.record(Event::Tagged { tags: tags.clone() });
        }
        if let Some(digest) = &changes.subject_digest {
            self.record(Event::SubjectChanged { digest: digest.clone() });
        }
        let changed = self.events.len() > before;
        if let Some(ccs) = &changes.ccs
            && *ccs != self.ticket.ccs
        {
            self.record(Event::CcsChanged { ccs: ccs.clone() });
        }
        changed
    }

    /// The severity is another one. Whoever said it was worse is told that one of us graded it down. (PR-04, D-21)
    fn grade(&mut self, to: Option<Severity>, reason: Option<&String>) {
        let from = self.ticket.severity;
        self.record(Event::SeverityChanged { from, to, reason: reason.cloned() });
        if let (Some(from), Some(to)) = (from, to)
            && to.is_milder_than(from)
            && self.actor.is_agent()
            && self.ticket.public
            && !self.ticket.internal
            && !self.ticket.status.is_done()
        {
            let reader = &self.facts.reader;
            let text = words::graded_down(reader.locale, from, to, reason.map(String::as_str));
            self.tell(Telling::GradedDown, text, self.ticket.due_at());
        }
    }

    /// Custom fields; their values lie in rows of their own.
    pub(super) fn custom_fields(&mut self, fields: &[CustomChange]) {
        for change in fields {
            self.record(Event::FieldChanged { field: change.field, digest: change.digest.clone() });
        }
    }

    /// Team and assignee. A changed area is routed anew unless a team was named or it is escalated.
    pub(super) fn place(&mut self, changes: &Changes) -> Result<(), Refusal> {
        let area_changed =
            self.events.iter().any(|(_, event)| matches!(event, Event::AreaChanged { .. }));
        if let Some(team) = changes.team {
            self.facts.team(team).ok_or(Refusal::UnknownTeam)?;
            self.move_team(team);
        } else if area_changed && self.ticket.escalation.is_none() {
            let route = self.handbook.route(self.ticket.area.as_deref());
            let team = self.facts.team_by_slug(&route.team).ok_or(Refusal::UnknownTeam)?.id;
            self.record(Event::Routed { team, route });
            self.leave_outsider();
        }
        match changes.assignee {
            Some(Some(_)) => self.assign(changes.team.is_some())?,
            Some(None) if self.ticket.assignee.is_some() => {
                self.record(Event::Assigned { to: None });
            }
            Some(None) | None => {}
        }
        Ok(())
    }

    fn move_team(&mut self, to: crate::TeamId) {
        if to != self.ticket.team {
            self.record(Event::TeamChanged { from: self.ticket.team, to });
            self.leave_outsider();
        }
    }

    /// Who is not in the new team no longer has the ticket.
    fn leave_outsider(&mut self) {
        let stays = self.facts.assignee.id == self.ticket.assignee
            && (self.facts.assignee.is_admin
                || self.facts.assignee.teams.contains(&self.ticket.team));
        if self.ticket.assignee.is_some() && !stays {
            self.record(Event::Assigned { to: None });
        }
    }

    /// The assignee is in the team, or is an admin, or takes the ticket along to their own team.
    fn assign(&mut self, team_named: bool) -> Result<(), Refusal> {
        let candidate = &self.facts.assignee;
        if !candidate.is_admin && !candidate.teams.contains(&self.ticket.team) {
            match candidate.default_team {
                Some(team) if !team_named => self.move_team(team),
                _ => return Err(Refusal::AssigneeNotInTeam),
            }
        }
        if self.ticket.assignee != candidate.id {
            self.record(Event::Assigned { to: candidate.id });
        }
        if self.ticket.status == Status::New {
            self.move_to(Status::Open);
        }
        Ok(())
    }
}
