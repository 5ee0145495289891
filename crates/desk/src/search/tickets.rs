//! Tickets and comments: which are found, and the best fit first.

use std::collections::HashMap;

use domain::TicketId;
use domain::conditions::Order;
use domain::search::{Doc, Words};
use jiff::Timestamp;
use store::Tx;
use store::conditions::Meant;
use store::search::{Ask, Said, Started};
use store::tickets::Stored;

use super::{COUNTED, CommentHit, Groups, PAGED, SUBJECT, TicketHit, part};
use crate::{Ctx, Error};

/// How many of the newest are judged; older ones follow by age.
const JUDGED: usize = 300;
/// How many are counted on a page, and looked at for it at most.
const SHOWN: i64 = 1_001;
/// How many are looked at for each one that is shown: who shows five counts none, and what is typed is answered sooner.
const LOOKED: usize = 60;
/// In how many tickets a common word is looked for one by one.
pub(super) const EACH: i64 = 1_000;
/// How many comments are looked at for the best.
const COMMENTS: i64 = 200;
/// How many texts one step of the index's job reads.
const STEP: i64 = 25;

/// How tickets begin, and the comment of each that fits best.
type Known = HashMap<TicketId, (Option<Started>, Option<Said>)>;

/// The numbers of the tickets that are found, ordered or the best first, and how many there are.
pub(super) fn ids(
    tx: &mut Tx<'_>,
    meant: &Meant,
    order: Option<Order>,
) -> Result<(Vec<i64>, i64), Error> {
    let ask = Ask { order, before: None, most: COUNTED, texts: COUNTED, each: Some(EACH) };
    let hits = store::search::tickets(tx, meant, ask)?;
    let count = i64::try_from(hits.found.len()).unwrap_or(i64::MAX);
    let mut ids: Vec<TicketId> = hits.found.iter().map(|one| one.id).take(PAGED).collect();
    if order.is_none() {
        let said = store::search::comments(tx, meant, &hits.said, COMMENTS)?;
        judge(tx, meant, &mut ids, &said)?;
    }
    Ok((ids.into_iter().map(|id| id.0).collect(), count))
}

/// Brings the best fit to the front. Gives how the judged ones begin, and the comment of each that fits best.
fn judge(
    tx: &mut Tx<'_>,
    meant: &Meant,
    ids: &mut [TicketId],
    said: &[Said],
) -> Result<Known, Error> {
    let (words, _) = meant.condition.split_words();
    let judged = ids.len().min(JUDGED);
    if words.is_empty() {
        return Ok(HashMap::new());
    }
    let judged = &mut ids[..judged];
    let mut known = Known::new();
    let mut scores: HashMap<TicketId, f64> = HashMap::new();
    for started in store::search::started(tx, judged)? {
        let id = started.id;
        let is_number = matches!(words, [one] if one.number() == Some(id.0));
        let doc = Doc::of(&[&started.subject, "", &started.description]);
        let fits = if doc.has(words, None) { doc.score(words) } else { 0.0 };
        scores.insert(id, if is_number { f64::MAX } else { fits });
        known.entry(id).or_default().0 = Some(started);
    }
    for said in said.iter().filter(|said| judged.contains(&said.ticket)) {
        let fits = in_comment(said, words);
        let id = said.ticket;
        let best = scores.entry(id).or_default();
        let place = &mut known.entry(id).or_default().1;
        if place.is_none() || fits > *best {
            *place = Some(said.clone());
        }
        *best = best.max(fits);
    }
    let score = |id: &TicketId| scores.get(id).copied().unwrap_or_default();
    // Of those that fit alike the newest stays first.
    judged.sort_by(|a, b| score(b).total_cmp(&score(a)));
    Ok(known)
}

/// How well a comment fits, beside subjects and first messages.
fn in_comment(said: &Said, words: &[Words]) -> f64 {
    0.8 * Doc::of(&["", "", &said.body]).score(words)
}

/// How many words of a subject are looked for together at first.
const TOGETHER: usize = 3;
/// In how many texts they are looked for.
const FEW: i64 = 200;

/// Tickets whose texts have the weightiest words of a ticket's subject, the newest first; some of them at most. Four looks
/// at the index at most, each of a bounded length.
pub(crate) fn similar(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: &Stored,
    known: &[TicketId],
    most: usize,
) -> Result<Vec<Stored>, Error> {
    let mut words: Vec<&str> = stored
        .subject
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.chars().count() > 3 || word.chars().any(|letter| letter > '\u{2e80}'))
        .collect();
    // The longest say the most.
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    words.dedup();
    words.truncate(TOGETHER);
    let mut found: Vec<TicketId> = Vec::new();
    // All three, then two of them.
    let sets: [&[usize]; 4] = [&[0, 1, 2], &[0, 1], &[0, 2], &[1, 2]];
    for set in sets.into_iter().filter(|set| set.iter().all(|place| *place < words.len())) {
        if found.len() >= most {
            break;
        }
        let query: Vec<String> = set.iter().map(|place| format!("\"{}\"", words[*place])).collect();
        let (_, meant) = super::understand(tx, ctx, &query.join(" "))?;
        let wanted = i64::try_from(most + known.len()).unwrap_or(FEW);
        let ask = Ask { order: None, before: None, most: wanted, texts: FEW, each: Some(FEW) };
        for one in store::search::tickets(tx, &meant, ask)?.found {
            if !known.contains(&one.id) && !found.contains(&one.id) {
                found.push(one.id);
            }
        }
    }
    found.truncate(most);
    let mut tickets = store::tickets::many(tx, &found)?;
    tickets.sort_by_key(|one| found.iter().position(|id| *id == one.ticket.id));
    Ok(tickets)
}

/// What a page shows of tickets and comments.
pub(super) fn groups(
    tx: &mut Tx<'_>,
    meant: &Meant,
    order: Option<Order>,
    most: usize,
    groups: &mut Groups,
) -> Result<(), Error> {
    let looked = i64::try_from(LOOKED * most).map_or(SHOWN, |looked| looked.min(SHOWN));
    let ask = Ask { order, before: None, most: looked, texts: looked, each: Some(EACH) };
    let hits = store::search::tickets(tx, meant, ask)?;
    let mut said = store::search::comments(tx, meant, &hits.said, COMMENTS)?;
    groups.ticket_count = i64::try_from(hits.found.len()).unwrap_or(i64::MAX);
    let mut ids: Vec<TicketId> = hits.found.into_iter().map(|one| one.id).collect();
    let mut known = HashMap::new();
    if order.is_none() {
        known = judge(tx, meant, &mut ids, &said)?;
    }
    ids.truncate(most);
    let words = groups.words.clone();
    let mut stored = store::tickets::many(tx, &ids)?;
    stored.sort_by_key(|one| ids.iter().position(|id| *id == one.ticket.id));
    for stored in stored {
        let (started, said) = known.remove(&stored.ticket.id).unwrap_or_default();
        let description = started.map(|started| started.description).unwrap_or_default();
        let in_description = Doc::of(&[&description]).has(&words, None);
        let text = match (&said, in_description) {
            (Some(said), false) => said.body.as_str(),
            _ => description.as_str(),
        };
        groups.tickets.push(TicketHit {
            subject: domain::search::excerpt(&stored.subject, &words, usize::MAX),
            excerpt: part(text, &words),
            stored,
        });
    }
    said.sort_by(|a, b| in_comment(b, &words).total_cmp(&in_comment(a, &words)));
    groups.more_comments = said.len() > most;
    said.truncate(most);
    groups.comments = said
        .into_iter()
        .map(|said| CommentHit { excerpt: part(&said.body, &words), said })
        .collect();
    Ok(())
}

/// Reads the next old texts into the index, and comes again until all of them are in it. Whatever was due before `until`
/// goes first.
pub fn wake(tx: &mut Tx<'_>, _ctx: &Ctx, until: Timestamp) -> Result<(), Error> {
    let more = store::search::step(tx, STEP)?;
    Ok(store::wakeups::set(tx, SUBJECT, 0, more.then_some(until), true)?)
}
