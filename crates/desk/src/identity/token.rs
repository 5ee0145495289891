//! A JWT in the compact form, taken apart; and the times in it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::Reason;
use crate::Ctx;

/// The longest token that is looked at.
const LONGEST: usize = 8 * 1024;
/// How far clocks may be apart, in seconds.
const SKEW: f64 = 60.0;
/// How long a token may be good.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// The parts of a token. Nothing is believed yet.
pub(super) struct Parts {
    /// `alg` of the head.
    pub(super) algorithm: String,
    /// `kid` of the head.
    pub(super) key: Option<String>,
    /// What it says.
    pub(super) payload: Map<String, Value>,
    /// What the signature is over.
    pub(super) signed: String,
    /// The signature.
    pub(super) signature: Vec<u8>,
}

impl Parts {
    /// Takes a token apart.
    pub(super) fn read(token: &str) -> Result<Self, Reason> {
        if token.is_empty() {
            return Err(Reason::Unsigned);
        }
        if token.len() > LONGEST {
            return Err(Reason::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Reason::Malformed)?;
        let (head, payload) = signed.split_once('.').ok_or(Reason::Malformed)?;
        let head = object(head)?;
        // Extensions that have to be understood are not.
        if head.contains_key("crit") {
            return Err(Reason::Malformed);
        }
        let word = |key: &str| head.get(key).and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            algorithm: word("alg").ok_or(Reason::AlgorithmRefused)?,
            key: word("kid"),
            payload: object(payload)?,
            signed: signed.to_owned(),
            signature: URL_SAFE_NO_PAD.decode(signature).map_err(|_| Reason::Malformed)?,
        })
    }
}

fn object(part: &str) -> Result<Map<String, Value>, Reason> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Reason::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| Reason::Malformed)
}

/// Whether a token is good now and meant for us.
pub(super) fn check(payload: &Map<String, Value>, ctx: &Ctx) -> Result<(), Reason> {
    let by_others = ctx.outside.is_some_and(|now| check_times(payload, now).is_ok());
    if !by_others {
        check_times(payload, ctx.now)?;
    }
    let is_us = |audience: &Value| {
        audience.as_str().is_some_and(|name| name == "answerable" || name == &*ctx.base_url)
    };
    match payload.get("aud") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Array(list)) if list.iter().any(is_us) => Ok(()),
        Some(one) if is_us(one) => Ok(()),
        Some(_) => Err(Reason::AudienceWrong),
    }
}

fn check_times(payload: &Map<String, Value>, now: Timestamp) -> Result<(), Reason> {
    let seconds = |key: &str| payload.get(key).and_then(Value::as_f64);
    let now = now.as_duration().as_secs_f64();
    let expires = seconds("exp").ok_or(Reason::ExpiryMissing)?;
    if expires + SKEW <= now {
        return Err(Reason::Expired);
    }
    if ["nbf", "iat"].into_iter().filter_map(seconds).any(|from| from > now + SKEW) {
        return Err(Reason::NotYetValid);
    }
    if expires - now > LIFE.as_secs_f64() + SKEW {
        return Err(Reason::LivesTooLong);
    }
    Ok(())
}
