//! What is kept beside a comment that came by mail: addresses, what was folded, and whether its sender is believed.

use mail::{Check, Defect, Policy, Trust, Verdict};
use serde::{Deserialize, Serialize};

/// The delivery details of a comment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// The number of the mail in the archive.
    pub mail: Option<i64>,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// The sender's address as written.
    pub from: Option<String>,
    /// The sender's name as written.
    pub from_name: Option<String>,
    /// To whom it went.
    pub to: Vec<String>,
    /// Who got a copy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<String>,
    /// The quoted rest.
    pub quoted: Option<String>,
    /// The signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// What was wrong with it, or left out.
    pub defects: Vec<String>,
    /// It carries a signature that nobody has checked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub signed: bool,
    /// How many pictures from elsewhere it wanted to load.
    #[serde(skip_serializing_if = "is_zero")]
    pub remote_pictures: usize,
    /// Whether its sender is believed.
    pub trust: Proof,
    /// It bears the address of one of us and was not taken for theirs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unproved_agent: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Details {
    /// Reads what is kept beside a comment.
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// As it is kept.
    pub fn write(&self) -> String {
        serde_json::to_string(self).expect("details are made of plain values")
    }
}

/// A [`Trust`] as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Proof {
    /// aligned, unaligned or disowned; empty where nobody looked.
    pub verdict: String,
    /// pass, fail, none, error; empty where nobody looked.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub spf: String,
    /// The same.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub dkim: String,
    /// The same.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub dmarc: String,
    /// The same.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub arc: String,
    /// The sender's domain asks to refuse what it disowns.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reject: bool,
    /// Whose word it is, if not our own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said_by: Option<String>,
}

impl Proof {
    /// Whether somebody looked.
    pub fn was_checked(&self) -> bool {
        !self.verdict.is_empty()
    }

    /// Whether the sender's address is proved.
    pub fn is_proved(&self) -> bool {
        self.verdict == "aligned"
    }

    /// What it came to: `DKIM ok`, `SPF fail, DMARC fail`.
    pub fn summary(&self) -> String {
        let checks =
            [("DKIM", &self.dkim), ("DMARC", &self.dmarc), ("SPF", &self.spf), ("ARC", &self.arc)];
        let told = |(name, said): &(&str, &String)| {
            format!("{name} {}", if said.as_str() == "pass" { "ok" } else { said.as_str() })
        };
        if self.is_proved() {
            // One proof is enough to say.
            return checks.iter().find(|(_, said)| *said == "pass").map_or_else(String::new, told);
        }
        let all = checks.iter().filter(|(_, said)| !said.is_empty());
        all.map(told).collect::<Vec<_>>().join(", ")
    }
}

impl From<&Trust> for Proof {
    fn from(trust: &Trust) -> Self {
        let verdict = match trust.verdict {
            Verdict::Unchecked => "",
            Verdict::Aligned => "aligned",
            Verdict::Unaligned => "unaligned",
            Verdict::Disowned => "disowned",
        };
        let said = |check: Check| check.as_str().to_owned();
        Self {
            verdict: verdict.to_owned(),
            spf: said(trust.spf),
            dkim: said(trust.dkim),
            dmarc: said(trust.dmarc),
            arc: said(trust.arc),
            reject: trust.policy == Policy::Reject,
            said_by: trust.said_by.clone(),
        }
    }
}

/// A defect by its name.
pub(crate) fn named(defects: &[Defect]) -> Vec<String> {
    defects.iter().map(|defect| format!("{defect:?}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_said_in_one_word_and_its_absence_in_all() {
        let trust = |dkim, dmarc, spf| {
            let mut trust = Trust { dkim, dmarc, spf, ..Trust::default() };
            trust.verdict = trust.conclusion();
            Proof::from(&trust).summary()
        };

        assert_eq!(trust(Check::Pass, Check::Pass, Check::Pass), "DKIM ok");
        assert_eq!(trust(Check::Absent, Check::Pass, Check::Pass), "DMARC ok");
        assert_eq!(
            trust(Check::Absent, Check::Fail, Check::Fail),
            "DKIM none, DMARC fail, SPF fail"
        );
        assert_eq!(trust(Check::NotChecked, Check::NotChecked, Check::NotChecked), "");
    }

    #[test]
    fn details_of_older_mails_are_read() {
        let old = r#"{"message_id":"a@b","from":"k@c.test","from_name":null,"to":[],"quoted":null,"defects":[]}"#;
        assert_eq!(Details::read(old).from.as_deref(), Some("k@c.test"));
        assert_eq!(
            Details::read("{}").write().parse::<serde_json::Value>().unwrap()["mail"],
            serde_json::Value::Null
        );
    }
}
