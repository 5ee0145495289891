//! Mail that passes another mail on, and who wrote that one.
//!
//! What is passed on is not folded: it is what the mail is about. Whose question it is matters when one of us forwards a
//! customer's mail; the name of the sender is then read from the block that mail programs put above it. (CH-03)

use crate::message::Address;

const PREFIXES: [&str; 11] =
    ["fwd", "fw", "wg", "tr", "rv", "vb", "doorst", "enc", "pd", "转发", "転送"];

/// "Begin forwarded message" in the languages mail programs speak, in lower case.
const MARKS: [&str; 14] = [
    "forwarded message",
    "begin forwarded message",
    "weitergeleitete nachricht",
    "anfang der weitergeleiteten nachricht",
    "message transféré",
    "début du message transféré",
    "mensaje reenviado",
    "inicio del mensaje reenviado",
    "messaggio inoltrato",
    "inizio messaggio inoltrato",
    "doorgestuurd bericht",
    "mensagem encaminhada",
    "转发的邮件",
    "転送されたメッセージ",
];

const FROM: [&str; 10] = ["from", "von", "de", "da", "van", "od", "från", "发件人", "差出人", "от"];

/// Whether a mail passes another one on: its subject says so, or a line above what is passed on does.
pub(crate) fn is_forward(subject: &str, body: &str) -> bool {
    let prefix = subject.split_once([':', '：']).map(|(prefix, _)| prefix.trim().to_lowercase());
    prefix.is_some_and(|prefix| PREFIXES.contains(&&*prefix)) || mark(body).is_some()
}

/// Who wrote the mail that is passed on.
pub(crate) fn sender(body: &str) -> Option<Address> {
    const LOOKED_AT: usize = 8;
    let lines: Vec<&str> = body.lines().collect();
    let start = mark(body).unwrap_or(0);
    let lines = lines.get(start..)?;
    let from = |line: &&str| {
        let (label, value) = unmarked(line).split_once([':', '：'])?;
        let label = label.trim_matches(['*', ' ', '\u{a0}']).to_lowercase();
        FROM.contains(&&*label).then(|| address(value.trim_matches(['*', ' ', '\u{a0}'])))?
    };
    if start > 0 || mark(body).is_some() {
        return lines.iter().take(LOOKED_AT + 1).find_map(from);
    }
    lines.iter().find_map(from)
}

/// The line of the mark.
fn mark(body: &str) -> Option<usize> {
    body.lines().position(|line| {
        let line = unmarked(line);
        let is_drawn = line.starts_with("--") || line.ends_with(':');
        let words = line.trim_matches(|c: char| c == '-' || c == ':' || c.is_whitespace());
        is_drawn && line.len() < 120 && MARKS.contains(&&*words.to_lowercase())
    })
}

fn unmarked(line: &str) -> &str {
    line.trim_start_matches(['>', ' ']).trim_end()
}

/// `Name <address>`, `"Name" [mailto:address]` or the address alone.
fn address(written: &str) -> Option<Address> {
    let ends = |c: char| c.is_whitespace() || "<>[]()\"';,:".contains(c);
    let email = written.split(ends).find(|word| {
        word.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && !domain.contains('@')
        })
    })?;
    let name = written.split(['<', '[', '(']).next().unwrap_or_default();
    let name = crate::text::one_line(name.trim().trim_matches(['"', '\'']));
    let name = (!name.is_empty() && !name.contains('@')).then_some(name);
    Some(Address { name, email: email.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: &str) -> Option<(String, Option<String>)> {
        sender(body).map(|address| (address.email, address.name))
    }

    /// CH-03
    #[test]
    fn what_is_passed_on_names_its_sender() {
        let dana = Some(("dana@fernlight.test".to_owned(), Some("Dana Reyes".to_owned())));
        for body in [
            "Please look.\n\n---------- Forwarded message ---------\nFrom: Dana Reyes <dana@fernlight.test>\nDate: x\n\nHelp",
            "Begin forwarded message:\n\n> From: Dana Reyes <dana@fernlight.test>\n> Subject: y\n>\n> Help",
            "-------- Weitergeleitete Nachricht --------\nBetreff: y\nVon: Dana Reyes <dana@fernlight.test>\n\nHilfe",
            "*From:* Dana Reyes [mailto:dana@fernlight.test]\n*Sent:* Friday\n\nHelp",
        ] {
            assert_eq!(said(body), dana, "{body}");
        }
        assert_eq!(said("From: nobody in particular"), None);
        assert_eq!(said(""), None);
    }

    /// CH-03
    #[test]
    fn a_forward_is_known_by_its_subject_or_its_mark() {
        assert!(is_forward("Fwd: Flags", "x"));
        assert!(is_forward("WG: Flags", "x"));
        assert!(is_forward("Flags", "x\n---------- Forwarded message ---------\ny"));
        assert!(!is_forward("Re: Fwd: Flags", "x"));
        assert!(!is_forward("Flags", "I forwarded message 7 to you."));
    }
}
