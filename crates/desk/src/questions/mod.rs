//! Public questions: what was answered once is found by everybody who asks it again. (COM-01, COM-03, CH-04)
//!
//! Those who answer publish them, by hand or from a ticket. Nothing of a ticket becomes public that nobody has looked at:
//! its public words are only a proposal, and what looks private in a text has to be said to be none. What customers post
//! themselves, and its moderation, will be more states and more authors of the same things.

mod matching;
mod publish;

use domain::questions::{Answer, Question, QuestionState};
use domain::{QuestionId, TicketId};
use store::Tx;
use store::page::Page;
pub use store::questions::{Remark, Verdicts};

use crate::{Act, Ctx, Error, require, texts};

pub use matching::{Hit, matching};
pub use publish::{Draft, Input, change, draft, publish, restore, withdraw};

/// How many letters of words about a page are taken.
pub const MOST_WORDS: usize = 2000;
/// Remarks that are shown to those who answer.
const REMARKS: i64 = 50;
/// Beyond this nobody counts.
const COUNTED: i64 = 10_000;

/// A question with the answer that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The question.
    pub question: Question,
    /// The answer on top, if there is one.
    pub answer: Option<Answer>,
}

/// A question, whoever asks. One that was taken away is still there, and says so. (CH-04)
pub fn show(tx: &mut Tx<'_>, ctx: &Ctx, id: QuestionId) -> Result<Answered, Error> {
    require(&ctx.actor, Act::ReadPublic)?;
    let question = store::questions::load(tx, id)?.ok_or(Error::NotFound)?;
    with_answers(tx, vec![question])?.pop().ok_or(Error::NotFound)
}

/// A page of what can be read, by number.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx, page: &Page) -> Result<Vec<Answered>, Error> {
    require(&ctx.actor, Act::ReadPublic)?;
    let found = store::questions::page(tx, QuestionState::Published, page)?;
    with_answers(tx, found)
}

/// How many questions can be read, counted up to ten thousand.
pub fn count(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<i64, Error> {
    require(&ctx.actor, Act::ReadPublic)?;
    Ok(store::questions::count(tx, QuestionState::Published, COUNTED)?)
}

/// The questions that were written from a ticket.
pub fn of_ticket(tx: &mut Tx<'_>, ctx: &Ctx, ticket: TicketId) -> Result<Vec<Question>, Error> {
    crate::tickets::show(tx, ctx, ticket)?;
    Ok(store::questions::of_ticket(tx, ticket)?)
}

/// Questions with the answers that count.
fn with_answers(tx: &mut Tx<'_>, questions: Vec<Question>) -> Result<Vec<Answered>, Error> {
    let ids: Vec<_> = questions.iter().filter_map(|question| question.accepted).collect();
    let mut answers = store::questions::answers(tx, &ids)?;
    let mut accepted = |question: &Question| {
        let at = answers.iter().position(|answer| Some(answer.id) == question.accepted)?;
        Some(answers.swap_remove(at))
    };
    let whole =
        questions.into_iter().map(|question| Answered { answer: accepted(&question), question });
    Ok(whole.collect())
}

/// What a reader says about the version of a page they have read. (COM-03)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict<'a> {
    /// Which version.
    pub version: i64,
    /// Whether it was useful.
    pub is_useful: bool,
    /// What they have to say; may be empty.
    pub words: &'a str,
}

/// Counts what a reader says about a page. Nobody has to say who they are.
///
/// # Errors
///
/// When the words are too long, or there is no such version of such a page.
pub fn judge(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: QuestionId,
    verdict: Verdict<'_>,
) -> Result<(), Error> {
    require(&ctx.actor, Act::JudgePage)?;
    let words = texts::plain(verdict.words);
    let words = words.trim();
    if words.chars().count() > MOST_WORDS {
        let what = format!("Words: is too long (maximum is {MOST_WORDS} characters)");
        return Err(Error::invalid("words", "TooLong", what));
    }
    let question = show(tx, ctx, id)?.question;
    if question.state != QuestionState::Published {
        return Err(Error::NotFound);
    }
    if !(1..=question.version).contains(&verdict.version) {
        return Err(Error::invalid(
            "version",
            "InvalidValue",
            "Version: there is no such version of this page",
        ));
    }
    store::questions::judge(tx, id, verdict.version, verdict.is_useful)?;
    if words.is_empty() {
        return Ok(());
    }
    let remark = Remark {
        version: verdict.version,
        is_useful: verdict.is_useful,
        words: words.to_owned(),
        created_at: ctx.now,
    };
    Ok(store::questions::remark(tx, id, &remark)?)
}

/// A page that did not answer what readers looked for: a gap of the documentation, until the page changes. (CH-06)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The page.
    pub question: Question,
    /// What readers said of it as it is now.
    pub verdicts: Verdicts,
    /// In words, the newest first.
    pub remarks: Vec<Remark>,
}

/// How many gaps are listed, and remarks about each.
const GAPS: i64 = 100;
const SAID: usize = 5;

/// The gaps of the documentation that readers named, those that most ran into first.
pub fn gaps(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Gap>, Error> {
    which(tx, ctx, false)
}

/// Those that somebody marked as mended, and that no reader has run into since.
pub fn mended(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Gap>, Error> {
    which(tx, ctx, true)
}

/// Marks the gap of a page as mended, or takes that back; it opens by itself when a reader runs into it again. (CH-06)
pub fn mend(tx: &mut Tx<'_>, ctx: &Ctx, id: QuestionId, mended: bool) -> Result<(), Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let question = store::questions::lock(tx, id)?.ok_or(Error::NotFound)?;
    store::questions::mend(tx, id, question.version, mended)?;
    let kind = if mended { "docs_gap_mended" } else { "docs_gap_reopened" };
    let facts = serde_json::json!({ "version": question.version }).to_string();
    crate::handbooks::record_admin(tx, ctx, "question", id.0, kind, &facts)
}

fn which(tx: &mut Tx<'_>, ctx: &Ctx, mended: bool) -> Result<Vec<Gap>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let mut gaps = Vec::new();
    for (question, verdicts) in store::questions::gaps(tx, mended, GAPS)? {
        let mut remarks = store::questions::remarks(tx, question.id, REMARKS)?;
        remarks.retain(|one| !one.is_useful && one.version == verdicts.version);
        remarks.truncate(SAID);
        gaps.push(Gap { question, verdicts, remarks });
    }
    Ok(gaps)
}

/// What readers said about a page: counted by version, and in words. For those who answer.
pub fn judged(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: QuestionId,
) -> Result<(Vec<Verdicts>, Vec<Remark>), Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok((store::questions::verdicts(tx, id)?, store::questions::remarks(tx, id, REMARKS)?))
}
