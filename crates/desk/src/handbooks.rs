//! The handbook in force: stored by hash, put in force by an event, the same on every node.

use domain::Actor;
use handbook::{Handbook, Problems};
use store::{Kind, Tx};

use crate::{Ctx, Error};

/// Why a handbook cannot be put in force.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file is wrong; each problem has its line.
    #[error("the handbook is wrong")]
    Wrong(#[from] Problems),
    /// The storage failed.
    #[error(transparent)]
    Desk(#[from] Error),
}

/// Stores a handbook and puts it in force, unless it was in force before: a node that starts with an older file does
/// not turn the others back. Answers the one that is in force now.
pub fn start(tx: &mut Tx<'_>, ctx: &Ctx, text: &str) -> Result<Handbook, LoadError> {
    let offered = Handbook::parse(text)?;
    tx.lock_name("handbook").map_err(Error::from)?;
    let known = store::handbooks::exists(tx, &offered.version).map_err(Error::from)?;
    if !known {
        activate(tx, ctx, &offered, text)?;
        return Ok(offered);
    }
    match active(tx)? {
        Some(active) if active.version != offered.version => Ok(active),
        _ => {
            crate::rota::catch_up(tx, ctx, &offered)?;
            crate::teams::sync(tx, ctx, &offered)?;
            crate::fields::ensure(tx, ctx, &offered)?;
            Ok(offered)
        }
    }
}

/// Puts a handbook in force: its teams, members and fields follow it.
pub fn activate(tx: &mut Tx<'_>, ctx: &Ctx, handbook: &Handbook, text: &str) -> Result<(), Error> {
    // What has begun until now, began under the handbook that was in force. (ROT-05)
    let before = active_version(tx)?;
    if let Ok(Some(before)) = active(tx) {
        crate::rota::catch_up(tx, ctx, &before)?;
    }
    store::handbooks::insert(tx, &handbook.version, text, ctx.now)?;
    let id = tx.next_id(Kind::Activation)?;
    store::handbooks::activate(
        tx,
        id,
        &handbook.version,
        ctx.now,
        ctx.actor.kind(),
        &ctx.actor.label(),
    )?;
    crate::teams::sync(tx, ctx, handbook)?;
    crate::fields::ensure(tx, ctx, handbook)?;
    if before.is_some() {
        crate::work::place_anew(tx, ctx)?;
    }
    tx.touch("handbook");
    Ok(())
}

/// The handbook in force, if one was ever activated.
pub fn active(tx: &mut Tx<'_>) -> Result<Option<Handbook>, LoadError> {
    match store::handbooks::active(tx).map_err(Error::from)? {
        Some(text) => Ok(Some(Handbook::parse(&text)?)),
        None => Ok(None),
    }
}

/// The version in force.
pub fn active_version(tx: &mut Tx<'_>) -> Result<Option<String>, Error> {
    Ok(store::handbooks::active_version(tx)?)
}

/// Writes down what an admin changed.
pub fn record_admin(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    subject_kind: &str,
    subject_id: i64,
    kind: &str,
    payload: &str,
) -> Result<(), Error> {
    let id = tx.next_id(Kind::Admin)?;
    let actor = match &ctx.actor {
        Actor::Anonymous => &Actor::System,
        other => other,
    };
    let by = (actor.kind(), actor.label());
    let subject = (subject_kind, subject_id.to_string());
    store::handbooks::record_admin(
        tx,
        id,
        ctx.now,
        (by.0, &by.1),
        ctx.via.as_str(),
        (subject.0, &subject.1),
        (kind, payload),
    )?;
    Ok(())
}
