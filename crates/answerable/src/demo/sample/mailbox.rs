//! The mailbox of the sample company: what it listed this morning, and where that went.

use desk::mailbox::{Arrival, Incoming, Source, parse, receive};
use desk::mailboxes::{self, Listing};
use desk::{Ctx, Error, Tx};

const NAME: &str = "support";
const VALIDITY: u32 = 1_780_000_000;

/// Automatic mail: kept, and no ticket.
const AUTOMATIC: [(&str, &str); 3] = [
    ("Out of office until Monday", "Auto-Submitted: auto-replied"),
    ("Automatic reply: Re: Flags", "Auto-Submitted: auto-replied"),
    ("Your weekly digest", "Precedence: list"),
];

/// The mailbox was read a moment ago; one message was deleted by somebody before.
pub(super) fn fetch(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(), Error> {
    let Some(mailbox) = mailboxes::hold(tx, ctx, NAME, "demo")? else { return Ok(()) };
    let listing = |uids: &[u32]| Listing {
        validity: VALIDITY,
        uids: uids.to_vec(),
        old: Vec::new(),
        whole: true,
    };
    mailboxes::listed(tx, ctx, &mailbox, &listing(&[101, 102, 103, 104]))?;
    for (uid, (subject, header)) in (101..).zip(AUTOMATIC) {
        let raw = format!(
            "From: kim@fernlight.test\r\nTo: support@acme.test\r\nSubject: {subject}\r\n{header}\r\n\
             Message-ID: <sample-{uid}@fernlight.test>\r\n\r\n{subject}.\r\n"
        );
        let arrival = Arrival {
            mailbox: NAME.to_owned(),
            source: Source::Imap { validity: VALIDITY, uid },
            received_at: ctx.now,
            session: None,
        };
        let message = parse(raw.as_bytes());
        let incoming = Incoming::of_words(raw.into_bytes(), message, mail::Trust::default());
        receive(tx, ctx, &arrival, &incoming)?;
    }
    let mailbox = mailboxes::Mailbox { validity: VALIDITY, last_uid: 104, ..mailbox };
    mailboxes::listed(tx, ctx, &mailbox, &listing(&[101, 102, 103]))?;
    mailboxes::let_go(tx, NAME, "demo")
}
