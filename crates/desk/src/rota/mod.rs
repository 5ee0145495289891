//! Rotas: who holds, what began, and what people change about it. (ROT-04, ROT-05, D-27, D-28)

mod absences;
mod begin;
mod history;
mod moments;
mod overrides;
mod read;
mod swaps;
mod told;

use domain::rota::{Recorded, Rota, Rule, Shift, Why};
use domain::{ShiftId, Team, TeamId, User, UserId};
use handbook::Handbook;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use store::{Kind, Tx};

use crate::handbooks::record_admin;
use crate::{Ctx, Error};

pub use absences::{Covers, absent, back};
pub use begin::{catch_up, follow, wake};
pub use domain::rota::SwapState;
pub use history::{Entry, Happened, Swapped, history};
pub use moments::{Days, moment};
pub use overrides::{NewOverride, ask_cover, give};
pub use read::{Holding, Rotas, all, holding, read};
pub use swaps::{NewSwap, answer, offer};

pub(crate) use read::all_in;
pub(crate) use told::week_begins;

/// The kind of a rota's wake-ups; the team's number is the subject.
pub(crate) const SUBJECT: &str = "rota";

/// A team, and its rota in a span.
#[derive(Clone, Debug)]
pub struct TeamRota {
    /// The team.
    pub team: Team,
    /// Its rota, which knows what happened in the span.
    pub rota: Rota,
    /// The addresses of everybody the handbook names in the team.
    pub addresses: Vec<(String, UserId)>,
}

/// The rota of a team of the handbook, for a span.
pub(crate) fn load(
    tx: &mut Tx<'_>,
    handbook: &Handbook,
    team: Team,
    span: (Timestamp, Timestamp),
) -> Result<TeamRota, Error> {
    let slug = team.slug.as_deref().unwrap_or_default();
    let zone = handbook.calendar(slug).zone().clone();
    let named = handbook.team(slug);
    let mut emails: Vec<&str> = Vec::new();
    if let Some(named) = named {
        emails.extend(named.members.iter().chain(&named.lead).map(String::as_str));
    }
    let addresses = store::rota::people(tx, &emails)?;
    let known =
        |email: &String| addresses.iter().find(|(address, _)| address == email).map(|(_, id)| *id);
    let ids = |emails: &[String]| emails.iter().filter_map(known).collect::<Vec<UserId>>();
    let rule = match named.and_then(|named| named.hero.as_ref()) {
        Some(hero) => Rule::new(ids(&hero.order), hero.from, hero.handover, zone),
        None => Rule::nobody(zone),
    };
    let members = named.map(|named| ids(&named.members)).unwrap_or_default();
    let lead = named.and_then(|named| named.lead.as_ref()).and_then(known);
    let people: Vec<UserId> = members.iter().copied().chain(lead).collect();
    let recorded: Recorded = store::rota::recorded(tx, team.id, &people, span)?;
    Ok(TeamRota { team, rota: Rota { rule, members, lead, recorded }, addresses })
}

/// The team with this slug, if the handbook has it.
pub(crate) fn team(tx: &mut Tx<'_>, handbook: &Handbook, slug: &str) -> Result<Team, Error> {
    handbook.team(slug).ok_or(Error::NotFound)?;
    let team = store::teams::by_slug(tx, slug)?;
    team.filter(|team| team.deleted_at.is_none()).ok_or(Error::NotFound)
}

/// The team's rota, held until the end of the transaction, with everything recorded that began until now.
fn locked(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    slug: &str,
    span: (Timestamp, Timestamp),
) -> Result<TeamRota, Error> {
    let team = team(tx, &ctx.handbook, slug)?;
    tx.lock_name(&format!("rota:{}", team.id))?;
    begin::begin_all(tx, ctx, &ctx.handbook, &team)?;
    load(tx, &ctx.handbook, team, (span.0.min(ctx.now), span.1.max(moment_after(ctx.now))))
}

/// Who holds in a team at an instant; none for a team that is not the handbook's.
fn shift_at(
    tx: &mut Tx<'_>,
    handbook: &Handbook,
    team: &Team,
    at: Timestamp,
) -> Result<Option<Shift>, Error> {
    if team.slug.is_none() {
        return Ok(None);
    }
    let loaded = load(tx, handbook, team.clone(), (at, moment_after(at)))?;
    Ok(loaded.rota.shift_at(at))
}

/// Who is told about a team's tickets at an instant: the holder, or who stands in; none for a team without a hero.
pub(crate) fn answering(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    team: &Team,
    at: Timestamp,
) -> Result<Option<User>, Error> {
    let shift = shift_at(tx, &ctx.handbook, team, at)?;
    let shift = shift.filter(|shift| !is_without(shift));
    match shift.and_then(|shift| shift.answers()) {
        Some(id) => Ok(store::users::load(tx, id)?),
        None => Ok(None),
    }
}

/// Whose week it was in a team at an instant, or who stood in; none for a team without a hero.
pub(crate) fn holder(
    tx: &mut Tx<'_>,
    handbook: &Handbook,
    team: &Team,
    at: Timestamp,
) -> Result<Option<UserId>, Error> {
    let shift = shift_at(tx, handbook, team, at)?;
    Ok(shift.filter(|shift| !is_without(shift)).and_then(|shift| shift.answers()))
}

/// Whether the team has no rota at all.
fn is_without(shift: &Shift) -> bool {
    matches!(shift.reason, domain::rota::Reason::Nobody(Why::NoRota, _))
}

/// The shortest time later.
pub(crate) fn moment_after(at: Timestamp) -> Timestamp {
    at.checked_add(SignedDuration::from_micros(1)).unwrap_or(at)
}

fn next_id(tx: &mut Tx<'_>) -> Result<ShiftId, Error> {
    Ok(ShiftId(tx.next_id(Kind::Shift)?))
}

/// Writes down who changed what about a rota, without names or words.
pub(crate) fn record(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    team: TeamId,
    kind: &str,
    payload: &Value,
) -> Result<(), Error> {
    // Whoever shows teams shows rotas.
    tx.touch(format!("team:{team}"));
    record_admin(tx, ctx, SUBJECT, team.0, kind, &payload.to_string())
}
