//! The ways to reach us, and whom some of them are for. (CH-08, CH-09)

use crate::{Facts, Handbook, OrganizationFacts, Rule, rules::Evaluation};

/// A `[[channel]]`.
#[derive(Clone, Debug)]
pub struct Channel {
    /// What it is called; the desk's own are `app`, `form`, `email`, `api` and `questions`, whose names are translated.
    pub name: String,
    /// Who may use it, in words; none is everyone, unless there are rules.
    pub who: Option<String>,
    /// Any of these makes an organization one that it is for. Empty: it is for all whom `who` names.
    pub rules: Vec<Rule>,
}

impl Channel {
    /// A channel of the desk itself.
    pub(crate) fn own(name: &str) -> Self {
        Self { name: name.to_owned(), who: None, rules: Vec::new() }
    }
}

/// Whether an organization may have a channel that is not for everyone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eligibility<'h> {
    /// The channel's name.
    pub channel: &'h str,
    /// Why it may; empty if it may not.
    pub because: Vec<&'h str>,
    /// All the reasons there are.
    pub any: Vec<&'h str>,
}

impl Handbook {
    /// For each channel that is not for everyone, whether it is for an organization with these facts, and why.
    pub fn eligibilities(&self, organization: &OrganizationFacts) -> Vec<Eligibility<'_>> {
        let facts = Facts { organization: organization.clone(), ..Facts::default() };
        let with_rules = self.channels.iter().filter(|channel| !channel.rules.is_empty());
        with_rules
            .map(|channel| {
                let rules = &channel.rules;
                let evaluation = Evaluation::new(&facts, rules.iter().map(|rule| &rule.compiled));
                let holds = rules.iter().filter(|rule| evaluation.holds(&rule.compiled));
                Eligibility {
                    channel: &channel.name,
                    because: holds.map(|rule| rule.because.as_str()).collect(),
                    any: rules.iter().map(|rule| rule.because.as_str()).collect(),
                }
            })
            .collect()
    }
}
