//! From a message to the ticket it belongs to.
//!
//! A token stands in two places: in the address we ask replies for
//! (`support+{token}@acme.test`) and at the head of our own Message-IDs
//! (`<{token}.{delivery}@acme.test>`), which come back in In-Reply-To and References.
//! A token that verifies proves that its holder has a mail of ours, not who the holder is:
//! whether the sender takes part in the ticket is for the caller to ask. (CH-03, D-29)

use crate::{
    message::Message,
    token::{Named, ReplyKey},
};

/// The address that brings a reply back: `support+token@acme.test`.
pub fn reply_address(from: &str, token: &str) -> Option<String> {
    let (local, domain) = mailbox(from)?;
    Some(format!("{local}+{token}@{domain}"))
}

/// The ticket whose token the message carries, in an address of ours or in its references.
pub fn find_token(message: &Message, key: &ReplyKey, support_address: &str) -> Option<i64> {
    let (local, domain) = mailbox(support_address)?;
    let ours = format!("{local}+").to_lowercase();
    let domain = domain.to_lowercase();
    let in_recipients = message.recipients.iter().find_map(|recipient| {
        let folded = recipient.folded();
        let (recipient_local, recipient_domain) = folded.rsplit_once('@')?;
        let token = recipient_local.strip_prefix(&ours)?;
        (recipient_domain == domain).then(|| key.verify(token))?
    });
    in_recipients
        .or_else(|| message.references.iter().find_map(|id| key.verify(token_of_message_id(id)?)))
}

/// The ticket the message names without any right to it.
///
/// A string shaped like a token in an address or a reference, or `#123` in the subject of an
/// answer. Ask [`find_token`] first.
pub fn claims(message: &Message) -> Option<i64> {
    let in_recipients = message.recipients.iter().find_map(|recipient| {
        let (local, _) = recipient.email.rsplit_once('@')?;
        let (_, token) = local.rsplit_once('+')?;
        Named::read(token)
    });
    let in_references =
        || message.references.iter().find_map(|id| Named::read(token_of_message_id(id)?));
    in_recipients
        .or_else(in_references)
        .map(|named| named.ticket)
        .or_else(|| number_in_answer(&message.subject))
}

fn token_of_message_id(id: &str) -> Option<&str> {
    id.split_once('.').map(|(token, _)| token)
}

/// `Re: [#4812] Flags` in the languages that mail programs speak.
fn number_in_answer(subject: &str) -> Option<i64> {
    const ANSWERS: [&str; 11] =
        ["re", "aw", "sv", "vs", "antw", "odp", "res", "rif", "r", "回复", "返信"];
    let (prefix, rest) = subject.split_once([':', '：'])?;
    // Some programs count: "Re[2]:".
    let prefix = prefix.split('[').next()?.trim().to_lowercase();
    if !ANSWERS.contains(&prefix.as_str()) {
        return None;
    }
    let (_, number) = rest.split_once('#')?;
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..end].parse().ok()
}

/// The two halves of the address in `Name <local@domain>` or `local@domain`.
fn mailbox(from: &str) -> Option<(&str, &str)> {
    let inside = from.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
    let email = inside.map_or(from, |(email, _)| email).trim();
    let (local, domain) = email.rsplit_once('@')?;
    (!local.is_empty() && !domain.is_empty()).then_some((local, domain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Address;

    const FROM: &str = "Acme support <support@acme.test>";

    fn to(email: &str) -> Message {
        let recipients = vec![Address { name: None, email: email.to_owned() }];
        Message { recipients, ..Message::default() }
    }

    fn referring_to(id: String) -> Message {
        Message { references: vec![id], ..Message::default() }
    }

    /// CH-03
    #[test]
    fn a_reply_finds_its_ticket_by_address_or_by_reference() {
        let key = ReplyKey::new(b"key", 1);
        let token = key.token(4812);
        let address = reply_address(FROM, &token).unwrap();

        assert_eq!(find_token(&to(&address), &key, FROM), Some(4812));
        assert_eq!(find_token(&to(&address.to_uppercase()), &key, FROM), Some(4812));
        let id = format!("{token}.77@mail.acme.test");
        assert_eq!(find_token(&referring_to(id), &key, FROM), Some(4812));
    }

    /// CH-03
    #[test]
    fn a_token_at_a_foreign_address_is_no_right() {
        let key = ReplyKey::new(b"key", 1);
        let token = key.token(4812);

        assert_eq!(find_token(&to(&format!("support+{token}@evil.test")), &key, FROM), None);
        assert_eq!(find_token(&to(&format!("sales+{token}@acme.test")), &key, FROM), None);
    }

    /// CH-03
    #[test]
    fn a_forged_token_is_a_claim_and_not_a_right() {
        let key = ReplyKey::new(b"key", 1);
        let forged = ReplyKey::new(b"guess", 1).token(4812);
        let message = to(&reply_address(FROM, &forged).unwrap());

        assert_eq!(find_token(&message, &key, FROM), None);
        assert_eq!(claims(&message), Some(4812));
        assert_eq!(claims(&referring_to(format!("{forged}.1@acme.test"))), Some(4812));
    }

    /// CH-03
    #[test]
    fn a_number_in_the_subject_of_an_answer_is_a_claim() {
        let named =
            |subject: &str| claims(&Message { subject: subject.to_owned(), ..Message::default() });

        assert_eq!(named("Re: [#4812] Flags"), Some(4812));
        assert_eq!(named("AW: Flags (#17)"), Some(17));
        assert_eq!(named("RE[2]: #5"), Some(5));
        assert_eq!(named("Flag #4812 is odd"), None);
        assert_eq!(named("Re: we are #1!"), Some(1));
        assert_eq!(named("Re: #"), None);
        assert_eq!(named("Re: #99999999999999999999"), None);
    }
}
