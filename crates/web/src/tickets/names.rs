//! The names of people and teams on a ticket's pages.

use std::collections::HashMap;

use domain::{Channel, Envelope, TeamId, User, UserId};

use crate::components::timeline::By;
use crate::memory::Around;
use crate::reader::Reader;
use crate::words::{Text, Words};

/// Who is who.
pub(crate) struct Names<'a> {
    pub(crate) reader: &'a Reader,
    around: &'a Around,
    people: HashMap<UserId, &'a User>,
}

impl<'a> Names<'a> {
    /// The names of these.
    pub(crate) fn new(reader: &'a Reader, around: &'a Around, people: &'a [User]) -> Self {
        Self { reader, around, people: people.iter().map(|user| (user.id, user)).collect() }
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
            None => By::Rule(&envelope.actor_id),
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
