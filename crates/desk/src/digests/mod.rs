//! The weekly feedback digest of a team: drawn from data, edited by the hero, posted only when they say so. (ROT-09)
//!
//! At the handbook's moment of the week, such as Friday at 16:00 of the team, a draft lies there and its hero is told. The page shows the numbers at any time before
//! that, too. What was sent stays as it was sent.

mod draft;

use std::collections::HashMap;

use domain::digests::{Counted, Numbers, count, monday, running, span};
use domain::notices::What;
use domain::{Team, TeamId, Ticket, TicketId, UserId};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use store::Tx;
pub use store::digests::Kept;

use crate::notices::{New, post, tell};
use crate::{Act, Ctx, Error, may, require};

/// The kind of their wake-ups; the team's number is the subject.
pub(crate) const SUBJECT: &str = "digest";

/// No more tickets are looked at, those that changed last.
const MOST: i64 = 5_000;
/// Older weeks are not drawn up any more.
const WEEKS: i64 = 8;
/// The longest text of a digest.
const LONGEST: usize = 20_000;

/// A digest as its page shows it.
#[derive(Clone, Debug)]
pub struct Digest {
    /// The team.
    pub team: Team,
    /// Its Monday.
    pub week: Date,
    /// Between which instants it lies.
    pub span: (Timestamp, Timestamp),
    /// The numbers; none for a week long ago, and once it was sent.
    pub numbers: Option<Numbers>,
    /// Subjects of the tickets that are named.
    pub subjects: HashMap<TicketId, String>,
    /// What is kept of it.
    pub kept: Option<Kept>,
    /// What it says: as kept, else as drawn up from the numbers.
    pub text: String,
    /// The names of who changed and sent it.
    pub names: HashMap<UserId, String>,
    /// Whether the reader may edit and send it.
    pub is_mine: bool,
}

impl Digest {
    /// The version an edit is based on.
    pub fn version(&self) -> i64 {
        self.kept.as_ref().map_or(0, |kept| kept.version)
    }

    /// When it was sent, if it was.
    pub fn sent_at(&self) -> Option<Timestamp> {
        self.kept.as_ref()?.sent_at
    }
}

/// A team of the handbook and its week.
struct Week {
    team: Team,
    monday: Date,
    span: (Timestamp, Timestamp),
}

fn week(tx: &mut Tx<'_>, ctx: &Ctx, slug: &str, day: Date) -> Result<Week, Error> {
    ctx.handbook.team(slug).ok_or(Error::NotFound)?;
    let team = store::teams::by_slug(tx, slug)?.filter(|team| team.deleted_at.is_none());
    let team = team.ok_or(Error::NotFound)?;
    let monday = monday(day);
    let zone = ctx.handbook.calendar(slug).zone();
    let span = span(monday, ctx.handbook.digest.at, zone).ok_or(Error::NotFound)?;
    // A week that has not begun has nothing to tell.
    if span.0 > ctx.now {
        return Err(Error::NotFound);
    }
    Ok(Week { team, monday, span })
}

/// The Monday of a team's running week.
pub fn this_week(ctx: &Ctx, slug: &str) -> Date {
    running(ctx.now, ctx.handbook.digest.at, ctx.handbook.calendar(slug).zone())
}

fn numbers(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    week: &Week,
) -> Result<(Option<Numbers>, HashMap<TicketId, String>), Error> {
    let oldest = ctx.now.checked_sub(jiff::SignedDuration::from_hours(WEEKS * 7 * 24));
    if oldest.is_ok_and(|oldest| week.span.1 < oldest) {
        return Ok((None, HashMap::new()));
    }
    let slug = week.team.slug.as_deref().unwrap_or_default();
    let (areas, teams) = product(tx, ctx, &week.team)?;
    let found = store::digests::tickets(tx, &teams, week.span.0, MOST)?;
    let (tickets, subjects): (Vec<Ticket>, Vec<(TicketId, String)>) = found
        .into_iter()
        .map(|(ticket, subject)| {
            let id = ticket.id;
            (ticket, (id, subject))
        })
        .unzip();
    let counted =
        Counted { team: week.team.id, areas: &areas, docs_tag: &ctx.handbook.digest.docs_tag };
    let numbers = count(counted, week.span, ctx.handbook.calendar(slug), &tickets);
    Ok((Some(numbers), subjects.into_iter().collect()))
}

/// The areas of a team's product, and the teams that may have tickets about them: itself, and who answers first.
fn product<'h>(
    tx: &mut Tx<'_>,
    ctx: &'h Ctx,
    team: &Team,
) -> Result<(Vec<&'h str>, Vec<TeamId>), Error> {
    let slug = team.slug.as_deref().unwrap_or_default();
    let own = || ctx.handbook.areas.iter().filter(|area| area.team == slug);
    let mut teams = vec![team.id];
    for first in own().filter_map(|area| area.first_level.as_deref()) {
        if let Some(first) = store::teams::by_slug(tx, first)?.map(|team| team.id)
            && !teams.contains(&first)
        {
            teams.push(first);
        }
    }
    Ok((own().map(|area| area.slug.as_str()).collect(), teams))
}

/// The digest of a team and the week in which a day lies.
///
/// # Errors
///
/// [`Error::NotFound`] for a team the handbook does not name and for a week that has not begun.
pub fn read(tx: &mut Tx<'_>, ctx: &Ctx, slug: &str, day: Date) -> Result<Digest, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let week = week(tx, ctx, slug, day)?;
    let kept = store::digests::load(tx, week.team.id, week.monday)?;
    let is_sent = kept.as_ref().is_some_and(|kept| kept.sent_at.is_some());
    let (numbers, subjects) =
        if is_sent { (None, HashMap::new()) } else { numbers(tx, ctx, &week)? };
    let drawn = || {
        let numbers = numbers.as_ref()?;
        Some(draft::draft(ctx, &week.team, (week.monday, week.span), numbers, &subjects))
    };
    let text = match &kept {
        Some(kept) => kept.text.clone(),
        None => drawn().unwrap_or_default(),
    };
    let people = kept.iter().flat_map(|kept| [kept.edited_by, kept.sent_by]).flatten();
    let people: Vec<UserId> = people.collect();
    let names = store::users::many(tx, &people)?;
    Ok(Digest {
        is_mine: is_mine(tx, ctx, &week)?,
        names: names.into_iter().map(|user| (user.id, user.name)).collect(),
        team: week.team,
        week: week.monday,
        span: week.span,
        numbers,
        subjects,
        kept,
        text,
    })
}

/// Who approves a digest: the hero now and the one of its week; in a team without one the lead, else anybody of it.
fn approvers(tx: &mut Tx<'_>, ctx: &Ctx, week: &Week) -> Result<Vec<UserId>, Error> {
    let mut people = Vec::new();
    let last = week.span.1.min(ctx.now);
    for at in [ctx.now, last] {
        people.extend(crate::rota::answering(tx, ctx, &week.team, at)?.map(|user| user.id));
    }
    people.dedup();
    if !people.is_empty() {
        return Ok(people);
    }
    let slug = week.team.slug.as_deref().unwrap_or_default();
    let lead = ctx.handbook.team(slug).and_then(|team| team.lead.clone());
    if let Some(lead) = lead
        && let Some(user) = store::users::by_email(tx, &lead)?
    {
        return Ok(vec![user.id]);
    }
    Ok(store::teams::members(tx, week.team.id)?)
}

fn is_mine(tx: &mut Tx<'_>, ctx: &Ctx, week: &Week) -> Result<bool, Error> {
    if may(&ctx.actor, Act::Configure) {
        return Ok(true);
    }
    let approvers = approvers(tx, ctx, week)?;
    Ok(ctx.actor.user().is_some_and(|me| approvers.contains(&me)))
}

/// A text for a digest, and the version it is based on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// The version that was read.
    pub version: i64,
    /// The text, in Markdown.
    pub text: String,
}

/// Keeps a text as the draft.
///
/// # Errors
///
/// [`Error::Forbidden`] unless it is theirs to approve, [`Error::Conflict`] when it was changed meanwhile or sent,
/// [`Error::Invalid`] for no text or too much of it.
pub fn save(tx: &mut Tx<'_>, ctx: &Ctx, slug: &str, day: Date, edit: &Edit) -> Result<(), Error> {
    let (week, kept) = edited(tx, ctx, slug, day, edit)?;
    store::digests::keep(tx, week.team.id, week.monday, &kept)?;
    Ok(())
}

/// Keeps a text and posts it to the team's channel. It does not change any more.
///
/// # Errors
///
/// As [`save`].
pub fn send(tx: &mut Tx<'_>, ctx: &Ctx, slug: &str, day: Date, edit: &Edit) -> Result<(), Error> {
    let (week, kept) = edited(tx, ctx, slug, day, edit)?;
    let kept = Kept { sent_by: ctx.actor.user(), sent_at: Some(ctx.now), ..kept };
    store::digests::keep(tx, week.team.id, week.monday, &kept)?;
    let subject = format!("Digest of {}", week.team.name);
    let link = format!("{}/digest/{slug}/{}", ctx.base_url, week.monday);
    let text = format!("{}\n\n{link}", kept.text.trim_end());
    let key = format!("digest:{}", week.monday);
    post(tx, ctx, &week.team, ("digest", &key), (&subject, text))?;
    tx.touch("outbox");
    Ok(())
}

fn edited(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    slug: &str,
    day: Date,
    edit: &Edit,
) -> Result<(Week, Kept), Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let week = week(tx, ctx, slug, day)?;
    tx.lock_name(&format!("digest:{}", week.team.id))?;
    if !is_mine(tx, ctx, &week)? {
        let what = "Only the hero, or an admin, approves a digest";
        return Err(Error::Forbidden(what.to_owned()));
    }
    let known = store::digests::load(tx, week.team.id, week.monday)?;
    if known.as_ref().is_some_and(|kept| kept.sent_at.is_some()) {
        return Err(Error::Conflict(
            "This digest was sent; it does not change any more".to_owned(),
        ));
    }
    if known.as_ref().map_or(0, |kept| kept.version) != edit.version {
        return Err(Error::Conflict("The draft was changed meanwhile".to_owned()));
    }
    let text = edit.text.trim();
    if text.is_empty() {
        return Err(Error::blank("text", "Text"));
    }
    if text.chars().count() > LONGEST {
        let what = format!("Text: is too long (maximum is {LONGEST} characters)");
        return Err(Error::invalid("text", "TooLong", what));
    }
    let kept = Kept {
        version: edit.version + 1,
        text: text.to_owned(),
        edited_by: ctx.actor.user(),
        edited_at: ctx.now,
        sent_by: None,
        sent_at: None,
    };
    Ok((week, kept))
}

/// Draws up the draft of a week that is over, unless there is one, and tells who approves it. A week without anything
/// to tell has none.
pub fn prepare(tx: &mut Tx<'_>, ctx: &Ctx, slug: &str, day: Date) -> Result<(), Error> {
    require(&ctx.actor, Act::Configure)?;
    let week = week(tx, ctx, slug, day)?;
    tx.lock_name(&format!("digest:{}", week.team.id))?;
    if store::digests::load(tx, week.team.id, week.monday)?.is_none() {
        let (numbers, subjects) = numbers(tx, ctx, &week)?;
        let Some(numbers) = numbers.filter(|numbers| !numbers.is_empty()) else { return Ok(()) };
        let about = (week.monday, week.span);
        let text = draft::draft(ctx, &week.team, about, &numbers, &subjects);
        let kept = Kept {
            version: 1,
            text,
            edited_by: None,
            edited_at: ctx.now,
            sent_by: None,
            sent_at: None,
        };
        store::digests::keep(tx, week.team.id, week.monday, &kept)?;
    }
    let Some(to) = approvers(tx, ctx, &week)?.first().copied() else { return Ok(()) };
    let new = New {
        to,
        what: What::DigestReady { week: week.monday },
        ticket: None,
        team: Some(week.team.id),
        by: None,
        at: ctx.now,
        key: format!("digest:{}:{}", week.team.id, week.monday),
    };
    tell(tx, ctx, new)
}

/// Draws up the draft of the week that ended last, and says when the next one ends.
pub(crate) fn wake(tx: &mut Tx<'_>, ctx: &Ctx, id: TeamId) -> Result<(), Error> {
    let team = store::teams::load(tx, id)?.filter(|team| team.deleted_at.is_none());
    let slug = team.and_then(|team| team.slug).filter(|slug| ctx.handbook.team(slug).is_some());
    let Some(slug) = slug else {
        return Ok(store::wakeups::set(tx, SUBJECT, id.0, None, true)?);
    };
    let ended = this_week(ctx, &slug).checked_sub(Span::new().days(7));
    if let Ok(ended) = ended {
        prepare(tx, ctx, &slug, ended)?;
    }
    Ok(store::wakeups::set(tx, SUBJECT, id.0, next(ctx, &slug), true)?)
}

/// When a team's running week ends.
fn next(ctx: &Ctx, slug: &str) -> Option<Timestamp> {
    let zone = ctx.handbook.calendar(slug).zone();
    let ends = ctx.handbook.digest.at;
    span(running(ctx.now, ends, zone), ends, zone).map(|(_, to)| to)
}

/// Makes sure that a team of the handbook has its digests. One that is due already stays due.
pub(crate) fn follow(tx: &mut Tx<'_>, ctx: &Ctx, team: &Team) -> Result<(), Error> {
    let Some(slug) = team.slug.as_deref().filter(|_| team.deleted_at.is_none()) else {
        return Ok(());
    };
    match next(ctx, slug) {
        Some(at) => Ok(store::wakeups::sooner(tx, SUBJECT, team.id.0, at)?),
        None => Ok(()),
    }
}

/// The tickets behind a number of a digest, by number.
///
/// # Errors
///
/// [`Error::NotFound`] for a number the digest does not have.
pub fn tickets(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (slug, day): (&str, Date),
    of: &str,
) -> Result<(Team, crate::pages::Rows), Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let week = week(tx, ctx, slug, day)?;
    let (numbers, _) = numbers(tx, ctx, &week)?;
    let numbers = numbers.ok_or(Error::NotFound)?;
    let mut ids = numbers.tickets(of).ok_or(Error::NotFound)?.to_vec();
    ids.sort_unstable();
    ids.dedup();
    Ok((week.team, crate::pages::these(tx, ctx, &ids)?))
}
