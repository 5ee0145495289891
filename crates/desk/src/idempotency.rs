//! The same call twice is one effect: answers are remembered under the caller's key for two hours.

use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use store::Tx;
use store::dedupe::Remembered;

use crate::{Ctx, Error, secrets};

/// How long an answer is remembered.
const KEPT: SignedDuration = SignedDuration::from_hours(2);

/// A key the caller chose, with the body it came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    scope: &'static str,
    key: String,
    body_hash: String,
}

impl Key {
    /// A key within a scope such as "tickets".
    pub fn new(scope: &'static str, key: &str, body: &[u8]) -> Self {
        Self { scope, key: key.to_owned(), body_hash: secrets::hex(&Sha256::digest(body)) }
    }

    /// The same key about one thing only, such as one ticket.
    pub fn of(self, thing: &str) -> Self {
        Self { key: format!("{thing}:{}", self.key), ..self }
    }
}

/// Whether something was done under a key of the caller's.
pub fn is_known(tx: &mut Tx<'_>, ctx: &Ctx, scope: &'static str, key: &str) -> Result<bool, Error> {
    Ok(store::dedupe::find(tx, scope, &owned(ctx, key), ctx.now)?.is_some())
}

/// A key is the caller's own: somebody else's answer is none of theirs.
fn owned(ctx: &Ctx, key: &str) -> String {
    format!("{}:{}:{key}", ctx.actor.kind(), ctx.actor.label())
}

/// Runs `f` once for a key: a repeated call is given the first answer, and `true`. The same key with another body is an
/// error. Everything happens in the caller's transaction, so that two at once cannot both be first.
pub fn once(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    key: Option<&Key>,
    f: impl FnOnce(&mut Tx<'_>) -> Result<String, Error>,
) -> Result<(String, bool), Error> {
    let Some(key) = key else { return Ok((f(tx)?, false)) };
    let whose = owned(ctx, &key.key);
    tx.lock_name(&format!("{}:{whose}", key.scope))?;
    if let Some(found) = store::dedupe::find(tx, key.scope, &whose, ctx.now)? {
        return if found.body_hash == key.body_hash {
            Ok((found.answer, true))
        } else {
            Err(Error::KeyReused)
        };
    }
    let answer = f(tx)?;
    let remembered =
        Remembered { body_hash: key.body_hash.clone(), status: 201, answer: answer.clone() };
    let expires_at = ctx.now.checked_add(KEPT).unwrap_or(ctx.now);
    store::dedupe::remember(tx, key.scope, &whose, &remembered, expires_at)?;
    Ok((answer, false))
}
