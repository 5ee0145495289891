//! Triggers and automations: a condition, and what happens where it holds. A trigger looks at each change of a ticket,
//! an automation at tickets as time passes.
//!
//! Deciding is pure: [`Rule`] and ticket in, an ordinary decision out ([`decide_actions`]). What the rules of the desk
//! refuse is left out and said, never thrown. An automation is asked again only at instants at which its condition can
//! become true ([`next_instant`]), and one that nothing would ever stop is not kept ([`ends_itself`]).

use handbook::Handbook;
use jiff::{SignedDuration, Timestamp};

use crate::actions::{Acting, Action, Object, Used, Where, Who, stage};
use crate::conditions::{Asker, Condition, CustomField, Named, Op, PersonField, TimeField, When};
use crate::{
    Actor, Applied, Changes, Command, CustomChange, Decided, Facts, NewComment, Refusal, RuleId,
    Ticket, UserId, decide,
};

/// A trigger or an automation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Which.
    pub id: RuleId,
    /// A trigger or an automation.
    pub used: Used,
    /// What it is called; the log names it so.
    pub title: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it acts: [`crate::conditions::Query`] as text.
    pub condition: String,
    /// What it does.
    pub actions: Vec<Object>,
    /// Whether it acts.
    pub active: bool,
    /// Its place among the others: smaller ones act first.
    pub position: i64,
    /// Who wrote it last; its notes are in their name.
    pub made_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it changed.
    pub updated_at: Timestamp,
}

/// What a rule asks for on a ticket, ready to be decided.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What it does.
    pub actions: Vec<Action>,
    /// Its note, whose words are ready to be stored.
    pub note: Option<NewComment>,
    /// The custom fields it sets, with the place of the action that does.
    pub fields: Vec<(usize, CustomChange)>,
    /// Who the change at hand is by, for actions that name them.
    pub acting: Acting,
    /// What the log says of it.
    pub applied: Applied,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What follows; none if nothing does.
    pub decided: Option<Decided>,
    /// What was refused, and why.
    pub refused: Vec<String>,
}

/// Decides what a rule does to a ticket. What the desk's own rules do not allow is left out; the rest happens.
pub fn decide_actions(
    ticket: &Ticket,
    asked: &Asked,
    facts: &Facts,
    actor: &Actor,
    handbook: &Handbook,
    now: Timestamp,
) -> Outcome {
    let answer = |changes: &Changes| {
        let command = Command::Update(Box::new(changes.clone()));
        decide(Some(ticket), &command, facts, actor, handbook, now)
    };
    let (changes, refused) = settle(ticket, asked, &answer);
    let touches = changes != Changes::default()
        && answer(&changes).is_ok_and(|decided| !decided.events.is_empty());
    if !touches && refused.is_empty() && asked.applied.effects.is_empty() {
        return Outcome { decided: None, refused };
    }
    let applied = Applied { refused: refused.clone(), ..asked.applied.clone() };
    let decided = answer(&Changes { applied: Some(applied), ..changes }).ok();
    Outcome { decided, refused }
}

/// The changes that are allowed together, and why the others are not.
fn settle(
    ticket: &Ticket,
    asked: &Asked,
    answer: &impl Fn(&Changes) -> Result<Decided, Refusal>,
) -> (Changes, Vec<String>) {
    let places = 0..=asked.actions.len();
    let breaks = |place: &usize| {
        asked.actions.get(*place).is_some_and(|action| breaks_promise(ticket, action))
    };
    let mut refused: Vec<String> =
        places.clone().filter(breaks).map(|_| PROMISED.to_owned()).collect();
    let mut whole = Changes::default();
    for place in places.clone().filter(|place| !breaks(place)) {
        add(&mut whole, ticket, asked, place);
    }
    if answer(&whole).is_ok() {
        return (whole, refused);
    }
    let mut changes = Changes::default();
    for place in places.filter(|place| !breaks(place)) {
        let mut more = changes.clone();
        add(&mut more, ticket, asked, place);
        match answer(&more) {
            Ok(_) => changes = more,
            Err(why) => refused.push(why.to_string()),
        }
    }
    refused.dedup();
    (changes, refused)
}

const PROMISED: &str = "an answer is promised, which only people give; no rule solves it before";

/// Whether an action would end a promise that was made to the customer.
fn breaks_promise(ticket: &Ticket, action: &Action) -> bool {
    matches!(action, Action::Status(to) if to.is_done()) && ticket.current_clock().is_some()
}

/// Adds the action at a place; behind the last one comes the note.
fn add(changes: &mut Changes, ticket: &Ticket, asked: &Asked, place: usize) {
    let because = format!("{} {}", asked.applied.used.as_str(), asked.applied.title);
    match asked.actions.get(place) {
        Some(action) => stage(changes, action, ticket, asked.acting, &because),
        None => changes.comment.clone_from(&asked.note),
    }
    let own = asked.fields.iter().filter(|(other, _)| *other == place);
    changes.fields.extend(own.map(|(_, field)| field.clone()));
}

/// The first instant after `now` at which a condition on this ticket may become another one, because time passes and
/// nothing else.
pub fn next_instant(condition: &Condition, ticket: &Ticket, asker: &Asker) -> Option<Timestamp> {
    let mut instants = Vec::new();
    boundaries(condition, ticket, asker, &mut instants);
    instants.into_iter().filter(|at| *at > asker.now).min()
}

fn boundaries(
    condition: &Condition,
    ticket: &Ticket,
    asker: &Asker,
    instants: &mut Vec<Timestamp>,
) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            for part in parts {
                boundaries(part, ticket, asker, instants);
            }
        }
        Condition::Not(part) => boundaries(part, ticket, asker, instants),
        Condition::Time(field, _, when) => {
            let Some(at) = instant(*field, ticket) else { return };
            // A comparison turns around at its instant or just behind it.
            let edge = match when {
                When::Ago(count, unit) => unit.later(at, *count, &asker.zone),
                When::In(count, unit) => unit.later(at, count.saturating_neg(), &asker.zone),
                When::Never | When::At(_) | When::Day(_) => return,
            };
            let behind = |micros| edge.checked_add(SignedDuration::from_micros(micros)).ok();
            instants.extend([Some(edge), behind(1)].into_iter().flatten());
        }
        _ => {}
    }
}

/// An instant of a ticket that time is counted from.
pub(crate) fn instant(field: TimeField, ticket: &Ticket) -> Option<Timestamp> {
    match field {
        TimeField::Created => Some(ticket.created_at),
        TimeField::Updated => Some(ticket.updated_at),
        TimeField::Solved => ticket.solved_at,
        TimeField::Due => ticket.due_at(),
        TimeField::InStatus => Some(ticket.status_since.unwrap_or(ticket.created_at)),
        TimeField::Assigned => ticket.assigned_at,
    }
}

/// Whether an automation ends by itself: what it does makes its condition false, or its condition holds only for a
/// while. Anything else would do the same again and again.
pub fn ends_itself(condition: &Condition, actions: &[Action]) -> bool {
    let parts = condition.parts();
    parts.iter().any(|part| actions.iter().any(|action| undoes(action, part))) || is_passing(parts)
}

/// Whether parts that hold together hold only between two instants that are counted from the same one.
fn is_passing(parts: &[Condition]) -> bool {
    let flat: Vec<&Condition> =
        parts.iter().flat_map(super::conditions::Condition::parts).collect();
    let has = |wanted: TimeField, older: bool| {
        flat.iter().any(|part| match part {
            Condition::Time(field, op, When::Ago(..)) if *field == wanted => match op {
                Op::Less | Op::LessOrIs => older,
                Op::Greater | Op::GreaterOrIs => !older,
                Op::Is => false,
            },
            _ => false,
        })
    };
    let fields = [TimeField::Created, TimeField::Solved, TimeField::InStatus, TimeField::Assigned];
    fields.into_iter().any(|field| has(field, true) && has(field, false))
}

/// Whether an action makes a part of a condition false that must hold.
fn undoes(action: &Action, part: &Condition) -> bool {
    let (inner, negated) = match part {
        Condition::Not(inner) => (&**inner, true),
        other => (other, false),
    };
    let inner = match inner {
        Condition::Any(parts) if parts.len() == 1 => &parts[0],
        other => other,
    };
    // What the part says of a ticket on which the action was taken; none if it says nothing of what the action sets.
    let after = match (action, inner) {
        (Action::Status(to), Condition::Status(op, status)) => Some(op.holds(to, status)),
        (Action::Priority(to), Condition::Priority(op, level)) => Some(op.holds(to, level)),
        (Action::Severity(to), Condition::Severity(severity)) => Some(to == severity),
        (Action::Area(to), Condition::Area(area)) => Some(to == area),
        (Action::Kind(to), Condition::Kind(kind)) => Some(to == kind),
        (Action::Team(Where::Id(to)), Condition::Team(Named::Id(team))) => Some(to.0 == *team),
        (Action::Assignee(to), Condition::Person(PersonField::Assignee, who)) => match (to, who) {
            (Who::Nobody, Named::None) => Some(true),
            (Who::Nobody, Named::Id(_)) | (Who::Id(_), Named::None) => Some(false),
            (Who::Id(to), Named::Id(id)) => Some(to.0 == *id),
            _ => None,
        },
        (Action::AddTags(tags), Condition::Tag(Some(tag))) if tags.contains(tag) => Some(true),
        (Action::AddTags(_), Condition::Tag(None)) => Some(false),
        (Action::RemoveTags(tags), Condition::Tag(Some(tag))) if tags.contains(tag) => Some(false),
        (Action::SetTags(tags), Condition::Tag(Some(tag))) => Some(tags.contains(tag)),
        (Action::SetTags(tags), Condition::Tag(None)) => Some(tags.is_empty()),
        (Action::AddTags(added), Condition::Any(parts)) => parts
            .iter()
            .any(|part| matches!(part, Condition::Tag(Some(tag)) if added.contains(tag)))
            .then_some(true),
        (Action::Field(id, to), Condition::Custom(CustomField::Id(field), value))
            if id == field =>
        {
            Some(to == value)
        }
        _ => None,
    };
    after == Some(negated)
}
