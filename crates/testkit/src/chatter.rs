//! Many comments with words as people use them, for measuring searches: few words stand everywhere and most are rare.
//!
//! They are written into the table of comments and the index, many in one transaction, and no ticket's log tells of them.

use std::f64::consts::E;

use desk::{Ctx, Error, Tx};
use domain::{Actor, AuditId, Channel, CommentId, TicketId, UserId};
use store::Kind;
use store::comments::Comment;

use crate::{Crowd, Failure};

/// How many one transaction writes.
const TOGETHER: u64 = 1_000;
/// How many words there are.
const WORDS: u64 = 60_000;
/// How many words a comment has.
const LENGTH: u64 = 30;
/// Every so many comments one is in Japanese.
const JAPANESE: u64 = 20;
/// The parts that words are made of.
const SYLLABLES: [&str; 40] = [
    "cha", "se", "fla", "ru", "sta", "in", "de", "pro", "er", "con", "re", "ti", "sa", "un", "mo",
    "ex", "pla", "do", "gra", "ba", "lo", "ses", "fi", "ta", "ka", "wi", "no", "is", "ve", "ter",
    "ment", "ing", "on", "al", "ly", "th", "or", "ap", "ne", "co",
];

impl Crowd {
    /// Adds comments to the tickets that are there, each to another one in turn.
    ///
    /// # Errors
    ///
    /// When they were not stored.
    pub async fn chatter(&self, tickets: u64, count: u64) -> Result<(), Failure> {
        for first in (0..count).step_by(usize::try_from(TOGETHER)?) {
            let last = count.min(first + TOGETHER);
            let ctx = self.desk().ctx(Actor::System, Channel::System);
            self.desk().write(ctx, move |tx, ctx| write(tx, ctx, tickets, first..last)).await?;
        }
        Ok(())
    }
}

fn write(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    tickets: u64,
    turns: std::ops::Range<u64>,
) -> Result<(), Error> {
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let first = tx.next_ids(Kind::Entry, number(turns.end - turns.start))?;
    for (id, turn) in (first..).zip(turns) {
        let body = words(turn);
        let comment = Comment {
            id: CommentId(id),
            ticket: TicketId(number(1 + turn % tickets.max(1))),
            audit: AuditId(0),
            author: UserId(1),
            public: turn.is_multiple_of(2),
            html: format!("<p>{body}</p>"),
            body,
            salt: String::new(),
            via: Channel::Email,
            details: None,
            created_at: ctx.now,
            leaves_at: None,
            attachments: Vec::new(),
        };
        store::comments::insert(tx, &comment)?;
    }
    Ok(())
}

/// What is said in a turn: always the same.
fn words(turn: u64) -> String {
    let mut dice = Dice(turn);
    if turn.is_multiple_of(JAPANESE) {
        let letter = |rank: u64| char::from_u32(0x4e00 + u32::try_from(rank).unwrap_or(0));
        return (0..LENGTH * 2).filter_map(|_| letter(dice.rank(2_000))).collect();
    }
    let words: Vec<String> = (0..LENGTH).map(|_| word(dice.rank(WORDS))).collect();
    words.join(" ")
}

/// The word of a rank: the commonest are short.
fn word(rank: u64) -> String {
    let base = u64::try_from(SYLLABLES.len()).unwrap_or(1);
    let mut rest = rank + base;
    let mut word = String::new();
    while rest > 0 {
        word.push_str(SYLLABLES[usize::try_from(rest % base).unwrap_or(0)]);
        rest /= base;
    }
    word
}

/// Dice that fall the same way for the same turn.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A rank below `most`; each is as likely as its number is small (Zipf's law).
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank is a rough thing"
    )]
    fn rank(&mut self, most: u64) -> u64 {
        let share = (self.roll() >> 11) as f64 / (1_u64 << 53) as f64;
        let rank = E.powf(share * (most as f64).ln()) as u64;
        rank.saturating_sub(1).min(most - 1)
    }
}
