//! Reading one's notices in the workspace.

use std::collections::HashMap;

use domain::notices::Notice;
use domain::{NoticeId, Team, TeamId, TicketId, UserId};
use store::Tx;
use store::notices::Which;
use store::tickets::Stored;

use crate::{Act, Ctx, Error, require};

/// Beyond this nobody counts.
const COUNTED: i64 = 1_000;

/// Those whom a note can name and whose name or address begins so, some of them at most.
pub fn nameable(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    beginning: &str,
    most: usize,
) -> Result<Vec<domain::notices::Named>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let beginning = beginning.to_lowercase();
    let begins = |text: &str| text.to_lowercase().starts_with(&beginning);
    let mut people = store::notices::nameable(tx)?;
    people.retain(|one| {
        one.name.split_whitespace().any(begins)
            || begins(&one.name)
            || one.email.as_deref().is_some_and(begins)
    });
    people.truncate(most);
    Ok(people)
}

/// Notices, and what they name.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// The notices.
    pub notices: Vec<Notice>,
    /// The tickets they are about.
    pub tickets: HashMap<TicketId, Stored>,
    /// The teams they are about.
    pub teams: HashMap<TeamId, Team>,
    /// The names of those whose doing it is.
    pub names: HashMap<UserId, String>,
}

impl Gathered {
    /// What a notice is about, so that those about the same stand together.
    pub fn subject(notice: &Notice) -> (Option<TicketId>, Option<TeamId>) {
        (notice.ticket, notice.team.filter(|_| notice.ticket.is_none()))
    }

    /// The notices by what they are about, in the order of the first of each.
    pub fn groups(&self) -> Vec<Vec<&Notice>> {
        let mut groups: Vec<Vec<&Notice>> = Vec::new();
        for notice in &self.notices {
            let about = Self::subject(notice);
            match groups.iter_mut().find(|group| Self::subject(group[0]) == about) {
                Some(group) => group.push(notice),
                None => groups.push(vec![notice]),
            }
        }
        groups
    }

    /// Whose doing a notice is; empty for a rule's.
    pub fn by(&self, notice: &Notice) -> &str {
        notice.by.and_then(|id| self.names.get(&id)).map_or("", String::as_str)
    }
}

/// What notices name, read at once.
pub(super) fn gather(tx: &mut Tx<'_>, notices: Vec<Notice>) -> Result<Gathered, Error> {
    let tickets: Vec<TicketId> = once(notices.iter().filter_map(|notice| notice.ticket));
    let teams: Vec<TeamId> = once(notices.iter().filter_map(|notice| notice.team));
    let people: Vec<UserId> = once(notices.iter().filter_map(|notice| notice.by));
    let tickets = store::tickets::many(tx, &tickets)?;
    let teams = store::teams::many(tx, &teams)?;
    let people = store::users::many(tx, &people)?;
    Ok(Gathered {
        notices,
        tickets: tickets.into_iter().map(|stored| (stored.ticket.id, stored)).collect(),
        teams: teams.into_iter().map(|team| (team.id, team)).collect(),
        names: people.into_iter().map(|user| (user.id, user.name)).collect(),
    })
}

fn once<T: Ord>(ids: impl Iterator<Item = T>) -> Vec<T> {
    let mut ids: Vec<T> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// One's own notices, the newest first, older than one of them.
pub fn page(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    before: Option<NoticeId>,
    limit: i64,
) -> Result<Gathered, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let me = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    let notices = store::notices::page(tx, me, before, limit)?;
    gather(tx, notices)
}

/// How many of one's own notices are not read.
pub fn unread(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<i64, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let me = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    Ok(store::notices::unread(tx, me, COUNTED + 1)?)
}

/// Marks some of one's own notices as read; their mails need not leave any more.
pub fn read(tx: &mut Tx<'_>, ctx: &Ctx, which: &Which) -> Result<(), Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let me = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    if store::notices::read(tx, me, which, ctx.now)? > 0 {
        tx.touch(format!("notices:{me}"));
    }
    Ok(())
}
