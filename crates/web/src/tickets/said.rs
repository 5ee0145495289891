//! What happened, in a sentence. A rule or a person is named beside it.

use desk::pages::Mentioned;
use domain::{ClockKind, ClockState, Envelope, Event, Level, Status, TimerKind};
use jiff::Timestamp;

use super::names::Names;
use crate::components::badge;
use crate::times;
use crate::words::{Text, Words};

/// The sentence for an event; none for what is shown in another way.
pub(crate) fn sentence(names: &Names<'_>, envelope: &Envelope) -> Option<String> {
    let words = names.reader.words;
    Some(match &envelope.event {
        Event::Opened(_) | Event::Commented { .. } => return None,
        Event::PriorityDecided { decision, .. } => {
            let level = level(words, decision.value);
            if decision.because.is_empty() {
                words.fill(Text::SaidPriority, &[("level", &level)])
            } else {
                let because = decision.because.join("; ");
                words.fill(Text::SaidPriorityBecause, &[("level", &level), ("because", &because)])
            }
        }
        Event::FactsChanged { .. } => words.say(Text::SaidFacts).to_owned(),
        Event::PriorityOverridden { level: to, reason, until } => {
            overridden(names, *to, reason, *until)
        }
        Event::OverrideEnded => words.say(Text::SaidOverrideEnded).to_owned(),
        Event::Routed { team, route } => words
            .fill(Text::SaidRouted, &[("team", &names.team(*team)), ("because", &route.because)]),
        Event::ClockStarted { .. }
        | Event::ClockMoved { .. }
        | Event::ClockStopped { .. }
        | Event::ClockResumed { .. }
        | Event::TimersSet { .. }
        | Event::Warned { .. }
        | Event::Breached { .. } => of_clock(names, envelope)?,
        Event::ReplyTakenBack { .. } => words.say(Text::SaidTakenBack).to_owned(),
        Event::AnswerBounced { .. } => words.say(Text::SaidBounced).to_owned(),
        Event::AnswerDelivered { .. } => words.say(Text::SaidDelivered).to_owned(),
        Event::MarkedSpam
        | Event::UnmarkedSpam
        | Event::Undone { .. }
        | Event::MergedInto { .. }
        | Event::Unmerged
        | Event::TookIn { .. }
        | Event::LetGo { .. }
        | Event::SplitOff { .. }
        | Event::IssueLinked { .. } => set_aside(words, &envelope.event)?,
        Event::StatusChanged { from, to, cause, hold_until, .. } => {
            status_changed(names, *from, *to, *cause, *hold_until)
        }
        Event::Assigned { .. }
        | Event::TeamChanged { .. }
        | Event::Escalated { .. }
        | Event::EscalatedPromiseKept
        | Event::Deescalated { .. } => of_place(names, &envelope.event)?,
        Event::Reminded => words.say(Text::SaidReminded).to_owned(),
        Event::PromiseWithdrawn { reason } => {
            words.fill(Text::SaidWithdrawn, &[("reason", reason)])
        }
        Event::Acknowledged { promise }
        | Event::PromiseImproved { promise }
        | Event::Told { promise, .. } => words.fill(Text::SaidTold, &[("text", &promise.text)]),
        Event::SurveyIssued { .. }
        | Event::SurveySuppressed { .. }
        | Event::SurveyAnswered { .. } => super::rated::sentence(words, &envelope.event)?,
        Event::Applied(applied) => applied_rule(names, applied),
        Event::Reapplied => words.say(Text::SaidReapplied).to_owned(),
        Event::Deleted => words.say(Text::SaidDeleted).to_owned(),
        other => of_facts(names, other, envelope.seq)?,
    })
}

/// The macro that was used, or what a trigger or an automation did beside its changes.
fn applied_rule(names: &Names<'_>, applied: &domain::Applied) -> String {
    let words = names.reader.words;
    let text = match applied.used {
        domain::actions::Used::Macro => Text::SaidMacro,
        _ => Text::SaidRule,
    };
    let mut parts = vec![words.fill(text, &[("title", &applied.title)])];
    parts.extend(effects(names, applied));
    parts.join(" · ")
}

/// Who is told, and what was refused.
pub(crate) fn effects(names: &Names<'_>, applied: &domain::Applied) -> Vec<String> {
    let words = names.reader.words;
    let mut parts = Vec::new();
    for effect in &applied.effects {
        let who = match effect {
            domain::Effect::Person(id) => names.person(*id).to_owned(),
            domain::Effect::Team(id) => names.team(*id).to_owned(),
            domain::Effect::Webhook(id) => names.webhook(*id),
        };
        parts.push(words.fill(Text::SaidRuleTold, &[("who", &who)]));
    }
    let refused = |what: &String| words.fill(Text::SaidRuleRefused, &[("what", what)]);
    parts.extend(applied.refused.iter().map(refused));
    parts
}

/// The sentence for an event that is not in a log.
pub(crate) fn sentence_of(names: &Names<'_>, event: &Event) -> Option<String> {
    let envelope = Envelope {
        id: domain::EventId(0),
        ticket: domain::TicketId(0),
        seq: 0,
        audit: domain::AuditId(0),
        at: names.reader.now,
        actor_kind: "rule".to_owned(),
        actor_id: String::new(),
        via: domain::Channel::System,
        policy: String::new(),
        event: event.clone(),
    };
    sentence(names, &envelope)
}

fn overridden(names: &Names<'_>, to: Level, reason: &str, until: Option<Timestamp>) -> String {
    let words = names.reader.words;
    let level = level(words, to);
    match until {
        Some(until) => {
            let until = times::soon(words, until, &names.reader.zone, names.reader.now);
            words.fill(
                Text::SaidPriorityUntil,
                &[("level", &level), ("until", &until), ("because", &reason)],
            )
        }
        None => words.fill(Text::SaidPriorityBecause, &[("level", &level), ("because", &reason)]),
    }
}

/// Spam, merges, splits, and links to issues.
fn set_aside(words: Words, event: &Event) -> Option<String> {
    Some(match event {
        Event::MarkedSpam => words.say(Text::SaidSpam).to_owned(),
        Event::UnmarkedSpam => words.say(Text::SaidNotSpam).to_owned(),
        Event::Undone { .. } => words.say(Text::SaidUndone).to_owned(),
        Event::MergedInto { into } => words.fill(Text::SaidMergedInto, &[("id", into)]),
        Event::Unmerged => words.say(Text::SaidUnmerged).to_owned(),
        Event::TookIn { ticket, .. } => words.fill(Text::SaidTookIn, &[("id", ticket)]),
        Event::LetGo { ticket } => words.fill(Text::SaidLetGo, &[("id", ticket)]),
        Event::SplitOff { ticket, .. } => words.fill(Text::SaidSplitOff, &[("id", ticket)]),
        Event::IssueLinked { url } => words.fill(Text::SaidIssue, &[("url", url)]),
        _ => return None,
    })
}

fn of_clock(names: &Names<'_>, envelope: &Envelope) -> Option<String> {
    let words = names.reader.words;
    let when = |at: Timestamp| times::promise(words, at, &names.reader.zone, names.reader.now);
    Some(match &envelope.event {
        Event::ClockStarted { clock } => {
            let text = match clock.kind {
                ClockKind::First => Text::FirstReplyDue,
                ClockKind::Next => Text::NextReplyDue,
                ClockKind::Escalated => Text::EscalatedDue,
            };
            words.fill(text, &[("when", &when(clock.due_at))])
        }
        Event::ClockMoved { due_at, .. } => {
            words.fill(Text::SaidSooner, &[("when", &when(*due_at))])
        }
        Event::ClockStopped { state, .. } => words
            .say(match state {
                ClockState::Met => Text::SaidKept,
                ClockState::Missed => Text::SaidLate,
                ClockState::Cancelled => Text::SaidCancelled,
                ClockState::Running => return None,
            })
            .to_owned(),
        Event::ClockResumed { .. } => words.say(Text::SaidResumed).to_owned(),
        Event::TimersSet { timers } => {
            let solves = timers.iter().find(|timer| timer.kind == TimerKind::Solve)?;
            words.fill(Text::SaidSolvesItself, &[("when", &when(solves.at))])
        }
        Event::Warned { threshold, .. } => {
            words.fill(Text::SaidWarned, &[("threshold", threshold)])
        }
        Event::Breached { due_at, .. } => {
            words.fill(Text::SaidBreached, &[("when", &when(*due_at))])
        }
        _ => return None,
    })
}

fn status_changed(
    names: &Names<'_>,
    from: Status,
    to: Status,
    cause: Option<domain::Cause>,
    hold_until: Option<Timestamp>,
) -> String {
    let words = names.reader.words;
    let (was, is) = (words.say(badge::status_text(from)), words.say(badge::status_text(to)));
    if let Some(cause) = cause {
        let cause = words.say(cause_text(cause));
        return words
            .fill(Text::SaidStatusCause, &[("from", &was), ("to", &is), ("cause", &cause)]);
    }
    if let Some(until) = hold_until {
        let until = times::soon(words, until, &names.reader.zone, names.reader.now);
        return words.fill(Text::SaidHold, &[("from", &was), ("to", &is), ("until", &until)]);
    }
    words.fill(Text::SaidStatus, &[("from", &was), ("to", &is)])
}

fn of_place(names: &Names<'_>, event: &Event) -> Option<String> {
    let words = names.reader.words;
    Some(match event {
        Event::Assigned { to: Some(to) } => {
            words.fill(Text::SaidAssigned, &[("name", &names.person(*to))])
        }
        Event::Assigned { to: None } => words.say(Text::SaidUnassigned).to_owned(),
        Event::TeamChanged { to, .. } => words.fill(Text::SaidMoved, &[("team", &names.team(*to))]),
        Event::Escalated { team, .. } => {
            words.fill(Text::SaidEscalated, &[("team", &names.team(*team))])
        }
        Event::EscalatedPromiseKept => words.say(Text::SaidEscalationKept).to_owned(),
        Event::Deescalated { to } => {
            words.fill(Text::SaidHandedBack, &[("team", &names.team(*to))])
        }
        _ => return None,
    })
}

fn of_facts(names: &Names<'_>, event: &Event, seq: i64) -> Option<String> {
    let words = names.reader.words;
    let nothing = words.say(Text::Nothing);
    Some(match event {
        Event::Tagged { tags } if tags.is_empty() => words.say(Text::SaidNoTags).to_owned(),
        Event::Tagged { tags } => words.fill(Text::SaidTags, &[("tags", &tags.join(", "))]),
        Event::CcsChanged { ccs } => {
            let list: Vec<&str> = ccs.iter().map(|id| names.person(*id)).collect();
            let list = if list.is_empty() { nothing.to_owned() } else { list.join(", ") };
            words.fill(Text::SaidCopies, &[("names", &list)])
        }
        Event::SeverityChanged { to, reason, .. } => {
            let to = to.map_or(nothing, domain::Severity::as_str);
            match reason {
                Some(reason) => words.fill(Text::SaidGraded, &[("to", &to), ("reason", reason)]),
                None => words.fill(Text::SaidSeverity, &[("to", &to)]),
            }
        }
        Event::AreaChanged { to } => {
            let of = |area: Option<&str>| area.map_or(nothing, |slug| names.area(slug)).to_owned();
            let from = names.before(seq, |event| match event {
                Event::AreaChanged { to } => Some(of(to.as_deref())),
                Event::Opened(opened) => Some(of(opened.area.as_deref())),
                _ => None,
            });
            changed(words, (Text::SaidArea, Text::SaidAreaFrom), from, &of(to.as_deref()))
        }
        Event::KindChanged { to } => {
            let of = |kind: Option<domain::Kind>| {
                kind.map_or(nothing, |kind| words.say(super::aside::kind_text(kind))).to_owned()
            };
            let from = names.before(seq, |event| match event {
                Event::KindChanged { to } => Some(of(*to)),
                Event::Opened(opened) => Some(of(opened.kind)),
                _ => None,
            });
            changed(words, (Text::SaidKind, Text::SaidKindFrom), from, &of(*to))
        }
        Event::RequesterChanged { to, .. } => {
            let from = names.before(seq, |event| match event {
                Event::RequesterChanged { to, .. } => Some(names.person(*to).to_owned()),
                Event::Opened(opened) => Some(names.person(opened.requester).to_owned()),
                _ => None,
            });
            let text = (Text::SaidRequester, Text::SaidRequesterFrom);
            changed(words, text, from, names.person(*to))
        }
        Event::OrganizationChanged { to } => match to {
            None => words.say(Text::SaidNoOrganization).to_owned(),
            Some(id) => match names.organization(*id) {
                Some(name) => words.fill(Text::SaidOrganizationTo, &[("to", &name)]),
                None => words.say(Text::SaidOrganization).to_owned(),
            },
        },
        // The log has no words that can be erased: what it was before is nowhere, what it is now is known.
        Event::SubjectChanged { .. } => {
            match names.latest(seq, |event| matches!(event, Event::SubjectChanged { .. })) {
                Some(known) => words.fill(Text::SaidSubjectTo, &[("to", &known.subject)]),
                None => words.say(Text::SaidSubject).to_owned(),
            }
        }
        Event::FieldChanged { field, digest } => {
            let same = |event: &Event| matches!(event, Event::FieldChanged { field: other, .. } if other == field);
            field_changed(names, *field, digest.is_none(), names.latest(seq, same))
        }
        _ => return None,
    })
}

/// What something became, and what it was before, where that is known.
fn changed(words: Words, texts: (Text, Text), from: Option<String>, to: &str) -> String {
    match from {
        Some(from) => words.fill(texts.1, &[("from", &from), ("to", &to), ("name", &to)]),
        None => words.fill(texts.0, &[("to", &to), ("name", &to)]),
    }
}

fn field_changed(
    names: &Names<'_>,
    id: domain::FieldId,
    is_emptied: bool,
    latest: Option<&Mentioned>,
) -> String {
    let words = names.reader.words;
    let Some(field) = names.field(id) else { return words.say(Text::SaidField).to_owned() };
    let value = latest.and_then(|known| {
        let (_, value) = known.values.iter().find(|(known, _)| *known == id.0)?;
        Some(crate::fields::shown(words, field, value))
    });
    match value {
        _ if is_emptied => words.fill(Text::SaidFieldEmptied, &[("field", &field.title)]),
        Some(value) => words.fill(Text::SaidFieldTo, &[("field", &field.title), ("to", &value)]),
        None => words.fill(Text::SaidFieldNamed, &[("field", &field.title)]),
    }
}

fn level(words: Words, level: Level) -> &'static str {
    words.say(badge::level_text(level))
}

/// Why a ticket was solved, in words.
pub(crate) fn cause_text(cause: domain::Cause) -> Text {
    use domain::Cause;
    match cause {
        Cause::Answered => Text::CauseAnswered,
        Cause::Confirmed => Text::CauseConfirmed,
        Cause::IssueOpened => Text::CauseIssue,
        Cause::Auto => Text::CauseAuto,
        Cause::Duplicate => Text::CauseDuplicate,
        Cause::Spam => Text::CauseSpam,
        Cause::NoReplyNeeded => Text::CauseNoReply,
        Cause::HandedToSales => Text::CauseSales,
        Cause::Unstated => Text::CauseUnstated,
    }
}
