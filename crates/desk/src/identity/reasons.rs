//! Why an identity is not believed: a word for programs and a sentence for the app's developer.

use std::fmt;

/// Why a token was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// There is no signature at all.
    Unsigned,
    /// It is no JWT.
    Malformed,
    /// `none`, or another algorithm than the key's.
    AlgorithmRefused,
    /// No `kid`.
    KeyMissing,
    /// A `kid` that is not known here.
    KeyUnknown,
    /// A key that was revoked.
    KeyRevoked,
    /// The signature does not fit.
    SignatureWrong,
    /// No `exp`.
    ExpiryMissing,
    /// Over.
    Expired,
    /// `nbf` or `iat` is still to come.
    NotYetValid,
    /// Good for more than an hour.
    LivesTooLong,
    /// Made for somebody else.
    AudienceWrong,
    /// A claim that cannot be used, with its name and what was expected.
    ClaimInvalid(String),
}

impl Reason {
    /// The word for programs.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Malformed => "malformed",
            Self::AlgorithmRefused => "algorithm_refused",
            Self::KeyMissing => "key_missing",
            Self::KeyUnknown => "key_unknown",
            Self::KeyRevoked => "key_revoked",
            Self::SignatureWrong => "signature_wrong",
            Self::ExpiryMissing => "exp_missing",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::LivesTooLong => "lifetime_too_long",
            Self::AudienceWrong => "audience_wrong",
            Self::ClaimInvalid(_) => "claim_invalid",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = match self {
            Self::Unsigned => {
                "nothing is signed; sign a token on your server and give it as `identity`"
            }
            Self::Malformed => "the token is not a JWT of three parts in base64url",
            Self::AlgorithmRefused => "`alg` has to be the key's own algorithm, HS256 or EdDSA",
            Self::KeyMissing => "the head has no `kid`; put the key's id there",
            Self::KeyUnknown => "no key has this `kid`; `answerable identity key list` shows them",
            Self::KeyRevoked => "the key was revoked; sign with a newer one",
            Self::SignatureWrong => {
                "the signature does not fit: another secret, or a changed token"
            }
            Self::ExpiryMissing => {
                "`exp` is missing; give it in seconds since 1970, some minutes ahead"
            }
            Self::Expired => "the token is over; sign a fresh one",
            Self::NotYetValid => "`nbf` or `iat` is still to come; compare the clocks",
            Self::LivesTooLong => "`exp` is more than an hour ahead; sign short-lived tokens",
            Self::AudienceWrong => "`aud` is neither \"answerable\" nor our address",
            Self::ClaimInvalid(what) => return write!(f, "a claim cannot be used: {what}"),
        };
        f.write_str(sentence)
    }
}
