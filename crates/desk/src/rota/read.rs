//! Reading rotas.

use std::collections::HashMap;

use domain::rota::Shift;
use domain::{Team, User, UserId};
use jiff::Timestamp;
use store::Tx;

use super::{Days, TeamRota, is_without, load, shift_at, team};
use crate::{Act, Ctx, Error, require};

/// Rotas in a span, and the people they name.
#[derive(Clone, Debug)]
pub struct Rotas {
    /// Each team with its rota and the shifts of the span.
    pub teams: Vec<(TeamRota, Vec<Shift>)>,
    /// Everybody they name.
    pub people: HashMap<UserId, User>,
}

/// Who has a team's week now.
#[derive(Clone, Debug, PartialEq)]
pub struct Holding {
    /// The team.
    pub team: Team,
    /// The holder, or who stands in.
    pub person: Option<User>,
    /// The shift.
    pub shift: Shift,
}

impl Rotas {
    /// The address of a person.
    pub fn email(&self, person: UserId) -> Option<&str> {
        self.people.get(&person)?.email.as_deref()
    }

    /// The name of a person.
    pub fn name(&self, person: UserId) -> &str {
        self.people.get(&person).map_or("?", |user| &user.name)
    }
}

/// The rota of one team on some of its local days.
///
/// # Errors
///
/// [`Error::NotFound`] for a team the handbook does not name, [`Error::Invalid`] for days that make no span.
pub fn read(tx: &mut Tx<'_>, ctx: &Ctx, slug: &str, days: Days) -> Result<Rotas, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let team = team(tx, &ctx.handbook, slug)?;
    let span = days.span(ctx.handbook.calendar(slug).zone())?;
    of_teams(tx, ctx, vec![team], span)
}

/// The rotas of all teams that have one, in the order of the handbook.
pub fn all(tx: &mut Tx<'_>, ctx: &Ctx, span: (Timestamp, Timestamp)) -> Result<Rotas, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    all_in(tx, ctx, span)
}

/// The same for whoever has proved otherwise that they may read it.
pub(crate) fn all_in(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    span: (Timestamp, Timestamp),
) -> Result<Rotas, Error> {
    let mut teams = Vec::new();
    for named in ctx.handbook.teams.iter().filter(|team| team.hero.is_some()) {
        teams.push(team(tx, &ctx.handbook, &named.slug)?);
    }
    of_teams(tx, ctx, teams, span)
}

fn of_teams(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    teams: Vec<Team>,
    (from, to): (Timestamp, Timestamp),
) -> Result<Rotas, Error> {
    let mut rotas = Vec::with_capacity(teams.len());
    let mut people: Vec<UserId> = Vec::new();
    for team in teams {
        let loaded = load(tx, &ctx.handbook, team, (from, to))?;
        let shifts = loaded.rota.shifts(from, to);
        people.extend(named(&loaded, &shifts));
        rotas.push((loaded, shifts));
    }
    people.sort_unstable();
    people.dedup();
    let mut known: HashMap<UserId, User> = HashMap::new();
    for some in people.chunks(500) {
        known.extend(store::users::many(tx, some)?.into_iter().map(|user| (user.id, user)));
    }
    // The handbook's address of a person is the one they go by here, whichever else they have.
    for (address, id) in rotas.iter().flat_map(|(loaded, _)| &loaded.addresses) {
        if let Some(user) = known.get_mut(id) {
            user.email = Some(address.clone());
        }
    }
    Ok(Rotas { teams: rotas, people: known })
}

fn named(loaded: &TeamRota, shifts: &[Shift]) -> Vec<UserId> {
    let rota = &loaded.rota;
    let recorded = &rota.recorded;
    let mut people: Vec<UserId> = rota.members.iter().copied().chain(rota.lead).collect();
    people.extend(shifts.iter().filter_map(|shift| shift.holder));
    people.extend(recorded.weeks.iter().flat_map(|week| [week.turn, week.holder]));
    people.extend(recorded.overrides.iter().map(|one| one.holder));
    people.extend(recorded.swaps.iter().flat_map(|swap| [swap.asker, swap.other]));
    people
}

/// Who has the week of a team now; none for a team without a hero.
pub fn holding(tx: &mut Tx<'_>, ctx: &Ctx, team: &Team) -> Result<Option<Holding>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let shift = shift_at(tx, &ctx.handbook, team, ctx.now)?.filter(|shift| !is_without(shift));
    let Some(shift) = shift else { return Ok(None) };
    let person = match shift.answers() {
        Some(id) => store::users::load(tx, id)?,
        None => None,
    };
    Ok(Some(Holding { team: team.clone(), person, shift }))
}
