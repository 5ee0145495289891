//! Which installation may speak for this data. A copy and a restored backup start mute: nothing leaves and no mailbox
//! is fetched until somebody says that this is the real one.
//!
//! The data says who used it last: the instance (from the key file, which is not in the data), the place of the
//! database, and the public address. Beside the key file stands the last sign of life that was written into the data;
//! data that is older than that is a restored backup. Whoever finds himself mute begins another epoch, so that reply
//! tokens of things that did not happen here lead to no ticket.

use jiff::Timestamp;
use serde_json::json;
use store::Tx;
pub use store::installation::Installation;

use crate::{Act, Ctx, Error, require};

/// Who we are, and what we remember.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Here {
    /// Our instance id, which follows from the key.
    pub instance: String,
    /// What tells our database from a copy, as far as we can see from outside.
    pub place: String,
    /// Where our pages are.
    pub public_url: String,
    /// The last sign of life that we wrote into the data.
    pub seen_at: Option<Timestamp>,
    /// The last epoch that we know of.
    pub epoch: i64,
}

/// How we begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Began {
    /// The epoch in which tokens are made.
    pub epoch: i64,
    /// Earlier epochs whose tokens count, each with the last ticket they may name.
    pub past: Vec<(i64, i64)>,
    /// The data as it is now.
    pub installation: Installation,
}

/// Takes the data over at the start, mute if somebody else used it last.
pub fn begin(tx: &mut Tx<'_>, here: &Here, now: Timestamp) -> Result<Began, Error> {
    tx.lock_name("installation")?;
    let place = format!("{} {}", store::installation::server(tx)?, here.place).trim().to_owned();
    let ours = Installation {
        instance: here.instance.clone(),
        place,
        public_url: here.public_url.clone(),
        alive_at: now,
        muted_at: None,
        muted_because: None,
    };
    let found = store::installation::load(tx)?;
    let why = foreign(tx, found.as_ref(), &ours, here)?;
    let epochs = store::installation::epochs(tx)?;
    let last = epochs.iter().map(|(epoch, _)| *epoch).max();
    if last.is_none() {
        store::installation::begin_epoch(tx, here.epoch.max(1), now)?;
    }
    // Data that is empty may begin anew, but not with the tokens of what this key was used for before.
    if why.is_some() || found.is_none() && here.seen_at.is_some() {
        let next = last.unwrap_or_default().max(here.epoch) + 1;
        store::installation::begin_epoch(tx, next, now)?;
    }
    let alive_at = found.as_ref().map_or(now, |found| found.alive_at.max(now));
    let installation = match (found, why) {
        (found, Some(why)) => {
            let held = "not sent: it may have left before this copy of the data was made";
            store::outbox::hold_back(tx, held, now)?;
            let since = found.and_then(|found| found.muted_at).unwrap_or(now);
            Installation { alive_at, muted_at: Some(since), muted_because: Some(why), ..ours }
        }
        (Some(found), None) => Installation { alive_at, ..found },
        (None, None) => ours,
    };
    store::installation::save(tx, &installation)?;
    let epochs = store::installation::epochs(tx)?;
    let past = epochs.iter().filter_map(|(epoch, last)| Some((*epoch, (*last)?))).collect();
    let epoch = epochs.iter().find(|(_, last)| last.is_none()).map_or(1, |(epoch, _)| *epoch);
    Ok(Began { epoch, past, installation })
}

/// Why data is not ours to speak for, if it is not.
fn foreign(
    tx: &mut Tx<'_>,
    found: Option<&Installation>,
    ours: &Installation,
    here: &Here,
) -> Result<Option<String>, Error> {
    let Some(found) = found else {
        // Data of a program that did not write this down: ours, unless we have seen it written down.
        let is_older = here.seen_at.is_some() && store::installation::has_tickets(tx)?;
        return Ok(is_older.then(|| "a backup was restored that is older than this program".into()));
    };
    Ok(if found.instance != ours.instance {
        Some("another installation used this data last: its key file is not this one".into())
    } else if here.seen_at.is_some_and(|seen| seen > found.alive_at) {
        Some(format!(
            "this data is of {}, and this installation has seen it later: a backup was restored",
            found.alive_at
        ))
    } else if found.place != ours.place {
        Some("this data was last used in another place: it is a copy, or it was moved".into())
    } else if found.public_url != ours.public_url {
        Some(format!("this data was last used as {}", found.public_url))
    } else {
        None
    })
}

/// Writes a sign of life into the data, and gives what is to be remembered outside of it.
pub fn alive(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Timestamp, Error> {
    Ok(store::installation::alive(tx, ctx.now)?)
}

/// Since when and why nothing leaves, if nothing does.
pub fn muted(tx: &mut Tx<'_>) -> Result<Option<(Timestamp, String)>, Error> {
    let found = store::installation::load(tx)?;
    Ok(found.and_then(|found| Some((found.muted_at?, found.muted_because.unwrap_or_default()))))
}

/// Lets things leave again. What waited when the silence began stays back, for it may have left before, unless `held`
/// says to send that too. Says how many that were.
///
/// # Errors
///
/// [`Error::Conflict`] when nothing is mute.
pub fn unmute(tx: &mut Tx<'_>, ctx: &Ctx, held: bool) -> Result<u64, Error> {
    require(&ctx.actor, Act::Configure)?;
    tx.lock_name("installation")?;
    let found = store::installation::load(tx)?.filter(|found| found.muted_at.is_some());
    let Some(found) = found else {
        return Err(Error::Conflict("Nothing is mute.".to_owned()));
    };
    let because = found.muted_because.clone();
    let payload = json!({ "was": because, "held": held }).to_string();
    crate::handbooks::record_admin(tx, ctx, "installation", 1, "unmuted", &payload)?;
    store::installation::save(tx, &Installation { muted_at: None, muted_because: None, ..found })?;
    let released = if held { store::outbox::release(tx, ctx.now)? } else { 0 };
    tx.touch("outbox");
    Ok(released)
}
