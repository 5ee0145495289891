//! Taking events in: what each of them makes of a ticket.

use jiff::Timestamp;

use super::{Answered, Aside, Bounced, Escalation, Merged, Override, TakenIn, Ticket};
use crate::{
    Cause, Clock, ClockKind, ClockState, CommentId, Event, Level, Status, SurveyAnswer, Telling,
    TicketId, Timer, TimerKind, UserId,
};

impl Ticket {
    /// Takes one more event in. Needs nothing but the event: every value in it is already resolved.
    pub fn fold(&mut self, at: Timestamp, event: &Event) {
        self.seq += 1;
        self.updated_at = self.updated_at.max(at);
        let (status, assignee) = (self.status, self.assignee);
        self.take_in(at, event);
        // What was taken back is as it was, also since when.
        if matches!(event, Event::Undone { .. } | Event::ReplyTakenBack { before: Some(_), .. }) {
            return;
        }
        if self.status != status {
            self.status_since = Some(at);
        }
        if self.assignee != assignee {
            self.assigned_at = self.assignee.map(|_| at);
        }
    }

    fn take_in(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::Opened(_) => {}
            Event::PriorityDecided { decision, facts, .. } => {
                self.fold_level(at, decision.value);
                self.because.clone_from(&decision.because);
                self.facts.clone_from(facts);
            }
            Event::FactsChanged { facts, .. } => self.facts.clone_from(facts),
            Event::PriorityOverridden { level, reason, until } => {
                self.fold_level(at, *level);
                self.fold_override(*level, reason, *until);
            }
            Event::OverrideEnded => {
                self.level_override = None;
                self.timers.retain(|timer| timer.kind != TimerKind::EndOverride);
            }
            Event::Routed { team, .. } | Event::TeamChanged { to: team, .. } => self.team = *team,
            Event::Commented { comment, public, answer, ask, .. } => {
                self.fold_comment(at, *comment, *public, *answer, *ask);
            }
            Event::AnswerBounced { comment } => self.fold_bounce(*comment),
            Event::AnswerDelivered { comment } => self.fold_delivered(at, *comment),
            Event::ReplyTakenBack { comment, before: None } => {
                self.fold_bounce(*comment);
                self.bounced = None;
            }
            Event::ReplyTakenBack { before: Some(before), .. } => self.fold_before(before),
            Event::ClockResumed { .. }
            | Event::ClockStarted { .. }
            | Event::ClockMoved { .. }
            | Event::ClockStopped { .. }
            | Event::TimersSet { .. }
            | Event::Warned { .. }
            | Event::Breached { .. }
            | Event::Reminded => self.fold_time(at, event),
            Event::StatusChanged { to, cause, hold_until, timers, .. } => {
                self.fold_status(at, *to, *cause, *hold_until);
                self.add_timers(timers);
            }
            Event::Acknowledged { promise }
            | Event::PromiseImproved { promise }
            | Event::Told { about: Telling::Escalated | Telling::Withdrawn, promise } => {
                self.promise = Some(promise.clone());
            }
            Event::Escalated { .. } | Event::EscalatedPromiseKept | Event::Deescalated { .. } => {
                self.fold_escalation(event);
            }
            Event::IssueLinked { url } => self.issues.push(url.clone()),
            Event::SurveyIssued { .. }
            | Event::SurveySuppressed { .. }
            | Event::SurveyAnswered { .. } => self.fold_survey(at, event),
            Event::Undone { before, .. } => self.fold_before(before),
            Event::Deleted => {
                self.deleted_at = Some(at);
                self.timers.clear();
            }
            Event::Assigned { .. }
            | Event::Tagged { .. }
            | Event::CcsChanged { .. }
            | Event::SeverityChanged { .. }
            | Event::AreaChanged { .. }
            | Event::KindChanged { .. }
            | Event::RequesterChanged { .. }
            | Event::OrganizationChanged { .. } => self.fold_description(event),
            Event::MarkedSpam
            | Event::UnmarkedSpam
            | Event::MergedInto { .. }
            | Event::Unmerged
            | Event::TookIn { .. }
            | Event::LetGo { .. } => self.fold_aside(event),
            Event::FieldChanged { .. }
            | Event::SubjectChanged { .. }
            | Event::SplitOff { .. }
            | Event::Told { about: Telling::GradedDown, .. }
            | Event::PromiseWithdrawn { .. }
            | Event::Applied(_)
            | Event::Reapplied => {}
        }
    }

    /// What is measured, and what happens by itself.
    fn fold_time(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::ClockResumed { place, timers } => self.fold_resumed(*place, timers),
            Event::ClockStarted { clock, .. } => self.fold_clock(clock),
            Event::ClockMoved { due_at, target, reason, timers, .. } => {
                if let Some(clock) = self.current_mut() {
                    clock.due_at = *due_at;
                    clock.target.clone_from(target);
                    clock.reason.clone_from(reason);
                }
                self.timers.retain(|timer| !timer.kind.is_of_clock());
                self.add_timers(timers);
            }
            Event::ClockStopped { state, reason } => self.fold_clock_end(at, *state, reason),
            Event::TimersSet { timers } => {
                self.timers.retain(|timer| !timer.kind.is_of_wait());
                self.add_timers(timers);
            }
            Event::Warned { threshold, .. } => {
                if let Some(clock) = self.clocks.last_mut() {
                    clock.warned.push(threshold.clone());
                }
                self.timers.retain(|timer| timer.kind != TimerKind::Warn(threshold.clone()));
            }
            Event::Breached { .. } => {
                self.timers.retain(|timer| timer.kind != TimerKind::Breach);
                if let Some(clock) = self.current_mut() {
                    clock.state = ClockState::Missed;
                }
            }
            Event::Reminded => self.timers.retain(|timer| timer.kind != TimerKind::Remind),
            _ => {}
        }
    }

    /// Handed to another team, and back.
    fn fold_escalation(&mut self, event: &Event) {
        match event {
            Event::Escalated { team, from, since, owed, .. } => {
                // One whose promise was kept is over; this one counts for itself.
                let before = self.escalation.take().filter(|before| before.at == *since);
                let replied = before.as_ref().is_some_and(|before| before.replied);
                let levels =
                    before.map_or_else(|| vec![(*since, self.priority)], |before| before.levels);
                let (team, from, at, owed) = (*team, *from, *since, *owed);
                self.escalation = Some(Escalation { team, from, at, owed, replied, levels });
                self.lines = Some((self.lines.map_or(from, |(first, _)| first), team));
                self.team = team;
                self.assignee = None;
            }
            Event::EscalatedPromiseKept => {
                if let Some(escalation) = &mut self.escalation {
                    escalation.owed = false;
                }
            }
            Event::Deescalated { to } => {
                self.escalation = None;
                self.team = *to;
                self.assignee = None;
            }
            _ => {}
        }
    }

    /// What it is about and whose it is.
    fn fold_description(&mut self, event: &Event) {
        match event {
            Event::Assigned { to } => self.assignee = *to,
            Event::Tagged { tags } => self.tags.clone_from(tags),
            Event::CcsChanged { ccs } => self.ccs.clone_from(ccs),
            Event::SeverityChanged { to, .. } => self.severity = *to,
            Event::AreaChanged { to } => self.area.clone_from(to),
            Event::KindChanged { to } => self.kind = *to,
            Event::RequesterChanged { to, organization } => {
                self.requester = *to;
                self.organization = *organization;
            }
            Event::OrganizationChanged { to } => self.organization = *to,
            _ => {}
        }
    }

    /// Set aside, or back again.
    fn fold_aside(&mut self, event: &Event) {
        match event {
            Event::MarkedSpam => {
                self.spam = Some(self.aside());
                self.forget_survey();
            }
            Event::UnmarkedSpam => {
                if let Some(before) = self.spam.take() {
                    self.asked_at = before.asked_at;
                }
            }
            Event::MergedInto { into } => {
                self.merged = Some(Merged { into: *into, before: self.aside() });
                self.forget_survey();
            }
            Event::Unmerged => {
                if let Some(merged) = self.merged.take() {
                    self.asked_at = merged.before.asked_at;
                }
            }
            Event::TookIn { ticket, asked_at, ccs, brings_clock, surveyed, .. } => {
                self.fold_taken_in(*ticket, *asked_at, ccs, *brings_clock, *surveyed);
            }
            Event::LetGo { ticket } => self.fold_let_go(*ticket),
            _ => {}
        }
    }

    /// Another level; what an escalation still owes follows it. (ESC-08)
    fn fold_level(&mut self, at: Timestamp, level: Level) {
        if let Some(escalation) = self.escalation.as_mut().filter(|escalation| escalation.owed) {
            if level > self.priority {
                escalation.levels.push((at, level));
            } else if level < self.priority {
                escalation.levels = vec![(escalation.at, level)];
            }
        }
        self.priority = level;
    }

    fn fold_override(&mut self, level: Level, reason: &str, until: Option<Timestamp>) {
        self.because.clear();
        self.level_override = Some(Override { level, reason: reason.to_owned(), until });
        self.timers.retain(|timer| timer.kind != TimerKind::EndOverride);
        let ends = until.map(|at| Timer { at, kind: TimerKind::EndOverride });
        self.add_timers(ends.as_slice());
    }

    fn fold_comment(
        &mut self,
        at: Timestamp,
        comment: CommentId,
        public: bool,
        answer: bool,
        ask: bool,
    ) {
        self.public |= public;
        if ask || answer {
            self.bounced = None;
        }
        if ask {
            // What is set aside as spam waits for nothing, unless it turns out to be a request.
            let asked_at = self.spam.as_mut().map_or(&mut self.asked_at, |spam| &mut spam.asked_at);
            asked_at.get_or_insert(at);
            for taken in &mut self.taken_in {
                taken.asked_since.get_or_insert(at);
            }
        }
        if answer {
            if let Some(escalation) = &mut self.escalation {
                escalation.replied = true;
            }
            self.replied_at.get_or_insert(at);
            let owed = self.asked_at.is_some() || self.current_clock().is_some();
            match &mut self.answered {
                Some(answered) if !owed => answered.further.push(comment),
                _ => {
                    let asked_at = self.asked_at.take();
                    self.answered = Some(Answered { comment, at, further: Vec::new(), asked_at });
                }
            }
        }
    }

    /// An answer that never arrived is no answer, unless another one to the same question did.
    fn fold_bounce(&mut self, comment: CommentId) {
        let Some(answered) = &mut self.answered else { return };
        if let Some(place) = answered.further.iter().position(|further| *further == comment) {
            answered.further.remove(place);
        } else if answered.comment == comment && !answered.further.is_empty() {
            answered.comment = answered.further.remove(0);
        }
        let Some(answered) = self.answered.take_if(|answered| answered.comment == comment) else {
            return;
        };
        if self.status == Status::Closed {
            return;
        }
        // Who wrote again meanwhile waits for more than that answer.
        let at = answered.at;
        self.bounced = self.asked_at.is_none().then_some(Bounced { comment, at });
        self.asked_at = self.asked_at.or(answered.asked_at);
        if self.replied_at == Some(answered.at) {
            self.replied_at = None;
        }
    }

    /// It arrived after all, now.
    fn fold_delivered(&mut self, at: Timestamp, comment: CommentId) {
        self.bounced = None;
        self.replied_at.get_or_insert(at);
        let asked_at = self.asked_at.take();
        self.answered = Some(Answered { comment, at, further: Vec::new(), asked_at });
    }

    /// As if the reply had never been written, or the change never been made, but for the number of events.
    fn fold_before(&mut self, before: &Ticket) {
        let (seq, updated_at) = (self.seq, self.updated_at);
        *self = Ticket { seq, updated_at, ..before.clone() };
    }

    fn current_mut(&mut self) -> Option<&mut Clock> {
        self.clocks.iter_mut().rfind(|clock| clock.is_current())
    }

    /// A promise that was thought kept, or in vain, is to be kept after all; then the escalated one waits. (ESC-03)
    fn fold_resumed(&mut self, place: Option<usize>, timers: &[Timer]) {
        self.timers.retain(|timer| !timer.kind.is_of_clock() && !timer.kind.is_of_wait());
        let place = place.or(self.clocks.len().checked_sub(1));
        let Some(clock) = place.and_then(|place| self.clocks.get_mut(place)) else { return };
        clock.stopped_at = None;
        if clock.state != ClockState::Missed {
            clock.state = ClockState::Running;
        }
        if clock.kind == ClockKind::First
            && let Some(escalation) = &mut self.escalation
        {
            escalation.owed = true;
        }
        self.add_timers(timers);
    }

    /// How it stands, to be remembered while it is set aside.
    fn aside(&self) -> Aside {
        Aside {
            status: self.status,
            cause: self.cause,
            solved_at: self.solved_at,
            asked_at: self.asked_at,
            hold_until: self.hold_until,
            clock: self.current_clock().is_some(),
        }
    }

    fn fold_taken_in(
        &mut self,
        ticket: TicketId,
        asked_at: Option<Timestamp>,
        ccs: &[UserId],
        brings_clock: bool,
        surveyed: bool,
    ) {
        let before = Some(self.aside());
        self.taken_in.push(TakenIn {
            ticket,
            ccs: ccs.to_vec(),
            asked_at,
            asked_before: self.asked_at,
            asked_since: None,
            clock: brings_clock.then_some(self.clocks.len()),
            before,
            surveyed,
        });
        self.ccs.extend(ccs);
        self.asked_at = self.asked_at.into_iter().chain(asked_at).min();
    }

    fn fold_let_go(&mut self, ticket: TicketId) {
        let Some(place) = self.taken_in.iter().position(|taken| taken.ticket == ticket) else {
            return;
        };
        let taken = self.taken_in.remove(place);
        self.ccs.retain(|cc| !taken.ccs.contains(cc));
        if self.asked_at.is_some() && self.asked_at == taken.asked_at {
            self.asked_at = taken.asked_before.or(taken.asked_since);
        }
    }

    /// While an answer is owed, the customer is neither reminded nor left alone. (SLA-10, ST-01)
    fn fold_clock(&mut self, started: &crate::events::Started) {
        self.timers.retain(|timer| !timer.kind.is_of_clock() && !timer.kind.is_of_wait());
        self.clocks.push(Clock {
            kind: started.kind,
            state: ClockState::Running,
            started_at: started.started_at,
            due_at: started.due_at,
            stopped_at: None,
            target: started.target.clone(),
            reason: started.reason.clone(),
            team: started.team,
            warned: Vec::new(),
        });
        self.add_timers(&started.timers);
    }

    fn fold_clock_end(&mut self, at: Timestamp, state: ClockState, reason: &str) {
        self.timers.retain(|timer| !timer.kind.is_of_clock());
        let escalation = self.escalation.as_mut();
        if let Some(clock) = self.clocks.iter_mut().rfind(|clock| clock.is_current()) {
            if clock.kind == ClockKind::Escalated
                && let Some(escalation) = escalation
            {
                escalation.owed = false;
            }
            clock.state = state;
            clock.stopped_at = Some(at);
            reason.clone_into(&mut clock.reason);
        }
    }

    fn fold_status(
        &mut self,
        at: Timestamp,
        to: Status,
        cause: Option<Cause>,
        hold_until: Option<Timestamp>,
    ) {
        // Closing by age goes on with the stretch that solving began. (D-08)
        self.timers.retain(|timer| match timer.kind {
            TimerKind::Survey => to.is_done(),
            _ => !timer.kind.is_of_status() && to != Status::Closed,
        });
        if let Some(since) = self.held_at.take() {
            self.held_seconds += at.duration_since(since).as_secs().max(0);
        }
        self.hold_until = hold_until;
        if to == Status::Hold {
            self.held_at = Some(at);
        }
        if to.is_done() {
            self.solved_at.get_or_insert(at);
            self.solved_by.get_or_insert(self.team);
            self.asked_at = None;
            if let Some(escalation) = &mut self.escalation {
                escalation.owed = false;
            }
        } else {
            self.solved_at = None;
            self.solved_by = None;
        }
        self.cause = if to == Status::Closed {
            cause.or(self.cause)
        } else {
            cause.filter(|_| to == Status::Solved)
        };
        self.status = to;
    }

    /// Asked, not asked, or answered: either way nobody is asked by itself any more.
    fn fold_survey(&mut self, at: Timestamp, event: &Event) {
        self.forget_survey();
        match event {
            Event::SurveyIssued { .. } => {
                self.survey.get_or_insert_default().asked_at = Some(at);
            }
            Event::SurveyAnswered { rating, until, .. } => {
                let survey = self.survey.get_or_insert_default();
                let (first_at, until) =
                    survey.answer.map_or((at, *until), |before| (before.first_at, before.until));
                survey.answer = Some(SurveyAnswer { rating: *rating, first_at, at, until });
            }
            _ => {}
        }
    }

    fn forget_survey(&mut self) {
        self.timers.retain(|timer| timer.kind != TimerKind::Survey);
    }

    fn add_timers(&mut self, timers: &[Timer]) {
        for timer in timers {
            self.timers.retain(|old| old.kind != timer.kind);
            self.timers.push(timer.clone());
        }
        self.timers.sort();
    }
}
