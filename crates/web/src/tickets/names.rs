//! The names of people and teams on a ticket's pages.

use std::collections::HashMap;

use desk::pages::Mentioned;
use domain::actions::Used;
use domain::{
    Channel, Envelope, Event, Field, FieldId, OrganizationId, TeamId, User, UserId, WebhookId,
};
use handbook::Handbook;

use crate::components::timeline::By;
use crate::memory::Around;
use crate::reader::Reader;
use crate::routes;
use crate::words::{Text, Words};

/// Who is who.
pub(crate) struct Names<'a> {
    pub(crate) reader: &'a Reader,
    around: &'a Around,
    people: HashMap<UserId, &'a User>,
    pub(crate) log: Option<Log<'a>>,
}

/// What is known when a ticket's own log is told.
#[derive(Clone, Copy)]
pub(crate) struct Log<'a> {
    /// The events, in order.
    pub(crate) events: &'a [Envelope],
    /// What they name beside people and teams.
    pub(crate) mentioned: &'a Mentioned,
    /// What areas are called.
    pub(crate) handbook: &'a Handbook,
    /// Whether the reader may look at triggers and automations.
    pub(crate) configures: bool,
}

impl<'a> Names<'a> {
    /// The names of these.
    pub(crate) fn new(reader: &'a Reader, around: &'a Around, people: &'a [User]) -> Self {
        let people = people.iter().map(|user| (user.id, user)).collect();
        Self { reader, around, people, log: None }
    }

    /// The same for a ticket's own log.
    pub(crate) fn of(self, log: Log<'a>) -> Self {
        Self { log: Some(log), ..self }
    }

    /// A person, if they were read.
    pub(crate) fn user(&self, id: UserId) -> Option<&'a User> {
        self.people.get(&id).copied()
    }

    /// A person's name.
    pub(crate) fn person(&self, id: UserId) -> &'a str {
        self.user(id).map_or(self.reader.words.say(Text::Somebody), |user| &user.name)
    }

    /// A team's name.
    pub(crate) fn team(&self, id: TeamId) -> &'a str {
        self.around.team_name(id)
    }

    /// Who made something happen: a person or a rule by name, never "the system".
    pub(crate) fn by<'e: 'a>(&self, envelope: &'e Envelope) -> By<'a> {
        match envelope.person() {
            Some(id) => By::Person(self.person(id)),
            None if envelope.actor_id.is_empty() => {
                By::Person(self.reader.words.say(Text::Somebody))
            }
            None => By::Rule { name: &envelope.actor_id, to: self.rule(envelope) },
        }
    }

    /// What an area is called; one that the handbook does not know any more has its slug alone.
    pub(crate) fn area<'s: 'a>(&'s self, slug: &'s str) -> &'s str {
        let area = self.log.and_then(|log| log.handbook.area(slug));
        area.map_or(slug, |area| area.name.as_str())
    }

    /// What an organization is called, if it is still there.
    pub(crate) fn organization(&self, id: OrganizationId) -> Option<&'a str> {
        let mut all = self.log?.mentioned.organizations.iter();
        all.find(|(known, _)| *known == id).map(|(_, name)| name.as_str())
    }

    /// What a webhook is called, or its number.
    pub(crate) fn webhook(&self, id: WebhookId) -> String {
        let all = self.log.map_or(&[][..], |log| &log.mentioned.webhooks);
        let name = all.iter().find(|(known, _)| *known == id).map(|(_, name)| name.clone());
        name.unwrap_or_else(|| format!("webhook {id}"))
    }

    /// A custom field, if it is still there.
    pub(crate) fn field(&self, id: FieldId) -> Option<&'a Field> {
        self.log?.mentioned.fields.iter().find(|field| field.id == id)
    }

    /// What the last event before one says, of those about which `f` says anything.
    pub(crate) fn before<T>(&self, seq: i64, f: impl Fn(&Event) -> Option<T>) -> Option<T> {
        let earlier = self.log?.events.iter().rev().filter(|one| one.seq < seq);
        earlier.into_iter().find_map(|one| f(&one.event))
    }

    /// What holds now, if nothing like an event came after it.
    pub(crate) fn latest(&self, seq: i64, like: impl Fn(&Event) -> bool) -> Option<&'a Mentioned> {
        let log = self.log?;
        let is_last = !log.events.iter().any(|one| one.seq > seq && like(&one.event));
        is_last.then_some(log.mentioned)
    }

    /// Where the rule is written that made something happen: what acted in the same change set, else the handbook that was
    /// in force.
    fn rule(&self, envelope: &Envelope) -> Option<String> {
        let log = self.log?;
        let mut same = log.events.iter().filter(|one| one.audit == envelope.audit);
        let applied = same.find_map(|one| match &one.event {
            Event::Applied(applied) if applied.title == envelope.actor_id => Some(applied),
            _ => None,
        });
        match applied.map(|applied| (applied.used, applied.id)) {
            Some((Used::Trigger, id)) => {
                log.configures.then(|| format!("{}/{id}", routes::TRIGGERS))
            }
            Some((Used::Automation, id)) => {
                log.configures.then(|| format!("{}/{id}", routes::AUTOMATIONS))
            }
            Some((Used::Macro, _)) => None,
            None if envelope.policy.is_empty() => None,
            None => Some(routes::handbook(&envelope.policy)),
        }
    }
}

/// The name one is called by.
pub(crate) fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

/// By which way something came.
pub(crate) fn via(words: Words, channel: Channel) -> &'static str {
    words.say(match channel {
        Channel::App => Text::ViaApp,
        Channel::Web => Text::ViaWeb,
        Channel::Email => Text::ViaEmail,
        Channel::Api => Text::ViaApi,
        Channel::Slack => Text::ViaSlack,
        Channel::Community => Text::ViaCommunity,
        Channel::Social => Text::ViaSocial,
        Channel::Github => Text::ViaGithub,
        Channel::System => Text::ViaSystem,
    })
}

/// "Ada is viewing", "Ada is writing".
pub(crate) fn doing(words: Words, name: &str, writes: bool) -> String {
    let text = if writes { Text::IsWriting } else { Text::IsViewing };
    words.fill(text, &[("name", &first_name(name))])
}
