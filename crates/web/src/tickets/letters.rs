//! What a ticket's page says about mail: whether its sender is believed, what was folded or left out, and the mail itself.

use axum::extract::Path;
use desk::Error;
use desk::mailbox::{Details, Filed, Proof};
use desk::tickets::Comment;
use domain::Channel;
use maud::{Markup, html};

use super::{Seen, number, via};
use crate::attachments::download;
use crate::components::notice::{Tone, message_box};
use crate::components::timeline::{self, By};
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::routes;
use crate::visitor::Visitor;
use crate::words::{Text, Words};

/// What is kept beside a comment that came by mail.
pub(crate) fn details(comment: &Comment) -> Option<Details> {
    let text = comment.details.as_deref().filter(|_| comment.via == Channel::Email)?;
    Some(Details::read(text))
}

/// By which way a comment came, and for a mail whether its sender is believed: "e-mail, DKIM ok".
pub(super) fn way(words: Words, comment: &Comment, details: Option<&Details>) -> String {
    match details.map(|details| &details.trust).filter(|proof| proof.was_checked()) {
        Some(proof) => proved(words, proof),
        None => via(words, comment.via).to_owned(),
    }
}

pub(crate) fn proved(words: Words, proof: &Proof) -> String {
    let summary = proof.summary();
    match (proof.is_proved(), summary.is_empty()) {
        (true, _) => words.fill(Text::ViaEmailProved, &[("proof", &summary)]),
        (false, true) => words.say(Text::ViaEmailUnproved).to_owned(),
        (false, false) => words.fill(Text::ViaEmailUnprovedWhy, &[("why", &summary)]),
    }
}

/// What stands below the words of a mail.
pub(super) fn below(reader: &Reader, ticket: i64, details: &Details) -> Markup {
    let words = reader.words;
    html! {
        (folded(reader, details))
        @if details.unproved_agent { p.strip { (words.say(Text::UnprovedAgent)) } }
        @for line in remarks(words, details) { p.hint { (line) } }
        @if let Some(mail) = details.mail {
            p.hint { a href=(routes::mail_source(ticket, mail)) { (words.say(Text::MailSource)) } }
        }
    }
}

/// The quoted rest and the signature: never dropped, and never in the way.
pub(crate) fn folded(reader: &Reader, details: &Details) -> Markup {
    let words = reader.words;
    let fold = |text: Text, content: &str| {
        html! {
            details.quoted { summary { (words.say(text)) } (plain(content)) }
        }
    };
    html! {
        @if let Some(signature) = &details.signature { (fold(Text::Signature, signature)) }
        @if let Some(quoted) = &details.quoted { (fold(Text::QuotedText, quoted)) }
    }
}

/// Text with its lines.
pub(crate) fn plain(text: &str) -> Markup {
    html! {
        p {
            @for (index, line) in text.lines().enumerate() { @if index > 0 { br; } (line) }
        }
    }
}

/// What was left out or could not be looked into.
fn remarks(words: Words, details: &Details) -> Vec<String> {
    let mut remarks = Vec::new();
    if details.remote_pictures > 0 {
        let count = i64::try_from(details.remote_pictures).unwrap_or(i64::MAX);
        remarks.push(words.count(Text::RemotePictures, count));
    }
    if details.signed {
        remarks.push(words.say(Text::SignedUnchecked).to_owned());
    }
    let said = details.defects.iter().filter_map(|defect| {
        Some(match defect.as_str() {
            "Encrypted" => Text::DefectEncrypted,
            "Winmail" => Text::DefectWinmail,
            "Unreadable" | "TooManyParts" => Text::DefectUnreadable,
            "TextCut" | "HtmlCut" | "HeadersCut" | "AttachmentsCut" | "SubjectCut"
            | "AddressesCut" => Text::DefectCut,
            "Encoding" | "Charset" => Text::DefectEncoding,
            "SeveralSenders" => Text::DefectSeveralSenders,
            _ => return None,
        })
    });
    let mut seen = Vec::new();
    for text in said {
        if !seen.contains(&text) {
            seen.push(text);
            remarks.push(words.say(text).to_owned());
        }
    }
    remarks
}

/// Automatic mail, folded to one line: found here, and nowhere in the way.
pub(super) fn automatic(seen: &Seen, mail: &Filed) -> Markup {
    let words = seen.reader.words;
    let who = mail.sender_name.as_deref().or(mail.sender.as_deref()).unwrap_or_default();
    let summary = words.fill(Text::AutomaticMail, &[("name", &who)]);
    let cause = mail.cause.as_deref().unwrap_or_default();
    timeline::automatic(
        &seen.reader,
        &summary,
        &By::Rule { name: cause, to: None },
        mail.received_at,
        &html! {
            p { b { (mail.subject) } }
            (plain(&mail.excerpt))
            p.hint { a href=(routes::mail_source(seen.id(), mail.id)) { (words.say(Text::MailSource)) } }
        },
    )
}

/// Where mail about this ticket does not arrive.
pub(super) fn undeliverable(seen: &Seen) -> Markup {
    let words = seen.reader.words;
    html! {
        @for (index, (address, why)) in seen.whole.undeliverable.iter().enumerate() {
            @let heading = words.fill(Text::DoesNotArrive, &[("to", address)]);
            (message_box(&format!("undeliverable-{index}"), Tone::Warn, &heading, &html! { p { (why) } }))
        }
    }
}

/// The mail as it came, as a download.
pub(super) async fn source(
    visitor: Visitor,
    Path((ticket, mail)): Path<(String, String)>,
) -> Answer {
    let ticket = number(&ticket)?;
    let mail: i64 = mail.parse().map_err(|_| Problem::NotFound)?;
    let ctx = visitor.ctx.clone();
    let filed = visitor
        .desk
        .read(ctx, move |tx, ctx| {
            let filed = desk::mailbox::archived(tx, ctx, mail)?;
            if filed.ticket == Some(ticket) { Ok(filed) } else { Err(Error::NotFound) }
        })
        .await?;
    let raw = visitor.desk.source(visitor.ctx.clone(), &filed).await?;
    Ok(download(&format!("mail-{mail}.eml"), "text/plain; charset=utf-8", raw))
}
