//! What somebody has chosen for themselves: their zone, their hours, and what reaches them by mail. Where the handbook
//! says something about them, that counts.

use domain::User;
use domain::looks::Looks;
use domain::notices::{AfterSending, Kind, Preferences, UNDO_CHOICES};
use handbook::Range;
use store::Tx;

use crate::notices::Hours;
use crate::{Act, Ctx, Error, FieldError, require, users};

/// What a form says. What the handbook says about the person is left as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// The IANA name of their zone; empty is the company's.
    pub zone: String,
    /// Their hours as `09:00-17:00`; empty is their team's.
    pub hours: String,
    /// What does not come by mail.
    pub muted: Vec<Kind>,
    /// What comes by mail outside their hours, too.
    pub anytime: Vec<Kind>,
    /// For how many seconds a reply can be taken back; none leaves it as it is.
    pub undo_seconds: Option<i64>,
    /// Where they go after sending; none leaves it as it is.
    pub after_sending: Option<AfterSending>,
    /// What of how pages look is to change, by the words of a form.
    pub looks: Vec<(String, String)>,
}

/// Whether the handbook says what somebody's zone and hours are.
pub fn is_fixed(hours: &Hours) -> (bool, bool) {
    let person = hours.person.as_ref();
    (
        person.is_some_and(|person| person.timezone.is_some()),
        person.is_some_and(|person| person.hours.is_some()),
    )
}

/// What the caller has chosen.
pub fn mine(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Preferences, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let me = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    Ok(store::notices::preferences(tx, me)?)
}

/// How pages look to somebody; to whoever does not answer tickets as to everybody.
pub fn looks(tx: &mut Tx<'_>, user: &User) -> Result<Looks, Error> {
    if !user.role.answers() {
        return Ok(Looks::default());
    }
    Ok(store::notices::preferences(tx, user.id)?.looks)
}

/// Keeps how pages are to look to the caller, and nothing else.
pub fn look(tx: &mut Tx<'_>, ctx: &Ctx, choices: &[(String, String)]) -> Result<(), Error> {
    let mut preferences = mine(tx, ctx)?;
    preferences.looks = chosen(preferences.looks, choices);
    let me = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    Ok(store::notices::set_preferences(tx, me, &preferences)?)
}

fn chosen(looks: Looks, choices: &[(String, String)]) -> Looks {
    choices.iter().fold(looks, |looks, (name, value)| looks.with(name, value))
}

/// Keeps what somebody has chosen, and lets what waits for them be looked at again.
///
/// # Errors
///
/// [`Error::Invalid`] for a zone that is not known or hours that are none, naming the field.
pub fn save(tx: &mut Tx<'_>, ctx: &Ctx, input: &Input) -> Result<(), Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let me = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    let (known, before) = crate::notices::hours(tx, ctx)?;
    let (zone_fixed, hours_fixed) = is_fixed(&known);
    let mut errors = Vec::new();
    let zone = input.zone.trim();
    if !zone_fixed && !zone.is_empty() && users::zone(zone).is_none() {
        let what = format!("Time zone: {zone} is not a time zone we know");
        errors.push(wrong("zone", what));
    }
    let hours = match input.hours.trim() {
        _ if hours_fixed => before.hours,
        "" => None,
        text => match Range::parse(text) {
            Ok(range) => Some(range),
            Err(what) => {
                errors.push(wrong("hours", format!("Hours: {what}")));
                None
            }
        },
    };
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    if !zone_fixed {
        let zone = Some(zone.to_owned()).filter(|zone| !zone.is_empty());
        let own = users::Input { time_zone: Some(zone), ..users::Input::default() };
        users::update(tx, ctx, me, &own)?;
    }
    if input.undo_seconds.is_some_and(|seconds| !UNDO_CHOICES.contains(&seconds)) {
        let what = "Undo sending: choose 10, 30 or 60 seconds, or 0 for none".to_owned();
        return Err(Error::Invalid(vec![wrong("undo_seconds", what)]));
    }
    let preferences = Preferences {
        hours,
        muted: input.muted.clone(),
        anytime: input.anytime.clone(),
        undo_seconds: input.undo_seconds.or(before.undo_seconds),
        after_sending: input.after_sending.unwrap_or(before.after_sending),
        looks: chosen(before.looks, &input.looks),
    };
    store::notices::set_preferences(tx, me, &preferences)?;
    store::wakeups::sooner(tx, crate::notices::SUBJECT, me.0, ctx.now)?;
    Ok(())
}

fn wrong(field: &str, description: String) -> FieldError {
    FieldError { field: field.to_owned(), code: "InvalidValue", description }
}
