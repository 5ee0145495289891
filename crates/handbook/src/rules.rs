//! Rules: CEL expressions over the facts, checked when the handbook is read and evaluated for each decision.
//!
//! CEL finds a wrong type only while it evaluates. A rule that fails in the middle of the night counts as false, so it
//! would cost a customer their priority in silence; [`check`] therefore walks each expression when the file is read.

mod check;
mod table;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, LazyLock},
};

use cel::{Context, Env, Program, Value};

use crate::{Fact, Facts};
use table::Member;

/// The standard functions and macros, built once: this is the slow part of a context.
static STANDARD: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// A rule that was parsed and found to be a condition.
#[derive(Clone)]
pub(crate) struct Compiled {
    program: Arc<Program>,
    mentions: Arc<[Member]>,
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.mentions.iter().map(|member| member.name)).finish()
    }
}

impl Compiled {
    /// Parses and checks an expression.
    pub(crate) fn new(when: &str) -> Result<Self, String> {
        let plain = Env::default().with_stdlib().compile(when).map_err(|errors| syntax(&errors))?;
        let mentions = check::condition(plain.expression())?;
        let program = STANDARD.compile(when).map_err(|errors| syntax(&errors))?;
        Ok(Self { program: Arc::new(program), mentions: mentions.into() })
    }
}

/// The first complaint of the parser, on one line.
fn syntax(errors: &cel::ParseErrors) -> String {
    let first = errors.errors.first();
    let message =
        first.map_or("cannot be read", |error| error.msg.lines().next().unwrap_or_default());
    format!("not a CEL expression: {message}")
}

/// The facts of one decision, ready for all of its rules.
pub(crate) struct Evaluation<'f> {
    facts: &'f Facts,
    context: Context<'static, 'static>,
}

impl<'f> Evaluation<'f> {
    /// Hands the facts that some rules look at to CEL, once for all of them.
    pub(crate) fn new<'r>(facts: &'f Facts, rules: impl Iterator<Item = &'r Compiled>) -> Self {
        let mut groups: HashMap<&str, HashMap<&str, Value>> = HashMap::new();
        for member in rules.flat_map(|rule| rule.mentions.iter()) {
            let (group, field) = member.split();
            let fields = groups.entry(group).or_default();
            fields.entry(field).or_insert_with(|| (member.of)(facts).into());
        }
        let mut context = Context::with_env(Arc::clone(&STANDARD));
        for (group, fields) in groups {
            context.add_variable_from_value(group, fields);
        }
        Self { facts, context }
    }

    /// Whether the rule is true. One that fails, like a division by zero, is not.
    pub(crate) fn holds(&self, rule: &Compiled) -> bool {
        matches!(rule.program.execute(&self.context), Ok(Value::Bool(true)))
    }

    /// What the rule looks at, in the order it is written.
    pub(crate) fn facts(&self, rule: &Compiled) -> Vec<Fact> {
        let fact = |member: &Member| Fact {
            name: member.name.to_owned(),
            value: (member.of)(self.facts).to_string(),
        };
        rule.mentions.iter().map(fact).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        let mut facts = Facts::default();
        facts.organization.plan = "startups".to_owned();
        facts.organization.mrr = 2000.0;
        facts.organization.addons = vec!["teams".to_owned(), "saml".to_owned()];
        facts.ticket.subject = "Cannot log in".to_owned();
        facts.requester.verified = true;
        facts
    }

    fn holds(when: &str) -> bool {
        let rule = Compiled::new(when).unwrap_or_else(|reason| panic!("{when}: {reason}"));
        Evaluation::new(&facts(), [&rule].into_iter()).holds(&rule)
    }

    fn refusal(when: &str) -> String {
        Compiled::new(when).map_or_else(|reason| reason, |_| panic!("{when} was accepted"))
    }

    #[test]
    fn what_is_true_of_the_facts_holds() {
        for when in [
            "organization.mrr >= 2000.0",
            "organization.mrr >= 2000",
            "organization.mrr == 2000",
            "2000 <= organization.mrr",
            "organization.mrr > -1",
            "organization.mrr * 12.0 > 23999.5",
            "organization.plan == 'startups'",
            "organization.plan in ['startups', 'yc']",
            "'teams' in organization.addons",
            "!('sso' in organization.addons)",
            "organization.plan != 'free' && requester.verified || organization.trial",
            "organization.trial ? false : true",
            "ticket.subject.startsWith('Cannot')",
            "ticket.subject.endsWith('in')",
            "ticket.subject.contains('log')",
            "ticket.subject.matches('(?i)LOG.in')",
            "size(organization.addons) == 2",
            "organization.addons.size() > 1",
            "ticket.subject.size() == 13",
            "organization.addons.exists(addon, addon.startsWith('sa'))",
            "organization.addons.all(addon, addon != 'sso' && size(addon) > 3)",
            "ticket.tags.all(tag, tag == 'vip')",
            "organization.addons.exists_one(addon, addon == organization.plan || addon == 'saml')",
            "organization.addons == ['teams', 'saml']",
            "ticket.tags == []",
            "ticket.subject + '!' == 'Cannot log in!'",
            "requester.verified == true",
        ] {
            assert!(holds(when), "{when}");
        }
    }

    #[test]
    fn what_is_not_true_of_the_facts_does_not_hold() {
        for when in [
            "organization.mrr > 2000",
            "organization.trial",
            "'vip' in ticket.tags",
            "1 / size(ticket.tags) == 1",
        ] {
            assert!(!holds(when), "{when}");
        }
    }

    #[test]
    fn a_rule_that_cannot_work_is_refused_with_its_reason() {
        for (when, reason) in [
            ("organization.pln == 'x'", "organization has no \"pln\"; did you mean \"plan\"?"),
            (
                "organisation.plan == 'x'",
                "\"organisation\" is unknown; did you mean \"organization\"?",
            ),
            ("organization", "organization is a group of facts: name one, like organization.plan"),
            ("organization.plan == 5", "== compares a string with an int"),
            ("organization.mrr == '5'", "== compares a double with a string"),
            ("organization.plan > 5", "> compares a string with an int"),
            ("organization.trial < true", "< does not order bools"),
            ("organization.plan", "the rule is a string, not a condition that is true or false"),
            (
                "organization.mrr * 2 > 5.0",
                "* takes two numbers of the same kind, not a double and an int; write 2.0",
            ),
            ("!organization.plan", "! takes a bool, not a string"),
            ("organization.trial && organization.plan", "&& takes bools, not a string"),
            ("organization.plan ? true : false", "?: takes a bool first, not a string"),
            (
                "organization.trial ? true : 'no'",
                "?: has a bool on one side and a string on the other",
            ),
            ("'teams' in organization.plan", "in looks into lists, not into a string"),
            ("5 in organization.addons", "in looks for an int in a list of strings"),
            ("organization.plan in ['a', 5]", "a list must hold one type, not a string and an int"),
            ("organization.plan.startsWith(5)", "startsWith takes a string, not an int"),
            ("organization.mrr.startsWith('5')", "startsWith belongs to strings, not to a double"),
            ("ticket.subject.matches('(')", "matches needs a valid pattern: \"(\" is not one"),
            ("ticket.subject.matches(ticket.area)", "matches takes a pattern in quotes"),
            (
                "ticket.subject.startWith('a')",
                "unknown function \"startWith\"; did you mean \"startsWith\"?",
            ),
            ("size(organization.mrr) > 1", "size belongs to strings and lists, not to a double"),
            ("organization.addons.exists(addon, addon)", "exists needs a condition, not a string"),
            ("organization.plan.exists(c, c == 'a')", "exists belongs to lists, not to a string"),
            ("organization.addons.map(a, a) == []", "map is not supported in rules"),
            (
                "organization.addons[0] == 'teams'",
                "[ ] is not supported in rules: use in or exists",
            ),
            ("has(organization.plan)", "has is not needed: every fact has a value"),
            (
                "organization.plan == null",
                "null is not supported in rules: a fact that is not known is empty",
            ),
            ("organization.plan.size", "\"size\" is not a member of a string"),
        ] {
            assert_eq!(refusal(when), reason, "{when}");
        }
        assert!(refusal("organization.mrr >=").starts_with("not a CEL expression: "));
        assert!(refusal("").starts_with("not a CEL expression: "));
    }

    #[test]
    fn the_facts_a_rule_mentions_are_told_in_order() {
        let rule = Compiled::new(
            "organization.mrr > 5 && 'teams' in organization.addons || organization.mrr < 1.0",
        );

        let rule = rule.unwrap();
        let facts = Evaluation::new(&facts(), [&rule].into_iter()).facts(&rule);

        let told: Vec<_> =
            facts.iter().map(|fact| format!("{} = {}", fact.name, fact.value)).collect();
        assert_eq!(
            told,
            ["organization.mrr = 2000.0", r#"organization.addons = ["teams", "saml"]"#]
        );
    }
}
