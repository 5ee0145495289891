//! When somebody works: as the handbook says, else as they say themselves, else as their team does. (ROT-10)

use domain::User;
use domain::notices::Preferences;
use handbook::{Calendar, Handbook, Person};
use jiff::tz::TimeZone;
use store::Tx;

use crate::{Ctx, Error};

/// Somebody's hours, and who says so.
#[derive(Clone, Debug)]
pub struct Hours {
    /// The hours.
    pub calendar: Calendar,
    /// Their own zone: as the handbook says, else as they say; else that of the hours.
    pub zone: TimeZone,
    /// Who says so.
    pub source: Source,
    /// What the handbook says about the person, if anything.
    pub person: Option<Person>,
}

/// Who says when somebody works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The handbook, about the person.
    Handbook,
    /// The person.
    Own,
    /// The team of this name.
    Team(String),
    /// The company, for those who are in no team.
    Company,
}

/// The hours of whoever asks.
///
/// # Errors
///
/// [`Error::Unauthenticated`] for nobody.
pub fn hours(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(Hours, Preferences), Error> {
    let id = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    let user = store::users::load(tx, id)?.ok_or(Error::NotFound)?;
    let preferences = store::notices::preferences(tx, id)?;
    Ok((of_person(tx, &ctx.handbook, &user, &preferences)?, preferences))
}

/// The hours of a person.
pub(crate) fn of_person(
    tx: &mut Tx<'_>,
    handbook: &Handbook,
    user: &User,
    preferences: &Preferences,
) -> Result<Hours, Error> {
    let email = address(tx, handbook, user)?;
    let person = handbook.person(&email).cloned();
    let named = person.as_ref().and_then(|person| person.timezone.as_deref());
    let named = named.or(user.time_zone.as_deref());
    let team = handbook.teams.iter().find(|team| team.members.contains(&email));
    let base = match team {
        Some(team) => handbook.calendar(&team.slug),
        None => handbook.company_calendar(),
    };
    // A zone that is not known any more is no reason to ring at night: then it is the team's.
    let own = preferences.hours.and_then(|hours| {
        base.of_person(named, hours).or_else(|_| base.of_person(None, hours)).ok()
    });
    let (calendar, source) = match (handbook.person_calendar(&email), own, team) {
        (Some(calendar), ..) => (calendar.clone(), Source::Handbook),
        (None, Some(calendar), _) => (calendar, Source::Own),
        (None, None, Some(team)) => (base.clone(), Source::Team(team.name.clone())),
        (None, None, None) => (base.clone(), Source::Company),
    };
    let zone = named.and_then(|name| TimeZone::get(name).ok());
    let zone = zone.unwrap_or_else(|| calendar.zone().clone());
    Ok(Hours { calendar, zone, source, person })
}

/// The address by which the handbook knows somebody, whichever of theirs it is; else the primary one.
fn address(tx: &mut Tx<'_>, handbook: &Handbook, user: &User) -> Result<String, Error> {
    let is_named = |email: &String| {
        handbook.person(email).is_some()
            || handbook.teams.iter().any(|team| team.members.contains(email))
    };
    let primary = domain::fold(user.email.as_deref().unwrap_or_default());
    if is_named(&primary) {
        return Ok(primary);
    }
    let all = store::users::identities_of(tx, &[user.id])?;
    let emails = all.iter().filter(|one| one.kind == "email");
    let named = emails.map(|one| domain::fold(&one.value)).find(is_named);
    Ok(named.unwrap_or(primary))
}
