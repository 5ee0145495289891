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
/// How many are counted on a page.
const SHOWN: i64 = 1_001;
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
    let found = store::search::tickets(tx, meant, ask)?.found;
    let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let mut ids: Vec<TicketId> = found.into_iter().map(|one| one.id).take(PAGED).collect();
    if order.is_none() {
        judge(tx, meant, &mut ids)?;
    }
    Ok((ids.into_iter().map(|id| id.0).collect(), count))
}

/// Brings the best fit to the front. Gives how the judged ones begin, and the comment of each that fits best.
fn judge(tx: &mut Tx<'_>, meant: &Meant, ids: &mut [TicketId]) -> Result<Known, Error> {
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
    for said in store::search::comments(tx, meant, Some(judged), COMMENTS)? {
        let fits = in_comment(&said, words);
        let id = said.ticket;
        let best = scores.entry(id).or_default();
        let place = &mut known.entry(id).or_default().1;
        if place.is_none() || fits > *best {
            *place = Some(said);
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

/// Tickets whose texts have the weightiest words of a ticket's subject, the newest first; some of them at most. Two looks at
/// the index, each of a bounded length.
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
    while words.len() > 1 && found.len() < most {
        let query: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
        let (_, meant) = super::understand(tx, ctx, &query.join(" "))?;
        let wanted = i64::try_from(most + known.len()).unwrap_or(FEW);
        let ask = Ask { order: None, before: None, most: wanted, texts: FEW, each: Some(FEW) };
        for one in store::search::tickets(tx, &meant, ask)?.found {
            if !known.contains(&one.id) && !found.contains(&one.id) {
                found.push(one.id);
            }
        }
        words.pop();
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
    let ask = Ask { order, before: None, most: SHOWN, texts: SHOWN, each: Some(EACH) };
    let found = store::search::tickets(tx, meant, ask)?.found;
    groups.ticket_count = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let mut ids: Vec<TicketId> = found.into_iter().map(|one| one.id).collect();
    let mut known = HashMap::new();
    if order.is_none() {
        known = judge(tx, meant, &mut ids)?;
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
    let mut said = store::search::comments(tx, meant, None, COMMENTS)?;
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
