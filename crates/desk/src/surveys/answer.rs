//! What somebody says who holds a link. (CS-05 to CS-07)

use domain::words::Locale;
use domain::{Actor, AuditId, Channel, Command, Rating, Role};
use jiff::Timestamp;
use store::surveys::{Answer, Survey};
use store::tickets::Stored;
use store::{Kind as Ids, Tx};

use super::Link;
use crate::{Ctx, Error, deliveries, secrets, texts, tickets};

/// How many characters of words are taken.
pub const MOST_WORDS: usize = 2000;

/// How a survey stands for whoever opens its link. Nothing of the ticket is in it: links are forwarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The language it was asked in.
    pub locale: Locale,
    /// What was said so far.
    pub rating: Option<Rating>,
    /// Whether there were words with it.
    pub has_words: bool,
    /// Until when it can be changed, once something was said.
    pub until: Option<Timestamp>,
    /// Whether it cannot be changed any more.
    pub settled: bool,
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It counts.
    Taken(Standing),
    /// The days for changing it are over; what was said before counts.
    Settled(Standing),
    /// There is nothing to say it about any more: the ticket was deleted, or the person was removed.
    Gone,
}

/// How the survey of a link stands; none if there is none any more. Changes nothing, whoever asks and how often. (CS-06)
pub fn look(tx: &mut Tx<'_>, ctx: &Ctx, link: &Link) -> Result<Option<Standing>, Error> {
    let stored = store::tickets::load(tx, link.ticket)?;
    Ok(asked(tx, link, stored)?.map(|(survey, stored)| standing(ctx, &survey, &stored)))
}

/// Takes an answer. The last one counts; they are all kept. (CS-07)
///
/// # Errors
///
/// When the words are too long.
pub fn answer(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    link: &Link,
    rating: Rating,
    words: &str,
) -> Result<Said, Error> {
    let words = words_of(words)?;
    let (stored, ctx) = match tickets::fresh(tx, ctx, link.ticket) {
        Ok((stored, ctx)) => (Some(stored), ctx),
        Err(Error::NotFound) => return Ok(Said::Gone),
        Err(error) => return Err(error),
    };
    let Some((survey, stored)) = asked(tx, link, stored)? else { return Ok(Said::Gone) };
    let ctx = ctx.acting_as(Actor::Person { id: link.person, role: Role::EndUser });
    let now = standing(&ctx, &survey, &stored);
    if now.settled {
        return Ok(Said::Settled(now));
    }
    let stored = record(tx, &ctx, stored, &survey, rating, words)?;
    let (survey, stored) = asked(tx, link, Some(stored))?.ok_or(Error::NotFound)?;
    Ok(Said::Taken(standing(&ctx, &survey, &stored)))
}

/// Words to the team by a link that is no longer good, or never was. They rate nothing. (CS-07)
///
/// # Errors
///
/// When the words are too long.
pub fn tell(tx: &mut Tx<'_>, ctx: &Ctx, link: Option<&Link>, words: &str) -> Result<(), Error> {
    let Some(words) = words_of(words)? else { return Ok(()) };
    let found = match link {
        Some(link) => {
            let stored = store::tickets::load(tx, link.ticket)?;
            asked(tx, link, stored)?
        }
        None => None,
    };
    let survey = found.map(|(survey, _)| survey);
    if let Some(survey) = &survey {
        let answer = Answer {
            survey: survey.id,
            rating: None,
            comment: Some(words.clone()),
            salt: secrets::token(),
            via: Channel::Web,
            at: ctx.now,
        };
        store::surveys::answer(tx, &answer)?;
    }
    deliveries::late_words(tx, ctx, survey.as_ref(), &words)
}

/// The survey that a link asks about, with its ticket. A merged ticket keeps its own: what was asked there is answered
/// there. A deleted ticket has none, and a person who was removed is asked nothing.
fn asked(
    tx: &mut Tx<'_>,
    link: &Link,
    stored: Option<Stored>,
) -> Result<Option<(Survey, Stored)>, Error> {
    let Some(stored) = stored.filter(|stored| stored.ticket.deleted_at.is_none()) else {
        return Ok(None);
    };
    let is_there = store::users::load(tx, link.person)?.is_some_and(|user| user.active);
    let survey = store::surveys::of_ticket(tx, link.ticket)?
        .filter(|survey| survey.requester == link.person && survey.issued_at.is_some());
    Ok(survey.filter(|_| is_there).map(|survey| (survey, stored)))
}

fn standing(ctx: &Ctx, survey: &Survey, stored: &Stored) -> Standing {
    let answer = stored.ticket.survey.and_then(|survey| survey.answer);
    Standing {
        locale: Locale::nearest(&survey.locale),
        rating: survey.rating,
        has_words: survey.comment.is_some(),
        until: answer.map(|answer| answer.changeable_until()),
        settled: stored.ticket.survey.is_some_and(|survey| survey.is_settled(ctx.now)),
    }
}

/// Words as they are kept: without control characters, none if there is nothing in them.
pub(super) fn words_of(words: &str) -> Result<Option<String>, Error> {
    let words = texts::plain(words);
    let words = words.trim();
    if words.chars().count() > MOST_WORDS {
        let what = format!("Comment: is too long (maximum is {MOST_WORDS} characters)");
        return Err(Error::invalid("comment", "TooLong", what));
    }
    Ok((!words.is_empty()).then(|| words.to_owned()))
}

/// Writes down what was said, unless it says nothing new. The row comes first, for what leaves is made from it.
pub(super) fn record(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: Stored,
    survey: &Survey,
    rating: Rating,
    words: Option<String>,
) -> Result<Stored, Error> {
    let words = words.filter(|words| survey.comment.as_ref() != Some(words));
    if survey.rating == Some(rating) && words.is_none() {
        return Ok(stored);
    }
    let salt = secrets::token();
    let digest = words.as_ref().map(|words| secrets::digest(&salt, words));
    let answer = Answer {
        survey: survey.id,
        rating: Some(rating),
        comment: words,
        salt,
        via: ctx.via,
        at: ctx.now,
    };
    store::surveys::answer(tx, &answer)?;
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    Ok(tickets::run(tx, ctx, stored, audit, &Command::Rate { rating, digest })?.stored)
}
