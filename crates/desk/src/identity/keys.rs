//! The keys that apps sign with: made, listed, revoked; several at once, so that one can follow another.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::{hmac, signature};
use serde_json::json;
use store::Tx;
pub use store::identity_keys::StoredKey;

use super::Reason;
use super::token::Parts;
use crate::handbooks::record_admin;
use crate::{Act, Ctx, Error, require, secrets};

/// What stands before the 32 bytes of an Ed25519 key in a file `-----BEGIN PUBLIC KEY-----`.
const PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// One secret for both sides.
    Hs256,
    /// Ed25519: the app keeps its private key.
    EdDsa,
}

impl Algorithm {
    /// Its name in a token's head.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// A key that can check signatures.
pub(super) enum Key {
    Hs256(hmac::Key),
    EdDsa(Vec<u8>),
}

impl Key {
    /// Whether a token was signed with this key, by the algorithm that is the key's own.
    pub(super) fn verify(&self, parts: &Parts) -> Result<(), Reason> {
        let signed = parts.signed.as_bytes();
        match self {
            Self::Hs256(key) if parts.algorithm == Algorithm::Hs256.as_str() => {
                hmac::verify(key, signed, &parts.signature).map_err(|_| Reason::SignatureWrong)
            }
            Self::EdDsa(key) if parts.algorithm == Algorithm::EdDsa.as_str() => {
                let key = signature::UnparsedPublicKey::new(&signature::ED25519, key);
                key.verify(signed, &parts.signature).map_err(|_| Reason::SignatureWrong)
            }
            Self::Hs256(_) | Self::EdDsa(_) => Err(Reason::AlgorithmRefused),
        }
    }
}

/// The key that a token names, or why there is none.
pub(super) fn find(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    parts: &Parts,
) -> Result<Result<Key, Reason>, Error> {
    if ![Algorithm::Hs256, Algorithm::EdDsa].iter().any(|known| known.as_str() == parts.algorithm) {
        return Ok(Err(Reason::AlgorithmRefused));
    }
    let Some(id) = &parts.key else { return Ok(Err(Reason::KeyMissing)) };
    let known = !id.is_empty() && id.len() <= 100 && !id.contains('\0');
    let stored = if known { store::identity_keys::load(tx, id)? } else { None };
    let Some(stored) = stored else { return Ok(Err(Reason::KeyUnknown)) };
    if stored.revoked_at.is_some() {
        return Ok(Err(Reason::KeyRevoked));
    }
    let key = if stored.algorithm == Algorithm::Hs256.as_str() {
        let secret = ctx.secrets.open(&about(&stored.id), &stored.material);
        secret.map(|secret| Key::Hs256(hmac::Key::new(hmac::HMAC_SHA256, &secret)))
    } else {
        STANDARD.decode(&stored.material).ok().map(Key::EdDsa)
    };
    // Sealed with the key of another installation: to this one it is not known.
    Ok(key.ok_or(Reason::KeyUnknown))
}

/// What a secret is sealed for.
fn about(id: &str) -> String {
    format!("identity key {id}")
}

/// Makes a key with a secret and shows the secret this once: the key's id and the secret.
pub fn create_secret(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(String, String), Error> {
    let id = fresh_id();
    let secret = URL_SAFE_NO_PAD.encode(secrets::random::<32>());
    put_secret(tx, ctx, &id, &secret)?;
    Ok((id, secret))
}

/// Makes a key with a secret that both sides know already, in the place of one with the same id; the demo has one.
pub fn put_secret(tx: &mut Tx<'_>, ctx: &Ctx, id: &str, secret: &str) -> Result<(), Error> {
    let sealed = ctx.secrets.seal(&about(id), secret.as_bytes());
    insert(tx, ctx, id, Algorithm::Hs256, sealed)
}

/// Makes a key of an app's public key: PEM as `openssl pkey -pubout` writes it, or its 32 bytes in base64.
pub fn create_public(tx: &mut Tx<'_>, ctx: &Ctx, text: &str) -> Result<String, Error> {
    let key = public_key(text).ok_or_else(|| {
        let what = "Public key: expected an Ed25519 key in PEM, or its 32 bytes in base64";
        Error::invalid("public_key", "InvalidFormat", what)
    })?;
    let id = fresh_id();
    insert(tx, ctx, &id, Algorithm::EdDsa, STANDARD.encode(key))?;
    Ok(id)
}

fn public_key(text: &str) -> Option<[u8; 32]> {
    let body: String =
        text.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    let bytes = STANDARD.decode(&body).or_else(|_| URL_SAFE_NO_PAD.decode(&body)).ok()?;
    bytes.strip_prefix(PREFIX.as_slice()).unwrap_or(&bytes).try_into().ok()
}

fn fresh_id() -> String {
    format!("k{}", secrets::hex(&secrets::random::<6>()))
}

fn insert(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: &str,
    algorithm: Algorithm,
    material: String,
) -> Result<(), Error> {
    require(&ctx.actor, Act::Configure)?;
    let key = StoredKey {
        id: id.to_owned(),
        algorithm: algorithm.as_str().to_owned(),
        material,
        created_at: ctx.now,
        revoked_at: None,
    };
    store::identity_keys::put(tx, &key)?;
    record(tx, ctx, "identity_key_created", id)
}

/// All keys, the oldest first, also revoked ones.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<StoredKey>, Error> {
    require(&ctx.actor, Act::Configure)?;
    Ok(store::identity_keys::all(tx)?)
}

/// Revokes a key: nothing it signed counts any more.
pub fn revoke(tx: &mut Tx<'_>, ctx: &Ctx, id: &str) -> Result<(), Error> {
    require(&ctx.actor, Act::Configure)?;
    if !store::identity_keys::revoke(tx, id, ctx.now)? {
        return Err(Error::NotFound);
    }
    record(tx, ctx, "identity_key_revoked", id)
}

fn record(tx: &mut Tx<'_>, ctx: &Ctx, what: &str, id: &str) -> Result<(), Error> {
    record_admin(tx, ctx, "identity_key", 0, what, &json!({ "key": id }).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_key_is_read_from_pem_or_base64() {
        let raw = STANDARD.encode([7; 32]);
        let der = STANDARD.encode([PREFIX.as_slice(), &[7; 32]].concat());
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n");

        for text in [raw.as_str(), der.as_str(), pem.as_str()] {
            assert_eq!(public_key(text), Some([7; 32]), "{text}");
        }
        for wrong in ["", "hello", &STANDARD.encode([7; 31]), "-----BEGIN PRIVATE KEY-----"] {
            assert_eq!(public_key(wrong), None, "{wrong}");
        }
    }
}
