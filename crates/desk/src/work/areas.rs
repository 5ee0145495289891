//! Newcomers: what they are given automatically, and a word when somebody gives them something else. (ROT-03)

use domain::{Ticket, UserId};
use handbook::AllowedAreas;
use jiff::civil::Date;
use store::Tx;

use crate::{Ctx, Error};

/// Somebody new has a ticket about something they are not to be given yet. That is allowed, and worth a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfamiliar {
    /// Who has it.
    pub person: UserId,
    /// Their name.
    pub name: String,
    /// What they are to be given, by name.
    pub areas: Vec<String>,
    /// The first day without the limit, if there is one.
    pub until: Option<Date>,
}

/// What somebody is limited to now, whichever of their addresses the handbook names.
pub(crate) fn limit(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    person: UserId,
) -> Result<Option<AllowedAreas>, Error> {
    if ctx.handbook.people.iter().all(|person| person.areas.is_none()) {
        return Ok(None);
    }
    for identity in store::users::identities(tx, person)? {
        if let Some(limit) = ctx.handbook.limited_to(&identity.value, ctx.now) {
            return Ok(Some(limit.clone()));
        }
    }
    Ok(None)
}

/// Whether whoever has a ticket is too new for what it is about.
pub fn unfamiliar(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ticket: &Ticket,
) -> Result<Option<Unfamiliar>, Error> {
    let Some(person) = ticket.assignee.filter(|_| !ticket.status.is_done()) else {
        return Ok(None);
    };
    let limit = limit(tx, ctx, person)?;
    let Some(limit) = limit.filter(|limit| !limit.allows(ticket.area.as_deref())) else {
        return Ok(None);
    };
    let name = |slug: &String| {
        ctx.handbook.area(slug).map_or_else(|| slug.clone(), |area| area.name.clone())
    };
    Ok(Some(Unfamiliar {
        person,
        name: store::users::load(tx, person)?.map(|user| user.name).unwrap_or_default(),
        areas: limit.only.iter().map(name).collect(),
        until: limit.until,
    }))
}
