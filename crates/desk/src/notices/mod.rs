//! Telling people. Everything that is told to one of us passes through [`tell`]: it is kept for them in the workspace
//! at once, and wakes whoever writes their mail, which leaves within their hours and several in one. (ROT-10)

mod hours;
mod mails;
mod of_tickets;
mod posts;
mod read;

use domain::notices::{Notice, Preferences, Present, Reach, What};
use domain::{TeamId, TicketId, User, UserId};
use jiff::Timestamp;
use store::Tx;
use store::notices::Mail;

use crate::{Ctx, Error};

pub use hours::{Hours, Source, hours};
pub use read::{Gathered, nameable, page, read, unread};
pub use store::notices::Which;

pub(crate) use hours::of_person as hours_of;
pub(crate) use of_tickets::{forget, of_ticket, owner_or_hero, unsaid};
pub(crate) use posts::{channel, post};

/// The kind of their wake-ups; the person's number is the subject.
pub(crate) const SUBJECT: &str = "notices";

/// How many notices one mail tells of at most; what is beyond comes with the next.
const MOST: i64 = 200;

/// Something to tell somebody.
#[derive(Clone, Debug)]
pub(crate) struct New {
    /// Who is told.
    pub(crate) to: UserId,
    /// What happened.
    pub(crate) what: What,
    /// The ticket it is about.
    pub(crate) ticket: Option<TicketId>,
    /// The team it is about, where it is no ticket.
    pub(crate) team: Option<TeamId>,
    /// Whose doing it is, if a person's.
    pub(crate) by: Option<UserId>,
    /// When it happened.
    pub(crate) at: Timestamp,
    /// What makes it the same when it is told twice.
    pub(crate) key: String,
}

/// Whether somebody can be told anything: one of us, and still there.
fn is_reachable(user: &User) -> bool {
    user.active && !user.suspended && user.role.answers()
}

/// Tells somebody; never of what they did themselves.
pub(crate) fn tell(tx: &mut Tx<'_>, ctx: &Ctx, new: New) -> Result<(), Error> {
    if new.by == Some(new.to) || ctx.actor.user() == Some(new.to) {
        return Ok(());
    }
    if !store::users::load(tx, new.to)?.is_some_and(|user| is_reachable(&user)) {
        return Ok(());
    }
    // Whoever writes the mail waits for us, or we for them: nothing is left over.
    tx.lock_name(&format!("notices:{}", new.to))?;
    let notice = Notice {
        id: store::notices::next_id(tx)?,
        to: new.to,
        at: new.at,
        what: new.what,
        ticket: new.ticket,
        team: new.team,
        by: new.by,
        read_at: None,
    };
    let not_before = crate::deliveries::leaves_at(tx, ctx)?;
    if store::notices::insert(tx, &notice, &new.key, not_before)? {
        store::wakeups::sooner(tx, SUBJECT, notice.to.0, not_before.unwrap_or(ctx.now))?;
        tx.touch(format!("notices:{}", notice.to));
        tx.touch("outbox");
    }
    Ok(())
}

/// The first instant from one on at which mail may reach somebody by their hours. (ROT-10)
pub(crate) fn reachable(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: &User,
    at: Timestamp,
) -> Result<Timestamp, Error> {
    let preferences = store::notices::preferences(tx, user.id)?;
    let hours = hours::of_person(tx, &ctx.handbook, user, &preferences)?;
    Ok(hours.calendar.next_open(at))
}

/// Lets what waits for somebody leave as one mail, if it may leave now; else it is looked at again when it may. The
/// context's instant is the present one, however long ago this was due: a mail that is late keeps to their hours too.
pub(crate) fn wake(tx: &mut Tx<'_>, ctx: &Ctx, user: UserId) -> Result<(), Error> {
    tx.lock_name(&format!("notices:{user}"))?;
    let waiting = store::notices::waiting(tx, user, ctx.now, MOST)?;
    let person = store::users::load(tx, user)?.filter(is_reachable);
    let person = person.filter(|person| person.email.is_some());
    let Some(person) = person else {
        let all: Vec<_> = waiting.iter().map(|notice| notice.id).collect();
        store::notices::settle(tx, &all, Mail::Dropped, ctx.now)?;
        return Ok(store::wakeups::set(tx, SUBJECT, user.0, None, true)?);
    };
    let preferences = store::notices::preferences(tx, user)?;
    let hours = hours::of_person(tx, &ctx.handbook, &person, &preferences)?;
    let mut due = sort(tx, ctx, &hours, &preferences, waiting)?;
    let held = store::notices::held_until(tx, user, ctx.now)?;
    due.next = due.next.into_iter().chain(held).min();
    store::notices::settle(tx, &due.muted, Mail::Muted, ctx.now)?;
    let (leaving, over) = still(tx, ctx, due.now)?;
    store::notices::settle(tx, &over, Mail::Dropped, ctx.now)?;
    let sent: Vec<_> = leaving.iter().map(|notice| notice.id).collect();
    if !leaving.is_empty() {
        mails::send(tx, ctx, &person, &hours.zone, leaving)?;
        store::notices::settle(tx, &sent, Mail::Sent, ctx.now)?;
    }
    Ok(store::wakeups::set(tx, SUBJECT, user.0, due.next, true)?)
}

/// What waits, by when it may leave.
#[derive(Default)]
struct Due {
    now: Vec<Notice>,
    muted: Vec<domain::NoticeId>,
    next: Option<Timestamp>,
}

fn sort(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    hours: &Hours,
    preferences: &Preferences,
    waiting: Vec<Notice>,
) -> Result<Due, Error> {
    let mut due = Due::default();
    let Some(first) = waiting.first() else { return Ok(due) };
    let away = store::absences::of_person(tx, first.to, ctx.now)?;
    let away: Vec<_> = away.iter().map(|one| (one.from, one.to)).collect();
    let (of_tickets, of_others) = store::notices::last_mailed(tx, first.to)?;
    // What did not fit into this mail is looked at once it has left.
    if i64::try_from(waiting.len()).is_ok_and(|count| count == MOST) {
        due.next = ctx.now.checked_add(domain::notices::HOLD).ok();
    }
    for notice in waiting {
        let kind = notice.what.kind();
        if preferences.muted.contains(&kind) {
            due.muted.push(notice.id);
            continue;
        }
        // A ticket does not wait because somebody asked for a swap before.
        let last = if notice.ticket.is_some() { of_tickets } else { of_others };
        let reach = Reach { hours: &hours.calendar, away: &away, last };
        match reach.next(ctx.now, preferences.anytime.contains(&kind)) {
            Some(at) if at <= ctx.now => due.now.push(notice),
            Some(at) => due.next = Some(due.next.map_or(at, |next| next.min(at))),
            None => {}
        }
    }
    Ok(due)
}

/// Those that are still worth a mail, and those that are over.
fn still(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    notices: Vec<Notice>,
) -> Result<(Vec<Notice>, Vec<domain::NoticeId>), Error> {
    let (mut leaving, mut over) = (Vec::new(), Vec::new());
    for notice in notices {
        let stored = match notice.ticket {
            Some(id) => store::tickets::load(tx, id)?,
            None => None,
        };
        let swap = match notice.what {
            What::SwapOffered { swap, .. } => store::rota::load_swap(tx, swap)?,
            _ => None,
        };
        let digest = match (&notice.what, notice.team) {
            (What::DigestReady { week }, Some(team)) => store::digests::load(tx, team, *week)?,
            _ => None,
        };
        let present = Present {
            now: ctx.now,
            ticket: stored.as_ref().map(|stored| &stored.ticket),
            swap: swap.map(|(swap, _)| swap.state),
            digest_is_sent: digest.is_some_and(|kept| kept.sent_at.is_some()),
        };
        if notice.matters(&present) {
            leaving.push(notice);
        } else {
            over.push(notice.id);
        }
    }
    Ok((leaving, over))
}
