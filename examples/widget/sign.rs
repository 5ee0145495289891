//! Signing who the user is: what an app's server has to do for the in-app help.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};

/// A token that says until `exp`, in seconds since 1970, who the user is.
pub(crate) fn sign(key: &str, secret: &str, claims: &Value, exp: u64) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut claims = claims.clone();
    claims["exp"] = exp.into();
    let head = json!({ "alg": "HS256", "typ": "JWT", "kid": key });
    let text = format!("{}.{}", part(&head), part(&claims));
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes())
        .expect("a secret of any length will do");
    mac.update(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}
