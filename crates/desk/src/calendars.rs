//! Rotas as calendars that other programs subscribe to, by a secret link for each person and each team.
//!
//! A link is made from the installation's key and how often it was renewed; nothing secret is stored. Renewing it makes
//! the old one lead nowhere.

use domain::rota::{Entry, Shift, icalendar};
use domain::{Team, TeamId, UserId};
use jiff::{SignedDuration, Timestamp};
use store::Tx;

use crate::handbooks::record_admin;
use crate::rota::{Rotas, all_in};
use crate::{Act, Ctx, Error, may, require};

/// How far back and ahead a calendar reaches.
const BACK: SignedDuration = SignedDuration::from_hours(4 * 7 * 24);
const AHEAD: SignedDuration = SignedDuration::from_hours(26 * 7 * 24);

/// Whose calendar it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Every week of a person, in all their teams.
    Person(UserId),
    /// Every week of a team.
    Team(TeamId),
}

impl Whose {
    fn key(self) -> (&'static str, i64) {
        match self {
            Self::Person(id) => ("person", id.0),
            Self::Team(id) => ("team", id.0),
        }
    }

    fn letter(self) -> char {
        match self {
            Self::Person(_) => 'p',
            Self::Team(_) => 't',
        }
    }
}

/// The token of a link as it is now.
fn token(tx: &mut Tx<'_>, ctx: &Ctx, whose: Whose) -> Result<String, Error> {
    let (kind, id) = whose.key();
    let renewed = store::calendar_links::renewed(tx, kind, id)?;
    let sealed = ctx.secrets.sign("calendar", &[kind, &id.to_string(), &renewed.to_string()]);
    Ok(format!("{}{id}-{sealed}", whose.letter()))
}

/// Who a token says it is of; nothing is proved yet.
fn named(token: &str) -> Option<Whose> {
    let (id, _) = token.get(1..)?.split_once('-')?;
    let id = id.parse().ok()?;
    match token.chars().next()? {
        'p' => Some(Whose::Person(UserId(id))),
        't' => Some(Whose::Team(TeamId(id))),
        _ => None,
    }
}

/// The address of a calendar, for those who may know it: one's own, and every team's.
///
/// # Errors
///
/// [`Error::NotFound`] for somebody else's.
pub fn link(tx: &mut Tx<'_>, ctx: &Ctx, whose: Whose) -> Result<String, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    if matches!(whose, Whose::Person(id) if ctx.actor.user() != Some(id)) {
        return Err(Error::NotFound);
    }
    Ok(format!("{}/rota/calendar/{}.ics", ctx.base_url, token(tx, ctx, whose)?))
}

/// Makes a new link and lets the old one lead nowhere.
///
/// # Errors
///
/// [`Error::NotFound`] for somebody else's, [`Error::Forbidden`] for that of a team one is not in, unless an admin.
pub fn renew(tx: &mut Tx<'_>, ctx: &Ctx, whose: Whose) -> Result<(), Error> {
    link(tx, ctx, whose)?;
    if let Whose::Team(team) = whose
        && !may(&ctx.actor, Act::Configure)
    {
        let me = ctx.actor.user().ok_or(Error::Unauthenticated)?;
        if !store::teams::of_user(tx, me)?.iter().any(|membership| membership.of == team) {
            let what = "Only somebody of the team, or an admin, can renew its link";
            return Err(Error::Forbidden(what.to_owned()));
        }
    }
    let (kind, id) = whose.key();
    store::calendar_links::renew(tx, kind, id)?;
    record_admin(tx, ctx, "calendar", id, "link_renewed", &format!("{{\"of\":\"{kind}\"}}"))
}

/// The calendar a token leads to. The token is the credential; no other is asked for.
///
/// # Errors
///
/// [`Error::NotFound`] for a token that is not, or no longer, one of ours.
pub fn read(tx: &mut Tx<'_>, ctx: &Ctx, given: &str) -> Result<String, Error> {
    let whose = named(given).ok_or(Error::NotFound)?;
    if !is_same(&token(tx, ctx, whose)?, given) {
        return Err(Error::NotFound);
    }
    // The same all day, so that an unchanged rota is an unchanged calendar.
    let today = Timestamp::from_second(ctx.now.as_second().div_euclid(86_400) * 86_400);
    let today = today.unwrap_or(ctx.now);
    let from = today.checked_sub(BACK).unwrap_or(today);
    let to = today.checked_add(AHEAD).unwrap_or(today);
    let mut rotas = all_in(tx, ctx, (from, to))?;
    for (_, shifts) in &mut rotas.teams {
        // What is cut by the ends would be another entry tomorrow.
        shifts.retain(|shift| shift.from > from && shift.to < to);
    }
    let (name, entries) = match whose {
        Whose::Person(id) => {
            let user = store::users::load(tx, id)?;
            let user = user.filter(|user| user.active && !user.suspended);
            let user = user.ok_or(Error::NotFound)?;
            (format!("{}: hero", user.name), of_person(ctx, &rotas, id))
        }
        Whose::Team(id) => {
            let team = rotas.teams.iter().find(|(loaded, _)| loaded.team.id == id);
            let (loaded, shifts) = team.ok_or(Error::NotFound)?;
            let entry = |shift: &Shift| of_team(ctx, &rotas, &loaded.team, shift);
            (format!("Hero of {}", loaded.team.name), shifts.iter().map(entry).collect())
        }
    };
    Ok(icalendar(&name, today, &entries))
}

/// Compares without telling by the time it takes where they differ.
fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one.bytes().zip(other.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

fn of_person(ctx: &Ctx, rotas: &Rotas, person: UserId) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (loaded, shifts) in &rotas.teams {
        for shift in shifts.iter().filter(|shift| shift.answers() == Some(person)) {
            let name = &loaded.team.name;
            let summary = match shift.holder {
                Some(_) => format!("Hero of {name}"),
                None => format!("Nobody is hero of {name}: you stand in"),
            };
            entries.push(entry(ctx, &loaded.team, shift, summary));
        }
    }
    entries.sort_by_key(|one| one.from);
    entries
}

fn of_team(ctx: &Ctx, rotas: &Rotas, team: &Team, shift: &Shift) -> Entry {
    let summary = match (shift.holder, shift.answers()) {
        (Some(person), _) => format!("{}: hero of {}", rotas.name(person), team.name),
        (None, Some(person)) => {
            format!("Nobody is hero of {}: {} stands in", team.name, rotas.name(person))
        }
        (None, None) => format!("Nobody is hero of {}", team.name),
    };
    entry(ctx, team, shift, summary)
}

/// An entry keeps its name while its week begins when it does, whoever has it.
fn entry(ctx: &Ctx, team: &Team, shift: &Shift, summary: String) -> Entry {
    Entry {
        uid: format!("hero-{}-{}@{}", team.id, shift.from.as_second(), ctx.secrets.instance),
        from: shift.from,
        to: shift.to,
        summary,
        url: format!("{}/rota/{}", ctx.base_url, team.slug.as_deref().unwrap_or_default()),
    }
}
