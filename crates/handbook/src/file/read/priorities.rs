//! `[[priority]]`.

use crate::{
    Level, Priority, Rule, Target,
    file::sections::{Located, Section},
    rules::Compiled,
};

/// The priorities from the most urgent down.
pub(super) fn priorities(root: &Section<'_, '_>, next: f64) -> Vec<Priority> {
    let sections = root.sections("priority");
    if sections.is_empty() {
        root.refuse_all("there is no priority: write at least one [[priority]]");
    }
    let mut priorities: Vec<Priority> = Vec::new();
    for (index, section) in sections.iter().enumerate() {
        let (level, priority) = priority(section, next);
        section.close();
        let last = index + 1 == sections.len();
        if last && !priority.rules.is_empty() {
            section.refuse(
                "any",
                section.line_of_key("any"),
                "the last priority takes the rest and must have no rules",
            );
        }
        if !last && section.sections("any").is_empty() {
            section.refuse_all("priority.any: must have a rule: only the last priority has none");
        }
        let Some(level) = level else { continue };
        in_place(section, &level, &priorities);
        priorities.push(priority);
    }
    priorities
}

/// Each level once, each lower than the one before: otherwise one more true condition could lower a ticket.
fn in_place(section: &Section<'_, '_>, level: &Located<Level>, before: &[Priority]) {
    if before.iter().any(|known| known.level == level.value) {
        section.refuse("name", level.line, format_args!("\"{}\" is there twice", level.value));
    } else if let Some(lower) = before.iter().find(|known| known.level < level.value) {
        let reason = format!("\"{}\" must come before \"{}\"", level.value, lower.level);
        section.refuse("name", level.line, reason);
    }
}

fn priority(section: &Section<'_, '_>, next: f64) -> (Option<Located<Level>>, Priority) {
    let name = section.required("name");
    let known = |name: &str| name.parse::<Level>().map_err(|unknown| unknown.to_string());
    let level = name.and_then(|name| section.understood("name", &name, known));
    let first_reply = section.parsed("first_reply", Target::parse);
    if let Some(target) = &first_reply
        && next > 0.0
        && let Err(reason) = target.value.times(next)
    {
        section.refuse("first_reply", target.line, format_args!("{reason} (replies.next)"));
    }
    let priority = Priority {
        level: level.as_ref().map_or(Level::Low, |level| level.value),
        first_reply: first_reply.map(|target| target.value),
        escalated: section.parsed("escalated", Target::parse).map(|target| target.value),
        rules: section.sections("any").iter().filter_map(rule).collect(),
    };
    (level, priority)
}

/// A condition with its reason.
pub(super) fn rule(section: &Section<'_, '_>) -> Option<Rule> {
    let because = section.required("because");
    let when = section.required("when");
    section.close();
    let when = when?;
    let compiled = section.understood("when", &when, Compiled::new)?.value;
    Some(Rule { when: when.value, because: because?.value, compiled })
}
