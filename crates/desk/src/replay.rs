//! Another handbook over the recorded history: nothing is sent, nothing is changed. (NF-05)
//!
//! Tickets are read in pages by key, each in a short transaction of its own; deciding them anew needs no database.
//! [`read`] is the first half, [`Batch::compare`] the second, and a caller goes on with [`Batch::next`].

use std::collections::HashMap;
use std::sync::Arc;

use domain::replay::{Breaches, Differences, Setting, Shadow, differences, replay};
use domain::words::Locale;
use domain::{Envelope, Reader, TeamId, TeamRef, TicketId};
use handbook::Handbook;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::Tx;

use crate::{Act, Ctx, Error, require};

/// Which tickets are read next.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// Only tickets opened at or after this instant; all without it.
    pub since: Option<Timestamp>,
    /// Only tickets with a lower number than this; [`Batch::next`] says how to go on.
    pub before: Option<TicketId>,
    /// How many at most.
    pub size: i64,
}

impl Scope {
    /// The newest tickets opened since an instant.
    pub fn newest(since: Option<Timestamp>, size: i64) -> Self {
        Self { since, before: None, size }
    }
}

/// One ticket's recorded history, and what of it can be erased.
#[derive(Clone, Debug)]
struct History {
    log: Vec<Envelope>,
    email: String,
    subject: String,
}

/// Some tickets with all that a replay needs.
#[derive(Clone, Debug)]
pub struct Batch {
    histories: Vec<History>,
    teams: Vec<TeamRef>,
    until: Timestamp,
    /// Where to go on; none where there is nothing more.
    pub next: Option<TicketId>,
}

/// A ticket under another handbook.
#[derive(Clone, Debug)]
pub struct Compared {
    /// What differs.
    pub differences: Differences,
    /// Its deadlines that passed.
    pub breaches: Breaches,
    /// What it is about.
    pub subject: String,
}

/// Reads some tickets with their logs, the newest first.
///
/// # Errors
///
/// When the caller may not read tickets.
pub fn read(tx: &mut Tx<'_>, ctx: &Ctx, scope: Scope) -> Result<Batch, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let since = scope.since.unwrap_or(Timestamp::MIN);
    let first = match scope.since {
        Some(since) => store::tickets::first_opened_since(tx, since)?,
        None => Some(TicketId(0)),
    };
    let stored = match first {
        Some(first) => {
            let before = scope.before.unwrap_or(TicketId(i64::MAX));
            store::tickets::opened_since(tx, since, (first, before), scope.size)?
        }
        None => Vec::new(),
    };
    let full = i64::try_from(stored.len()).is_ok_and(|len| len == scope.size);
    let next = stored.last().map(|last| last.ticket.id).filter(|_| full);
    let ids: Vec<TicketId> = stored.iter().map(|one| one.ticket.id).collect();
    let mut logs: HashMap<TicketId, Vec<Envelope>> = HashMap::new();
    for envelope in store::events::of_tickets(tx, &ids)? {
        logs.entry(envelope.ticket).or_default().push(envelope);
    }
    let requesters: Vec<_> = stored.iter().map(|one| one.ticket.requester).collect();
    let people = store::users::many(tx, &requesters)?;
    let histories = stored
        .into_iter()
        .map(|stored| {
            let person = people.iter().find(|user| user.id == stored.ticket.requester);
            let email = person.and_then(|user| user.email.clone()).unwrap_or_default();
            History {
                log: logs.remove(&stored.ticket.id).unwrap_or_default(),
                email: email.to_lowercase(),
                subject: stored.subject,
            }
        })
        .collect();
    Ok(Batch { histories, teams: teams(tx)?, until: ctx.now, next })
}

/// All teams, also those that left the handbook.
fn teams(tx: &mut Tx<'_>) -> Result<Vec<TeamRef>, Error> {
    let mut all = store::teams::all(tx)?;
    let known: Vec<TeamId> = all.iter().map(|team| team.id).collect();
    let gone = store::teams::of_handbook(tx)?;
    all.extend(gone.into_iter().filter(|team| !known.contains(&team.id)));
    Ok(all
        .into_iter()
        .map(|team| TeamRef { id: team.id, slug: team.slug, name: team.name })
        .collect())
}

/// The handbooks that decided the recorded history, by version. One that can no longer be read is left out.
///
/// # Errors
///
/// When the storage fails.
pub fn live_handbooks(tx: &mut Tx<'_>) -> Result<HashMap<String, Handbook>, Error> {
    let texts = store::handbooks::all(tx)?;
    Ok(texts
        .into_iter()
        .filter_map(|(version, text)| Some((version, Handbook::parse(&text).ok()?)))
        .collect())
}

impl Batch {
    /// How many tickets there are.
    pub fn len(&self) -> usize {
        self.histories.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.histories.is_empty()
    }

    /// Decides every ticket anew by another handbook. Takes time and no database.
    pub fn compare(&self, handbook: &Handbook) -> Vec<Compared> {
        let setting = self.setting(handbook);
        let compared = |history: &History| {
            let setting = history.setting(&setting);
            let shadow = replay(&history.log, |_| handbook, &setting)?;
            history.compared(&shadow, &setting)
        };
        self.histories.iter().filter_map(compared).collect()
    }

    /// The tickets whose log does not follow from what people did and the handbooks that were live. There should be
    /// none.
    pub fn unexplained(
        &self,
        live: &HashMap<String, Handbook>,
        present: &Handbook,
    ) -> Vec<TicketId> {
        let setting = self.setting(present);
        let is_unexplained = |history: &&History| {
            let setting = history.setting(&setting);
            let decided_by = |envelope: &Envelope| live.get(&envelope.policy).unwrap_or(present);
            replay(&history.log, decided_by, &setting)
                .is_none_or(|shadow| !shadow.reproduces(&history.log))
        };
        let unexplained = self.histories.iter().filter(is_unexplained);
        unexplained.filter_map(|history| Some(history.log.first()?.ticket)).collect()
    }

    /// What all tickets have in common. Teams that only the other handbook knows get numbers that no team has.
    fn setting(&self, handbook: &Handbook) -> Setting {
        let mut teams = self.teams.clone();
        for (number, team) in (1..).zip(&handbook.teams) {
            if !teams.iter().any(|known| known.slug.as_deref() == Some(team.slug.as_str())) {
                teams.push(TeamRef {
                    id: TeamId(-number),
                    slug: Some(team.slug.clone()),
                    name: team.name.clone(),
                });
            }
        }
        let zone_name = handbook.company.timezone.clone();
        let zone = TimeZone::get(&zone_name).unwrap_or(TimeZone::UTC);
        Setting {
            teams: Arc::new(teams),
            reader: Reader { locale: Locale::En, zone, zone_name, own: false },
            email: String::new(),
            subject: String::new(),
            until: self.until,
        }
    }
}

impl History {
    fn setting(&self, common: &Setting) -> Setting {
        Setting { email: self.email.clone(), subject: self.subject.clone(), ..common.clone() }
    }

    fn compared(&self, shadow: &Shadow, setting: &Setting) -> Option<Compared> {
        let (differences, breaches) = differences(&self.log, shadow, setting)?;
        Some(Compared { differences, breaches, subject: self.subject.clone() })
    }
}
