//! Mail that no person wrote, or that says so.

use super::{Awkward, mail, multipart};

const HEADERS: [(&str, &str); 18] = [
    ("an absence note", "Auto-Submitted: auto-replied\r\n"),
    ("an absence note with a comment", "Auto-Submitted: auto-replied (vacation); owner=dana\r\n"),
    ("a note by a machine", "Auto-Submitted: auto-generated\r\n"),
    ("a person who says so", "Auto-Submitted: no\r\n"),
    ("a list", "List-Id: <all.fernlight.test>\r\n"),
    ("a newsletter", "List-Unsubscribe: <mailto:off@news.test>\r\nPrecedence: bulk\r\n"),
    ("junk that says so", "Precedence: junk\r\n"),
    ("an answering machine of old", "Precedence: auto_reply\r\n"),
    ("an answering machine of its own kind", "X-Autoreply: yes\r\n"),
    ("an answering machine that says no", "X-Autoreply: no\r\n"),
    ("Exchange asking for silence", "X-Auto-Response-Suppress: All\r\n"),
    ("nobody", "Return-Path: <>\r\n"),
    ("the mail system", "From: MAILER-DAEMON@mx.test\r\n"),
    ("the postmaster", "From: postmaster@mx.test\r\n"),
    ("a subject that only sounds automatic", "Subject: Automatic reply: not one\r\n"),
    ("a header of auto-submission that is empty", "Auto-Submitted:\r\n"),
    ("a list of ours", "List-Id: <support.acme.test>\r\nPrecedence: list\r\n"),
    ("feedback asked for", "Feedback-ID: 1:news\r\n"),
];

pub(super) fn mails() -> Vec<Awkward> {
    let mut all: Vec<Awkward> = HEADERS
        .iter()
        .map(|(name, headers)| mail(format!("a mail from {name}"), headers, "I am away.\r\n"))
        .collect();
    let status = |fields: &str| format!("Content-Type: message/delivery-status\r\n\r\n{fields}");
    let failed = status(
        "Reporting-MTA: dns; mx.test\r\n\r\nFinal-Recipient: rfc822; dana@fernlight.test\r\nAction: failed\r\nStatus: 5.1.1",
    );
    let late = status(
        "Reporting-MTA: dns; mx.test\r\n\r\nFinal-Recipient: rfc822; dana@fernlight.test\r\nAction: delayed\r\nStatus: 4.4.1",
    );
    let broken = status("this is no status");
    let forged = "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <t1-1-aaaaaaaaaaaaaaaaaaaaaaaaaa.1@acme.test>";
    let report = "report; report-type=delivery-status";
    all.push(multipart("a report of a failure", report, &[&failed]));
    all.push(multipart("a report of a delay", report, &[&late]));
    all.push(multipart("a report that is none", report, &[&broken]));
    all.push(multipart("a report about a mail that was not ours", report, &[&failed, forged]));
    all.push(multipart("a receipt", "report; report-type=disposition-notification", &["Content-Type: message/disposition-notification\r\n\r\nDisposition: manual-action/MDN-sent-manually; displayed"]));
    all.push(multipart(
        "a complaint",
        "report; report-type=feedback-report",
        &["Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse"],
    ));
    all
}
