//! The handbook as it was read: what the file says, in types.
//!
//! Reading is in `read`, one function a section; `sections` walks the TOML with its lines. Nothing here changes after
//! [`Handbook::parse`], so a handbook can be shared by all threads.

mod read;
mod sections;
mod version;

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use jiff::civil::{Date, Time, Weekday};

use crate::{Calendar, Channel, Priority, Range, Target, Work};

/// The policy of a company, read and checked.
#[derive(Clone, Debug)]
pub struct Handbook {
    /// The hash of the content, in hex. Comments, spacing and the order of keys do not change it.
    pub version: String,
    /// Who we are.
    pub company: Company,
    /// From the most urgent down; never empty.
    pub priorities: Vec<Priority>,
    /// About replies.
    pub replies: Replies,
    /// How tickets age.
    pub lifecycle: Lifecycle,
    /// The satisfaction survey.
    pub csat: Csat,
    /// The weekly digest of a team.
    pub digest: Digest,
    /// What is told of how support is doing.
    pub reports: Reports,
    /// How long what is known of customers is believed.
    pub facts: Freshness,
    /// What comes first.
    pub work: Work,
    /// What becomes of work when people are away.
    pub availability: Availability,
    /// Details about some of the members.
    pub people: Vec<Person>,
    /// Never empty.
    pub teams: Vec<Team>,
    /// The parts of the product.
    pub areas: Vec<Area>,
    /// How we are reached; never empty.
    pub channels: Vec<Channel>,
    /// Who is told, per playbook.
    pub contacts: Contacts,
    /// Fixed ids of ticket fields.
    pub fields: Fields,
    pub(crate) calendars: Calendars,
}

/// One calendar for the company, one for each team and for each person with hours of their own.
#[derive(Clone, Debug)]
pub(crate) struct Calendars {
    pub(crate) company: Calendar,
    pub(crate) teams: HashMap<String, Calendar>,
    pub(crate) people: HashMap<String, Calendar>,
}

/// The `[company]` section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// The name customers know.
    pub name: String,
    /// The IANA zone of everyone without one of their own.
    pub timezone: String,
    /// The sender of our mail, `Acme support <support@acme.test>`; empty if the handbook does not say.
    pub from: String,
    /// The slug of the team for tickets without an area.
    pub triage: String,
}

/// The `[replies]` section.
#[derive(Clone, Debug, PartialEq)]
pub struct Replies {
    /// Follow-ups take this many times the first target.
    pub next: f64,
    /// Open time before a deadline at which the team is warned, as written.
    pub warn_before: Vec<Target>,
    /// How many automatic mails an address is sent within an hour at most: two machines that answer each other fall
    /// silent. (CH-03)
    pub automatic_an_hour: i64,
}

/// The `[lifecycle]` section, in elapsed seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// A pending ticket's requester is reminded after this; none if the handbook says `"never"`.
    pub pending_reminder: Option<i64>,
    /// A pending ticket is solved after this.
    pub pending_solves_after: i64,
    /// How far away the date of a hold may be.
    pub hold: Hold,
    /// A solved ticket is closed after this.
    pub closes_after: i64,
}

/// The bounds of a hold, in elapsed seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// No sooner than this from now.
    pub at_least: i64,
    /// No later than this from now.
    pub at_most: i64,
}

/// The `[csat]` section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csat {
    /// The survey goes out this many elapsed seconds after a ticket was solved.
    pub after: i64,
    /// The link in the mail is good for this many elapsed seconds. (CS-07)
    pub link: i64,
    /// An answer can be changed for this many elapsed seconds, whole days of them. (CS-07)
    pub changeable: i64,
    /// Nobody is asked twice within this many elapsed seconds; none if the handbook says nothing or `"never"`. (CS-02)
    pub cap: Option<i64>,
    /// Where answers are counted.
    pub posthog: Posthog,
}

/// Where answers of the survey are sent. Off while the host is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posthog {
    /// The address of the instance.
    pub host: String,
    /// The environment variable that holds the key; the handbook holds no secrets.
    pub key_env: String,
    /// The survey there.
    pub survey_id: String,
}

/// The `[digest]` section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// When a team's week ends and its digest is drawn up, in the team's zone.
    pub at: Handover,
    /// The tag of a ticket that the documentation should have answered, in lower case.
    pub docs_tag: String,
}

/// The `[reports]` section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reports {
    /// How many whole weeks `/promises` tells anybody about; none if it is not public.
    pub public_weeks: Option<i64>,
}

/// The `[facts]` section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// What was told of an organization longer than this many elapsed seconds ago is marked as stale. (PR-12)
    pub stale_after: i64,
}

/// The `[availability]` section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Availability {
    /// Where open tickets go while the one who has them is away.
    pub open_work: OpenWork,
}

/// Where open tickets go while the one who has them is away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OpenWork {
    /// To the hero of the ticket's team; a team without one has them unassigned.
    #[default]
    Hero,
    /// To nobody: the team sees them unassigned.
    Team,
    /// They stay where they are.
    Stay,
}

/// A `[[person]]`: detail about a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their address, in lower case.
    pub email: String,
    /// Their name.
    pub name: Option<String>,
    /// Their IANA zone.
    pub timezone: Option<String>,
    /// Their hours on working days.
    pub hours: Option<Range>,
    /// What they are given automatically.
    pub areas: Option<AllowedAreas>,
}

/// The areas a newcomer is limited to. (ROT-03)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedAreas {
    /// Slugs of areas.
    pub only: Vec<String>,
    /// The first day without the limit; none is for good.
    pub until: Option<Date>,
}

/// A `[[team]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its short name in this file and in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Addresses in lower case.
    pub members: Vec<String>,
    /// Who stands in when nobody else is there, in lower case.
    pub lead: Option<String>,
    /// The Slack channel.
    pub slack: Option<String>,
    /// The rotation, if there is one.
    pub hero: Option<Hero>,
}

/// The rotation of a product team. (ROT-04)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hero {
    /// The members in the order of their weeks, in lower case.
    pub order: Vec<String>,
    /// A day in the first holder's first week.
    pub from: Date,
    /// When one week ends and the next begins, in the team's zone.
    pub handover: Handover,
}

/// A moment of the week, in local time. (D-27)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handover {
    /// The day.
    pub weekday: Weekday,
    /// The time.
    pub time: Time,
}

/// An `[[area]]`: a part of the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// Its short name, as in forms.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The slug of the product team.
    pub team: String,
    /// The slug of the team that answers first; none: the product team does.
    pub first_level: Option<String>,
}

/// The `[contacts]` section: who is told, per playbook: addresses, names or channels. (PB-09)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacts {
    /// Abuse.
    pub abuse: Vec<String>,
    /// Legal claims.
    pub legal: Vec<String>,
    /// Demos and consultations.
    pub sales: Vec<String>,
    /// Partnerships and investments.
    pub partnerships: Vec<String>,
    /// Whoever deletes people from marketing systems.
    pub marketing_data: Vec<String>,
    /// Whoever coordinates deletion everywhere else.
    pub privacy: Vec<String>,
}

/// The `[fields]` section: ids of ticket fields that other systems already know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// The severity field.
    pub severity: Option<i64>,
    /// The area field.
    pub area: Option<i64>,
    /// The kind field.
    pub kind: Option<i64>,
}

/// One thing that is wrong with a handbook.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct Problem {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong, naming the key.
    pub reason: String,
}

/// Everything found wrong with a handbook, in the order of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            write!(f, "{}{problem}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl Handbook {
    /// Reads and checks a handbook.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, as far as it can be told at once.
    pub fn parse(text: &str) -> Result<Self, Problems> {
        read::handbook(text)
    }

    /// The handbook that ships with the product; a good one to start from.
    pub fn sample() -> &'static str {
        include_str!("../../sample.toml")
    }

    /// The team with this slug.
    pub fn team(&self, slug: &str) -> Option<&Team> {
        self.teams.iter().find(|team| team.slug == slug)
    }

    /// The area with this slug.
    pub fn area(&self, slug: &str) -> Option<&Area> {
        self.areas.iter().find(|area| area.slug == slug)
    }

    /// The team for tickets without an area.
    pub fn triage(&self) -> &Team {
        self.team(&self.company.triage)
            .expect("an unknown triage team is refused when the handbook is read")
    }

    /// The detail about a person, whatever the case of the address.
    pub fn person(&self, email: &str) -> Option<&Person> {
        let email = email.to_lowercase();
        self.people.iter().find(|person| person.email == email)
    }

    /// Everyone in a team: the address in lower case and the name, which is the local part if no name is given.
    pub fn members(&self) -> BTreeMap<String, String> {
        let named = |email: &String| {
            let name = self.person(email).and_then(|person| person.name.clone());
            name.unwrap_or_else(|| email.split('@').next().unwrap_or(email).to_owned())
        };
        let emails = self.teams.iter().flat_map(|team| &team.members);
        emails.map(|email| (email.clone(), named(email))).collect()
    }

    /// The calendar of a team; the company's if the slug is unknown.
    pub fn calendar(&self, team_slug: &str) -> &Calendar {
        self.calendars.teams.get(team_slug).unwrap_or(&self.calendars.company)
    }

    /// The calendar of everyone without one of their own.
    pub fn company_calendar(&self) -> &Calendar {
        &self.calendars.company
    }

    /// The hours of a person who has their own; others work in those of their team. (ROT-10)
    pub fn person_calendar(&self, email: &str) -> Option<&Calendar> {
        self.calendars.people.get(&email.to_lowercase())
    }
}
