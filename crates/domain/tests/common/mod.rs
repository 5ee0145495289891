//! A desk in miniature: one ticket, a handbook, and a clock that goes where it is told.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "helpers of several test files; a test may panic"
)]

pub(crate) mod replaying;

use std::sync::{Arc, LazyLock};

use domain::words::Locale;
use domain::{
    Actor, AuditId, Author, Candidate, Changes, Channel, Clock, Command, CommentId, Envelope,
    Event, EventId, Facts, Level, NewComment, Opening, Provenance, Reader, Refusal, Role, Severity,
    Status, TeamId, TeamRef, Ticket, TicketId, Unasked, UserId, decide,
};
use handbook::Handbook;
use jiff::Timestamp;
use jiff::tz::TimeZone;

pub(crate) const CUSTOMER: UserId = UserId(100);
pub(crate) const AGENT: UserId = UserId(7);
pub(crate) const SUPPORT: TeamId = TeamId(1);
pub(crate) const REPLAY: TeamId = TeamId(2);

pub(crate) const HANDBOOK: &str = r#"
[company]
name = "Acme"
timezone = "Europe/London"
from = "Acme support <support@acme.test>"

[[priority]]
name = "high"
first_reply = "12h"
escalated = "2 business days"
any = [
  { when = "organization.mrr >= 2000.0", because = "high-paying customer" },
  { when = "organization.trial", because = "in trial" },
  { when = "'teams' in organization.addons", because = "has the teams add-on" },
  { when = "ticket.severity == 'critical'", because = "critical severity" },
]

[[priority]]
name = "normal"
first_reply = "24h"
escalated = "4 business days"
any = [
  { when = "ticket.area == 'billing'", because = "billing issue" },
  { when = "ticket.severity == 'high'", because = "high severity" },
]

[[priority]]
name = "low"

[[team]]
slug = "support"
name = "Support"
members = ["ada@acme.test"]

[[team]]
slug = "replay"
name = "Session replay"
members = ["bo@acme.test"]

[[area]]
slug = "session_replay"
name = "Session replay"
team = "replay"
first_level = "support"

[[area]]
slug = "billing"
name = "Billing"
team = "support"
"#;

/// Reading takes its time, and some tests begin ten thousand desks.
static READ: LazyLock<Handbook> = LazyLock::new(|| Handbook::parse(HANDBOOK).unwrap());

/// A desk with one ticket.
pub(crate) struct Desk {
    pub handbook: Handbook,
    pub now: Timestamp,
    pub ticket: Option<Ticket>,
    pub log: Vec<(Timestamp, Event)>,
    pub organization: handbook::OrganizationFacts,
    /// The log as the database has it.
    pub envelopes: Vec<Envelope>,
    /// The teams of the agent; the first is the default.
    pub agent_teams: Vec<TeamId>,
    /// Why the customer is not to be asked how the help was.
    pub unasked: Option<Unasked>,
    next_id: i64,
}

impl Desk {
    pub(crate) fn at(now: &str) -> Self {
        Self {
            handbook: READ.clone(),
            now: instant(now),
            ticket: None,
            log: Vec::new(),
            organization: handbook::OrganizationFacts { known: true, ..Default::default() },
            envelopes: Vec::new(),
            agent_teams: vec![SUPPORT],
            unasked: None,
            next_id: 1,
        }
    }

    pub(crate) fn facts(&self, author: UserId) -> Facts {
        let agent = Candidate {
            id: Some(AGENT),
            teams: self.agent_teams.clone(),
            default_team: self.agent_teams.first().copied(),
            is_admin: false,
        };
        Facts {
            rules: handbook::Facts {
                organization: self.organization.clone(),
                ..Default::default()
            },
            provenance: Provenance { because: "test".into(), ..Provenance::default() },
            teams: Arc::new(teams()),
            author: if author == AGENT {
                agent.clone()
            } else {
                Candidate { id: Some(author), ..Candidate::default() }
            },
            assignee: agent,
            reader: reader(),
            unasked: self.unasked,
        }
    }

    /// Runs a command as somebody; time does not pass.
    pub(crate) fn run(&mut self, actor: &Actor, command: &Command) -> Result<(), Refusal> {
        let author = actor.user().unwrap_or(CUSTOMER);
        let decided = decide(
            self.ticket.as_ref(),
            command,
            &self.facts(author),
            actor,
            &self.handbook,
            self.now,
        )?;
        self.next_id += 1;
        let audit = AuditId(self.next_id);
        for (at, event) in &decided.events {
            self.envelopes.push(Envelope {
                id: EventId(0),
                ticket: TicketId(1),
                seq: i64::try_from(self.envelopes.len()).unwrap() + 1,
                audit,
                at: *at,
                actor_kind: if *actor == Actor::System { "rule" } else { actor.kind() }.to_owned(),
                actor_id: actor.label(),
                via: Channel::Web,
                policy: self.handbook.version.clone(),
                event: event.clone(),
            });
        }
        self.log.extend(decided.events);
        self.ticket = Some(decided.ticket);
        let replayed = Ticket::replay(TicketId(1), self.log.iter().map(|(at, event)| (*at, event)));
        assert_eq!(replayed.as_ref(), self.ticket.as_ref(), "the fold of the log is the ticket");
        Ok(())
    }

    /// Lets time pass; what falls due on the way happens.
    pub(crate) fn go(&mut self, to: &str) {
        let to = instant(to);
        assert!(to >= self.now, "time does not go back");
        self.now = to;
        if self
            .ticket
            .as_ref()
            .is_some_and(|ticket| ticket.next_wakeup().is_some_and(|at| at <= to))
        {
            self.run(&Actor::System, &Command::Wake).unwrap();
        }
    }

    pub(crate) fn comment(&mut self, author: UserId, by: Author, public: bool) -> NewComment {
        self.next_id += 1;
        NewComment { id: CommentId(self.next_id), author, by, public, digest: "digest".into() }
    }

    pub(crate) fn opening(&mut self) -> Opening {
        let comment = self.comment(CUSTOMER, Author::Customer, true);
        Opening {
            id: TicketId(1),
            requester: CUSTOMER,
            submitter: CUSTOMER,
            organization: None,
            internal: false,
            channel: Channel::Web,
            severity: None,
            area: None,
            kind: None,
            tags: vec![],
            ccs: vec![],
            follow_up_of: None,
            claims: None,
            split_from: None,
            arrived_at: None,
            subject_digest: "digest".into(),
            comment,
            changes: Changes::default(),
        }
    }

    /// The customer asks with a severity.
    pub(crate) fn ask(&mut self, severity: Option<Severity>) {
        let mut opening = self.opening();
        opening.severity = severity;
        self.run(&customer(), &Command::Open(Box::new(opening))).unwrap();
    }

    pub(crate) fn reply(&mut self) {
        let comment = self.comment(AGENT, Author::Agent, true);
        self.update(&agent(), Changes { comment: Some(comment), ..Changes::default() }).unwrap();
    }

    pub(crate) fn note(&mut self) {
        let comment = self.comment(AGENT, Author::Agent, false);
        self.update(&agent(), Changes { comment: Some(comment), ..Changes::default() }).unwrap();
    }

    pub(crate) fn customer_writes(&mut self) {
        let comment = self.comment(CUSTOMER, Author::Customer, true);
        self.update(&customer(), Changes { comment: Some(comment), ..Changes::default() }).unwrap();
    }

    pub(crate) fn status(&mut self, status: Status) -> Result<(), Refusal> {
        self.update(&agent(), Changes { status: Some(status), ..Changes::default() })
    }

    pub(crate) fn update(&mut self, actor: &Actor, changes: Changes) -> Result<(), Refusal> {
        self.run(actor, &Command::Update(Box::new(changes)))
    }

    pub(crate) fn escalate(&mut self, team: TeamId) -> Result<(), Refusal> {
        let note = self.comment(AGENT, Author::Agent, false);
        self.run(&agent(), &Command::Escalate { team, note, tell: false })
    }

    pub(crate) fn ticket(&self) -> &Ticket {
        self.ticket.as_ref().unwrap()
    }

    pub(crate) fn level(&self) -> Level {
        self.ticket().priority
    }

    /// The clocks as one readable line each.
    pub(crate) fn clocks(&self) -> Vec<String> {
        self.ticket().clocks.iter().map(line).collect()
    }

    pub(crate) fn count(&self, kind: &str) -> usize {
        self.log.iter().filter(|(_, event)| event.kind() == kind).count()
    }
}

pub(crate) fn teams() -> Vec<TeamRef> {
    vec![
        TeamRef { id: SUPPORT, slug: Some("support".into()), name: "Support".into() },
        TeamRef { id: REPLAY, slug: Some("replay".into()), name: "Session replay".into() },
    ]
}

pub(crate) fn reader() -> Reader {
    Reader {
        locale: Locale::En,
        zone: TimeZone::get("Europe/London").unwrap(),
        zone_name: "Europe/London".into(),
        own: false,
    }
}

fn line(clock: &Clock) -> String {
    let zone = TimeZone::get("Europe/London").unwrap();
    let due = clock.due_at.to_zoned_datetime(zone).strftime("%a %d %H:%M").to_string();
    format!("{} {} {} due {due}", clock.kind.as_str(), clock.state.as_str(), clock.target)
}

/// An instant; without a zone it is London's.
pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|_| {
        let local: jiff::civil::DateTime = text.parse().unwrap();
        TimeZone::get("Europe/London").unwrap().to_timestamp(local).unwrap()
    })
}

pub(crate) fn customer() -> Actor {
    Actor::Person { id: CUSTOMER, role: Role::EndUser }
}

pub(crate) fn agent() -> Actor {
    Actor::Person { id: AGENT, role: Role::Agent }
}

/// A level set by hand for good.
pub(crate) fn by_hand(level: domain::Level) -> domain::ByHand {
    domain::ByHand { level, reason: "a test".to_owned(), until: None }
}
