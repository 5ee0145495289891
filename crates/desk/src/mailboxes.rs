//! How mail comes in: archived before anything else, accounted for message by message, decided afterwards. (CH-03, NF-01)
//!
//! A mailbox's UIDs are written down when it lists them, and each row says where its message went. What is listed and
//! not archived is what is still to be fetched, after a crash as well as after ten days; nothing depends on flags that
//! other programs set. Deciding works off the archive, so a mail that breaks something waits alone.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use mail::Session;
use store::Tx;
use store::mailboxes::Place;
pub use store::mailboxes::{Mailbox, Tally};
pub use store::mails::{Archived, WAITING};

use crate::{Act, Ctx, Error, require, secrets};

/// How long a node keeps a mailbox without saying so again.
pub const HOLD: SignedDuration = SignedDuration::from_mins(3);
/// After this long a listed message that is not archived, or a mailbox that cannot be reached, is an alarm.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);

/// Where a mail came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The mailbox's name in the configuration, or the door it was handed in at.
    pub mailbox: String,
    /// Which message it is there.
    pub source: Source,
    /// When it came, as the server says that took it in first.
    pub received_at: Timestamp,
    /// Who handed it in, where that says anything about its sender.
    pub session: Option<Session>,
}

/// Which message of a mailbox a mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A message fetched by IMAP.
    Imap {
        /// The UIDVALIDITY its UID belongs to.
        validity: u32,
        /// Its UID.
        uid: u32,
    },
    /// Handed over whole; only its bytes tell it from another.
    Digest,
}

impl Arrival {
    /// A mail that was handed over whole.
    pub fn handed_in(door: &str, received_at: Timestamp) -> Self {
        Self { mailbox: door.to_owned(), source: Source::Digest, received_at, session: None }
    }

    /// The same by somebody who is known.
    #[must_use]
    pub fn by(self, session: Option<Session>) -> Self {
        Self { session, ..self }
    }
}

/// What a mailbox listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The UIDVALIDITY.
    pub validity: u32,
    /// UIDs, all of them or those after the last that was known.
    pub uids: Vec<u32>,
    /// Those of them that are older than what is wanted.
    pub old: Vec<u32>,
    /// Whether these are all.
    pub whole: bool,
}

/// Keeps a mail's bytes, and writes down that its message is accounted for. The same again changes nothing.
pub fn archive(tx: &mut Tx<'_>, ctx: &Ctx, arrival: &Arrival, raw: &[u8]) -> Result<i64, Error> {
    archive_as(tx, ctx, arrival, &secrets::content_hash(raw), raw)
}

/// The same for a mail whose digest is known; its bytes may be elsewhere.
pub(crate) fn archive_as(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    arrival: &Arrival,
    digest: &str,
    raw: &[u8],
) -> Result<i64, Error> {
    let session = arrival.session.as_ref().map(Session::to_line);
    let from = (&*arrival.mailbox, session.as_deref());
    let (id, _) = store::mails::archive(tx, arrival.received_at, from, digest, raw, ctx.now)?;
    if let Source::Imap { validity, uid } = arrival.source {
        let place = Place { mailbox: &arrival.mailbox, validity, uid };
        store::mailboxes::archived(tx, place, id, &day(ctx), ctx.now)?;
    }
    Ok(id)
}

/// Takes a mailbox for [`HOLD`], unless another node has it.
pub fn hold(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    name: &str,
    holder: &str,
) -> Result<Option<Mailbox>, Error> {
    Ok(store::mailboxes::hold(tx, name, holder, ctx.now, HOLD)?)
}

/// Lets a mailbox go.
pub fn let_go(tx: &mut Tx<'_>, name: &str, holder: &str) -> Result<(), Error> {
    Ok(store::mailboxes::let_go(tx, name, holder)?)
}

/// Writes down what a mailbox listed. Says how many messages it lists below what was known, which nobody had seen.
pub fn listed(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    mailbox: &Mailbox,
    listing: &Listing,
) -> Result<u64, Error> {
    let (name, validity) = (&mailbox.name, listing.validity);
    let is_same = mailbox.validity == validity;
    if !is_same {
        store::mailboxes::renumbered(tx, name, validity)?;
    }
    let known = if is_same { mailbox.last_uid } else { 0 };
    let (below, above): (Vec<u32>, Vec<u32>) = listing.uids.iter().partition(|uid| **uid <= known);
    let day = day(ctx);
    let missed = store::mailboxes::list(tx, name, validity, &below, &day, ctx.now)?;
    store::mailboxes::list(tx, name, validity, &above, &day, ctx.now)?;
    store::mailboxes::left_out(tx, name, validity, &listing.old, "old")?;
    if listing.whole {
        let open = store::mailboxes::open(tx, name, validity, Timestamp::MAX, i64::MAX)?;
        let there: std::collections::HashSet<u32> = listing.uids.iter().copied().collect();
        let gone: Vec<u32> = open.into_iter().filter(|uid| !there.contains(uid)).collect();
        store::mailboxes::left_out(tx, name, validity, &gone, "gone")?;
    }
    let last = listing.uids.iter().copied().max().unwrap_or_default().max(known);
    store::mailboxes::reached(tx, name, validity, last, ctx.now, listing.whole)?;
    Ok(missed)
}

/// The messages of a mailbox that are still to be fetched, lowest UID first.
pub fn open(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    name: &str,
    validity: u32,
    limit: i64,
) -> Result<Vec<u32>, Error> {
    Ok(store::mailboxes::open(tx, name, validity, ctx.now, limit)?)
}

/// Records that messages were gone when they were asked for.
pub fn gone(tx: &mut Tx<'_>, name: &str, validity: u32, uids: &[u32]) -> Result<(), Error> {
    Ok(store::mailboxes::left_out(tx, name, validity, uids, "gone")?)
}

/// Records that a message could not be fetched; it is tried again later and holds up no other.
pub fn unfetched(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    name: &str,
    (validity, uid): (u32, u32),
    why: &str,
) -> Result<(), Error> {
    let place = Place { mailbox: name, validity, uid };
    let attempts = store::mailboxes::attempts(tx, place)?;
    Ok(store::mailboxes::put_off(tx, place, why, after(ctx.now, attempts))?)
}

/// Records that a mailbox cannot be reached.
pub fn failing(tx: &mut Tx<'_>, ctx: &Ctx, name: &str, why: &str) -> Result<(), Error> {
    Ok(store::mailboxes::failing(tx, name, why, ctx.now)?)
}

/// The next mails about which something is to be decided, in the order in which they came.
pub fn undecided(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<(Archived, Vec<u8>)>, Error> {
    const TOGETHER: i64 = 32;
    const BYTES: usize = 16 * 1024 * 1024;
    Ok(store::mails::due(tx, ctx.now, TOGETHER, BYTES)?)
}

/// Who handed a mail in, as far as that is known and says anything.
pub fn session(mail: &Archived) -> Option<Session> {
    mail.session.as_deref().and_then(Session::from_line)
}

/// Records that nothing could be decided about a mail; it is tried again later and holds up no other.
pub fn put_off(tx: &mut Tx<'_>, ctx: &Ctx, mail: &Archived, why: &str) -> Result<(), Error> {
    Ok(store::mails::put_off(tx, mail.id, why, after(ctx.now, mail.attempts))?)
}

/// How many mails have an outcome.
pub fn count(tx: &mut Tx<'_>, outcome: &str) -> Result<i64, Error> {
    Ok(store::mails::count(tx, outcome)?)
}

/// A minute after the first failure, then 2, 4, 8 …, at most an hour.
fn after(now: Timestamp, attempts: i64) -> Timestamp {
    let minutes = (1_i64 << attempts.clamp(0, 6)).min(60);
    now.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(now)
}

/// The day in the company's zone, as it is stored.
fn day(ctx: &Ctx) -> String {
    let zone = TimeZone::get(&ctx.handbook.company.timezone).unwrap_or(TimeZone::UTC);
    ctx.now.to_zoned_datetime(zone).date().to_string()
}

/// What is wrong with mail coming in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alarms {
    /// Mailboxes with listed messages that are not archived, and how many.
    pub unarchived: Vec<(String, i64)>,
    /// Mailboxes that cannot be reached.
    pub unreachable: Vec<Mailbox>,
    /// How many mails nothing could be decided about.
    pub failed: i64,
}

impl Alarms {
    /// Whether nothing is wrong.
    pub fn is_quiet(&self) -> bool {
        self.unarchived.is_empty() && self.unreachable.is_empty() && self.failed == 0
    }
}

/// What is wrong with mail coming in, once it had a quarter of an hour to right itself.
pub fn alarms(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Alarms, Error> {
    let before = ctx.now.checked_sub(PATIENCE).unwrap_or(ctx.now);
    let mut unreachable = store::mailboxes::all(tx)?;
    unreachable.retain(|one| one.failing_since.is_some_and(|since| since <= before));
    Ok(Alarms {
        unarchived: store::mailboxes::overdue(tx, before)?,
        unreachable,
        failed: store::mails::count(tx, store::mails::FAILED)?,
    })
}

/// How mail comes in, for those who run the desk.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// The mailboxes.
    pub mailboxes: Vec<Mailbox>,
    /// Where the messages of the last days went, newest day first.
    pub tallies: Vec<Tally>,
    /// The newest mails about which nothing could be decided.
    pub failed: Vec<Archived>,
    /// What is wrong.
    pub alarms: Alarms,
}

/// Accounts for every message of the last days.
pub fn account(tx: &mut Tx<'_>, ctx: &Ctx, days: i64) -> Result<Account, Error> {
    require(&ctx.actor, Act::Configure)?;
    let since = ctx.now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(ctx.now);
    Ok(Account {
        mailboxes: store::mailboxes::all(tx)?,
        tallies: store::mailboxes::tallies(tx, &day(&ctx.at(since)), 1000)?,
        failed: store::mails::failed(tx, 20)?,
        alarms: alarms(tx, ctx)?,
    })
}
