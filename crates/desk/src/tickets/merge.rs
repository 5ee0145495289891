//! Two tickets become one, and two again. (ST-10, SLA-13)

use domain::{
    AuditId, Author, Brought, Clock, Command, Envelope, Event, NewComment, Status, Ticket, TicketId,
};
use handbook::Walk;
use store::tickets::Stored;
use store::{Kind as Ids, Tx};

use super::append::Done;
use super::command::{note_on, run};
use super::{Explained, update};
use crate::texts::Body;
use crate::{Act, Ctx, Error, FieldError, require};

/// How many merges are followed from a number to where it goes on.
const LONGEST: usize = 100;

/// What is said about a merge, and whether the customer may read it.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// On the ticket that goes on.
    pub target: Option<(Body, bool)>,
    /// On the tickets that end.
    pub sources: Option<(Body, bool)>,
}

/// Lets tickets go on in another one. The sources close as duplicates, their clocks end neither met nor missed; the
/// target keeps the earliest running deadline, and their people take part in it. All or nothing.
///
/// # Errors
///
/// When one of them does not exist, is closed, or is the target itself.
pub fn merge(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    target: TicketId,
    sources: &[TicketId],
    said: &Said,
) -> Result<Done, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let mut sources = sources.to_vec();
    sources.sort_unstable();
    sources.dedup();
    if sources.is_empty() {
        return Err(Error::blank("ids", "Ids"));
    }
    // Locked in the order of their numbers, so that two merges cannot wait for each other.
    let mut order = sources.clone();
    order.push(target);
    order.sort_unstable();
    order.dedup();
    let mut ctx = ctx.clone();
    for id in order {
        (_, ctx) = update::lock(tx, &ctx, id).map_err(|error| name_ticket(error, id))?;
    }
    let ctx = &ctx;
    for source in sources {
        let (stored, _) = update::lock(tx, ctx, source)?;
        let brought = brought(tx, &stored.ticket)?;
        let note = said.sources.clone().unwrap_or_else(|| {
            (Body::markdown(&format!("This request goes on as #{target}.")), false)
        });
        let merge = |note| Command::MergeInto { into: target, note };
        say(tx, ctx, stored, Some(&note), merge).map_err(|error| name_ticket(error, source))?;

        let (stored, _) = update::lock(tx, ctx, target)?;
        let note = match &said.target {
            Some(note) => note.clone(),
            None => (Body::markdown(&last_words(tx, source)?), false),
        };
        let brought = Box::new(brought);
        say(tx, ctx, stored, Some(&note), |note| Command::TakeIn { brought, note })
            .map_err(|error| name_ticket(error, target))?;
    }
    let (stored, _) = update::lock(tx, ctx, target)?;
    Ok(Done { stored, audit: AuditId(0), events: Vec::new() })
}

/// Lets a merged ticket stand for itself again, as it did before.
///
/// # Errors
///
/// When it was not merged.
pub fn unmerge(tx: &mut Tx<'_>, ctx: &Ctx, source: TicketId) -> Result<Done, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let stored = super::show(tx, ctx, source)?;
    let into = stored.ticket.merged.as_ref().map(|merged| merged.into);
    let into = into.ok_or(Error::Refused(domain::Refusal::NotMerged))?;
    let mut order = [source, into];
    order.sort_unstable();
    for id in order {
        store::tickets::lock(tx, id)?;
    }
    match update::lock(tx, ctx, into) {
        Ok((target, ctx)) => {
            say(tx, &ctx, target, None, |_| Command::LetGo { ticket: source })?;
        }
        // It was deleted meanwhile; there is nothing to let go.
        Err(Error::NotFound) => {}
        Err(error) => return Err(error),
    }
    let (stored, ctx) = update::lock(tx, ctx, source)?;
    say(tx, &ctx, stored, None, |_| Command::Unmerge)
}

/// Where a number goes on: the ticket itself, or the one it was merged into, and so on.
pub fn resolve(tx: &mut Tx<'_>, id: TicketId) -> Result<Option<Stored>, Error> {
    let mut found = store::tickets::load(tx, id)?;
    for _ in 0..LONGEST {
        let Some(merged) = found.as_ref().and_then(|stored| stored.ticket.merged.as_ref()) else {
            break;
        };
        found = store::tickets::load(tx, merged.into)?;
    }
    Ok(found.filter(|stored| stored.ticket.deleted_at.is_none()))
}

/// One change set: a comment, if there is one, and what a command makes of it.
fn say(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: Stored,
    note: Option<&(Body, bool)>,
    command: impl FnOnce(Option<NewComment>) -> Command,
) -> Result<Done, Error> {
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    let author = ctx.actor.user();
    let written = match (note.filter(|(body, _)| !body.is_empty()), author) {
        (Some((body, public)), Some(author)) => {
            // A word about the merge answers nothing, also where the customer may read it. (SLA-05)
            Some(note_on(tx, ctx, stored.ticket.id, audit, (author, Author::Other), body, *public)?)
        }
        _ => None,
    };
    let command = command(written.as_ref().map(|(_, new)| new.clone()));
    let done = run(tx, ctx, stored, audit, &command)?;
    if let Some((comment, _)) = &written {
        store::comments::insert(tx, comment)?;
    }
    Ok(done)
}

/// What a ticket brings along: who waits, since when, and what they were promised.
fn brought(tx: &mut Tx<'_>, ticket: &Ticket) -> Result<Brought, Error> {
    let clock = match ticket.current_clock() {
        Some(clock) => {
            let events = store::events::of_ticket(tx, ticket.id)?;
            Some(Box::new((clock.clone(), last_walk(ticket, &events, clock))))
        }
        None => None,
    };
    let people = std::iter::once(ticket.requester).chain(ticket.ccs.iter().copied()).collect();
    let (id, asked_at, surveyed) = (ticket.id, ticket.asked_at, ticket.is_surveyed());
    Ok(Brought { ticket: id, asked_at, clock, people, surveyed })
}

fn last_walk(ticket: &Ticket, events: &[Envelope], clock: &Clock) -> Walk {
    let clocks = Explained::of(ticket, events, "").clocks;
    clocks.into_iter().rfind(|(one, _)| one == clock).map(|(_, walk)| walk).unwrap_or_default()
}

/// The words for the ticket that goes on: what the other one was about, and what was said there last.
fn last_words(tx: &mut Tx<'_>, source: TicketId) -> Result<String, Error> {
    let subject = store::tickets::load(tx, source)?.map(|stored| stored.subject);
    let events = store::events::of_ticket(tx, source)?;
    let last = events.iter().rev().find_map(|envelope| match &envelope.event {
        Event::Commented { comment, ask: true, .. } => Some(*comment),
        _ => None,
    });
    let words = match last {
        Some(comment) => store::comments::load(tx, comment)?.map(|comment| comment.body),
        None => None,
    };
    let subject = subject.unwrap_or_default();
    let mut text = format!("#{source} goes on here: {subject}");
    if let Some(words) = words {
        let quoted: Vec<String> = words.lines().take(50).map(|line| format!("> {line}")).collect();
        text = format!("{text}\n\n{}", quoted.join("\n"));
    }
    Ok(text)
}

/// Which of several tickets an error is about.
fn name_ticket(error: Error, id: TicketId) -> Error {
    let about = |text: String| {
        Error::Invalid(vec![FieldError {
            field: "ids".to_owned(),
            code: "InvalidValue",
            description: format!("Ids: #{id}: {text}"),
        }])
    };
    match error {
        Error::Refused(refusal) => about(refusal.to_string()),
        Error::NotFound => about("there is no such ticket".to_owned()),
        other => other,
    }
}

/// Whether a ticket may still be merged.
pub fn can_merge(ticket: &Ticket) -> bool {
    ticket.status != Status::Closed
}
