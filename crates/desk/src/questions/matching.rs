//! Which answered questions fit what somebody is typing.
//!
//! Whoever types uses other words than whoever answered, so not all of them need to be in a question: those that few
//! questions have count most, and the best fit comes first, those with an accepted answer before all others.

use std::collections::HashMap;

use domain::QuestionId;
use domain::search::{Doc, Excerpt, Words, excerpt, tokens};
use domain::words::Locale;
use store::Tx;
use store::search::Of;

use super::{Answered, with_answers};
use crate::{Act, Ctx, Error, require};

/// Words that are looked for.
const ASKED: usize = 12;
/// The newest questions with a word that are looked at.
const LOOKED_AT: i64 = 200;
/// Questions that are judged by their whole text.
const JUDGED: usize = 40;
/// Letters of an excerpt.
const EXCERPT: usize = 160;
/// How much better the reader's own language is.
const OWN_LANGUAGE: f64 = 1.3;

/// A question that fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The question and its answer.
    pub answered: Answered,
    /// The part of the answer that shows why.
    pub excerpt: Excerpt,
}

/// Up to `most` questions that fit a text, the best first.
pub fn matching(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    text: &str,
    locale: Locale,
    most: usize,
) -> Result<Vec<Hit>, Error> {
    require(&ctx.actor, Act::ReadPublic)?;
    let words = asked(text);
    let mut fits: HashMap<i64, (usize, f64)> = HashMap::new();
    for word in &words {
        let ids = store::search::newest(tx, Of::Question, std::slice::from_ref(word), LOOKED_AT)?;
        let weight = rarity(ids.len());
        for id in ids {
            let fit = fits.entry(id).or_default();
            *fit = (fit.0 + 1, fit.1 + weight);
        }
    }
    // One common word of many is chance.
    let enough = |found: usize| found == words.len() || found >= 2 && found * 3 >= words.len();
    let mut best: Vec<(i64, f64)> = fits
        .into_iter()
        .filter(|(_, (found, _))| enough(*found))
        .map(|(id, (_, weight))| (id, weight))
        .collect();
    best.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
    best.truncate(JUDGED);
    let ids: Vec<QuestionId> = best.iter().map(|(id, _)| QuestionId(*id)).collect();
    let questions = store::questions::many(tx, &ids)?;
    let mut found = with_answers(tx, questions)?;
    let weight = |one: &Answered| {
        let known =
            best.iter().find(|(id, _)| *id == one.question.id.0).map_or(0.0, |(_, weight)| *weight);
        let own = if one.question.locale == locale { OWN_LANGUAGE } else { 1.0 };
        (known + score(one, &words)) * own
    };
    found.sort_by(|a, b| {
        let accepted = b.answer.is_some().cmp(&a.answer.is_some());
        accepted
            .then_with(|| weight(b).total_cmp(&weight(a)))
            .then(b.question.id.cmp(&a.question.id))
    });
    found.truncate(most);
    let hit = |answered: Answered| {
        let text =
            answered.answer.as_ref().map_or(answered.question.body.as_str(), |answer| &answer.body);
        Hit { excerpt: excerpt(text, &words, EXCERPT), answered }
    };
    Ok(found.into_iter().map(hit).collect())
}

/// The words to look for, each once. Short ones, of which texts are full, only if there are no others.
fn asked(text: &str) -> Vec<Words> {
    let text: String = text.chars().take(1000).collect();
    let mut words: Vec<Words> = Vec::new();
    for token in tokens(&text) {
        let word = Words::open(token.text);
        if word.needle().is_some() && !words.contains(&word) {
            words.push(word);
        }
    }
    let is_long = |word: &Words| !word.text.is_ascii() || word.text.len() > 2;
    if words.iter().any(is_long) {
        words.retain(is_long);
    }
    words.truncate(ASKED);
    words
}

/// How much a word says that so many questions have.
fn rarity(having: usize) -> f64 {
    let all = f64::from(u32::try_from(LOOKED_AT).unwrap_or(u32::MAX));
    let having = f64::from(u32::try_from(having.max(1)).unwrap_or(u32::MAX));
    (1.0 + all / having).ln()
}

fn score(one: &Answered, words: &[Words]) -> f64 {
    let answer = one.answer.as_ref().map_or("", |answer| answer.body.as_str());
    Doc::of(&[&one.question.title, answer, &one.question.body]).score(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        asked(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn the_words_that_say_something_are_looked_for() {
        assert_eq!(texts("Why is it off on Safari? Safari!"), ["why", "off", "safari"]);
        assert_eq!(texts("it is"), ["it", "is"]);
        assert_eq!(texts("東京都"), ["東京", "京都", "都"]);
        assert!(texts(" ?! ").is_empty());
        assert_eq!(texts(&"abcd efgh ".repeat(500)).len(), 2);
        assert!(rarity(1) > rarity(2) && rarity(2) > rarity(200));
    }
}
