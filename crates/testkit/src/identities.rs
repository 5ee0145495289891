//! What an app's server does: it signs who its user is.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use ring::{hmac, signature};
use serde_json::{Value, json};

use crate::{Caller, Program};

/// The key every demo has.
pub const DEMO_KEY: (&str, &str) = ("demo", "answerable-demo-identity-secret-not-for-production");

/// A token with any head and body, signed with a secret.
pub fn signed(head: &Value, claims: &Value, secret: &[u8]) -> String {
    let text = unsigned(head, claims);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// The part of a token that is signed.
pub fn unsigned(head: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(head), part(claims))
}

/// A pair of keys for Ed25519, always the same.
pub struct AppKeys(Ed25519KeyPair);

impl AppKeys {
    /// Keys made of a byte.
    ///
    /// # Panics
    ///
    /// Never: every seed is a key.
    pub fn of(seed: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]);
        Self(pair.expect("every seed of 32 bytes is a key"))
    }

    /// The public key, as a file in PEM.
    pub fn pem(&self) -> String {
        let mut der = vec![0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        der.extend_from_slice(self.0.public_key().as_ref());
        let body = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
    }

    /// The 32 bytes of the public key.
    pub fn public(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    /// A token signed with the private key.
    pub fn sign(&self, kid: &str, claims: &Value) -> String {
        let text = unsigned(&json!({ "alg": "EdDSA", "kid": kid }), claims);
        let tag: signature::Signature = self.0.sign(text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag))
    }
}

impl Program {
    /// The seconds since 1970 that the clock shows.
    #[track_caller]
    pub fn seconds(&self) -> i64 {
        let now: jiff::Timestamp = self.now().parse().expect("the clock shows an instant");
        now.as_second()
    }

    /// A token for five minutes, signed with the demo's key.
    #[track_caller]
    pub fn identity(&self, claims: &Value) -> String {
        let (kid, secret) = DEMO_KEY;
        let mut claims = claims.clone();
        if claims.get("exp").is_none() {
            claims["exp"] = (self.seconds() + 300).into();
        }
        signed(&json!({ "alg": "HS256", "kid": kid }), &claims, secret.as_bytes())
    }

    /// A user of the app, whose server signs who they are.
    #[track_caller]
    pub fn as_app_user(&self, claims: &Value) -> Caller {
        self.as_anybody().with("Authorization", &format!("Bearer {}", self.identity(claims)))
    }
}
