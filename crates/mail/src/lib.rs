//! Bytes to messages and back, threading, reply tokens. Pure.
//!
//! In: [`parse()`] turns whatever arrived into a [`Message`]. It never fails; what was wrong is
//! kept as [`Defect`]s. Everything in a message was written by a stranger: `html` is **not**
//! cleaned here, `from` is **not** proven.
//!
//! Between: a [`ReplyKey`] signs the token that lets a reply find its ticket. [`find_token`]
//! is a right, [`claims`] is only a claim.
//!
//! A [`Trust`] says whether the sender is who they say, as far as anybody looked.
//!
//! Out: [`Outgoing`] becomes the bytes of one mail. Nothing in it can add a header.
//!
//! ```
//! let key = mail::ReplyKey::new(b"a key of the installation", 1);
//! let from = "Acme support <support@acme.test>";
//! let reply_to = mail::reply_address(from, &key.token(4812)).unwrap();
//!
//! let raw = format!("From: dana@fernlight.test\r\nTo: {reply_to}\r\nSubject: Re: Flags\r\n\r\nThanks!\r\n");
//! let message = mail::parse(raw.as_bytes());
//!
//! assert_eq!(message.text, "Thanks!");
//! assert_eq!(mail::find_token(&message, &key, from), Some(4812));
//! ```

mod automatic;
mod fingerprint;
mod forward;
mod html;
mod message;
mod outgoing;
mod parse;
mod quote;
mod session;
mod text;
mod threading;
mod token;
mod trust;
mod winmail;

pub use automatic::{Automatic, Bounce};
pub use message::{Address, Attachment, Defect, Message};
pub use outgoing::{Envelope, Error, Outgoing};
pub use parse::{MAX_TEXT_BYTES, parse};
pub use session::{Session, is_inside};
pub use threading::{claims, find_token, reply_address};
pub use token::ReplyKey;
pub use trust::{Check, Policy, Trust, Verdict, is_aligned};
pub use winmail::{Winmail, unpack};
