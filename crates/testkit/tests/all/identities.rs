//! Tokens of apps, on both engines: what is believed, what is not and why, and keys that follow one another. (CH-01)
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use desk::identity::{self, Checked, keys};
use desk::{Error, Secrets};
use serde_json::{Value, json};
use testkit::{AppKeys, TrialDesk, each_desk, signed, unsigned};

fn dana() -> Value {
    json!({ "sub": "user-7", "email": "dana@fernlight.test", "name": "Dana" })
}

/// The keys of a desk: one with a secret, one of an app's public key.
struct Keys {
    hs256: (String, String),
    eddsa: String,
    app: AppKeys,
}

fn keys(desk: &TrialDesk) -> Keys {
    let app = AppKeys::of(7);
    let pem = app.pem();
    let ctx = desk.system();
    let hs256 = desk.change(ctx.clone(), keys::create_secret).unwrap();
    let eddsa = desk.change(ctx, move |tx, ctx| keys::create_public(tx, ctx, &pem)).unwrap();
    Keys { hs256, eddsa, app }
}

/// The word that says why a token is not believed; "believed" if it is.
fn verdict(desk: &TrialDesk, token: &str) -> String {
    let token = token.to_owned();
    let ctx = desk.system();
    match desk.look(ctx, move |tx, ctx| identity::check(tx, ctx, &token)).unwrap() {
        Checked::Verified(claims) => {
            assert_eq!(claims.subject, "user-7");
            "believed".to_owned()
        }
        Checked::Refused { reason, .. } => reason.as_str().to_owned(),
    }
}

/// Each token and what is to be made of it.
fn table(now: i64, keys: &Keys) -> Vec<(&'static str, String)> {
    let (kid, secret) = (&keys.hs256.0, keys.hs256.1.as_bytes());
    let head = |alg: &str, kid: &str| json!({ "alg": alg, "kid": kid });
    let with = |key: &str, value: Value| {
        let mut claims = dana();
        claims["exp"] = (now + 300).into();
        claims[key] = value;
        claims
    };
    let good = with("name", json!("Dana"));
    let sign = |head: &Value, claims: &Value| signed(head, claims, secret);
    let ours = |claims: &Value| sign(&head("HS256", kid), claims);
    let right = ours(&good);
    let (start, tag) = right.rsplit_once('.').unwrap();
    let other = ours(&with("sub", json!("user-8")));
    let forged = format!("{}.{tag}", other.rsplit_once('.').unwrap().0);
    vec![
        ("believed", right.clone()),
        ("believed", keys.app.sign(&keys.eddsa, &good)),
        ("believed", ours(&with("aud", json!("answerable")))),
        ("believed", ours(&with("aud", json!(["x", "http://desk.test"])))),
        ("believed", ours(&with("exp", (now - 59).into()))),
        ("unsigned", String::new()),
        ("malformed", "a.b.c".to_owned()),
        ("malformed", format!("{start}.!!!")),
        ("malformed", "x".repeat(9000)),
        ("malformed", sign(&json!({ "alg": "HS256", "kid": kid, "crit": ["b64"] }), &good)),
        ("algorithm_refused", format!("{}.", unsigned(&head("none", kid), &good))),
        ("algorithm_refused", sign(&head("none", kid), &good)),
        ("algorithm_refused", sign(&head("HS512", kid), &good)),
        // The public key is public: as a secret it must not do.
        ("algorithm_refused", signed(&head("HS256", &keys.eddsa), &good, keys.app.public())),
        (
            "algorithm_refused",
            signed(&head("HS256", &keys.eddsa), &good, keys.app.pem().as_bytes()),
        ),
        ("algorithm_refused", keys.app.sign(kid, &good)),
        ("signature_wrong", AppKeys::of(9).sign(&keys.eddsa, &good)),
        ("signature_wrong", signed(&head("HS256", kid), &good, b"another secret")),
        ("signature_wrong", forged),
        ("key_missing", sign(&json!({ "alg": "HS256" }), &good)),
        ("key_unknown", sign(&head("HS256", "elsewhere"), &good)),
        ("exp_missing", ours(&with("exp", Value::Null))),
        ("expired", ours(&with("exp", (now - 61).into()))),
        ("not_yet_valid", ours(&with("nbf", (now + 120).into()))),
        ("not_yet_valid", ours(&with("iat", (now + 120).into()))),
        ("lifetime_too_long", ours(&with("exp", (now + 4000).into()))),
        ("audience_wrong", ours(&with("aud", json!("somebody else")))),
        ("claim_invalid", ours(&with("sub", Value::Null))),
        ("claim_invalid", ours(&with("email", json!("nobody")))),
        ("claim_invalid", ours(&with("zone", json!("Mars/Olympus")))),
        ("claim_invalid", ours(&with("admin", json!("yes")))),
        ("claim_invalid", ours(&with("organization", json!({ "id": "o", "mrr": "lots" })))),
        ("claim_invalid", ours(&with("organization", json!({ "name": "no id" })))),
    ]
}

#[test]
fn what_is_not_believed_says_why() {
    each_desk(|desk| {
        let keys = keys(desk);
        let now = desk.system().now.as_second();
        for (expected, token) in table(now, &keys) {
            assert_eq!(
                verdict(desk, &token),
                expected,
                "{}",
                token.chars().take(200).collect::<String>()
            );
        }
    });
}

#[test]
fn one_key_follows_another_and_a_revoked_one_is_over() {
    each_desk(|desk| {
        let old = keys(desk);
        let new = keys(desk);
        let mut claims = dana();
        claims["exp"] = (desk.system().now.as_second() + 300).into();
        let sign = |key: &(String, String)| {
            signed(&json!({ "alg": "HS256", "kid": key.0 }), &claims, key.1.as_bytes())
        };
        assert_eq!(verdict(desk, &sign(&old.hs256)), "believed");
        assert_eq!(verdict(desk, &sign(&new.hs256)), "believed");

        let id = old.hs256.0.clone();
        let ctx = desk.system();
        desk.change(ctx.clone(), move |tx, ctx| keys::revoke(tx, ctx, &id)).unwrap();

        assert_eq!(verdict(desk, &sign(&old.hs256)), "key_revoked");
        assert_eq!(verdict(desk, &sign(&new.hs256)), "believed");
        let id = old.hs256.0.clone();
        let again = desk.change(ctx.clone(), move |tx, ctx| keys::revoke(tx, ctx, &id));
        assert!(matches!(again, Err(Error::NotFound)));
        let listed = desk.look(ctx, keys::list).unwrap();
        assert_eq!(listed.len(), 4);
        assert!(
            listed.iter().all(|key| !key.material.contains(&new.hs256.1)),
            "secrets are sealed"
        );
    });
}

#[test]
fn a_secret_does_not_open_in_another_installation() {
    let one = Secrets::new([1; 32], 1);
    let sealed = one.seal("identity key k1", b"secret");
    assert_eq!(Secrets::new([2; 32], 1).open("identity key k1", &sealed), None);
}
