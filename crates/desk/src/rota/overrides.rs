//! Giving a span to somebody, whoever's week it is. (ROT-05)

use domain::UserId;
use domain::rota::Override;
use jiff::Timestamp;
use serde_json::json;
use store::Tx;

use super::{TeamRota, locked, moment, next_id, record};
use crate::{Act, Ctx, Error, require};

/// A span to be given to somebody, as people write it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewOverride {
    /// The address of who takes it.
    pub holder: String,
    /// From when on: an instant, or a local time of the team.
    pub from: String,
    /// Until when.
    pub to: String,
    /// Why; may be empty.
    pub reason: String,
}

/// Gives a span to somebody in the team. What has passed of it stays as it was; where spans overlap the last one given
/// wins.
///
/// # Errors
///
/// [`Error::NotFound`] for a team the handbook does not name, [`Error::Invalid`] when nobody or nobody of the team has
/// the address, they are away then, or the span is empty or over.
pub fn give(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    slug: &str,
    new: &NewOverride,
) -> Result<(TeamRota, Override), Error> {
    let (mut loaded, holder, (from, to)) = span_for(tx, ctx, slug, new)?;
    let id = next_id(tx)?;
    let reason = new.reason.trim().to_owned();
    let one = Override { id, holder, from, to, reason };
    store::rota::insert_override(tx, loaded.team.id, &one, (ctx.actor.user(), ctx.now))?;
    let payload = json!({ "override": id, "holder": holder, "from": from, "to": to });
    record(tx, ctx, loaded.team.id, "override_made", &payload)?;
    super::told::given(tx, ctx, &loaded, &one)?;
    loaded.rota.recorded.overrides.push(one.clone());
    Ok((loaded, one))
}

/// Asks somebody to take a span over. Nothing changes until they, or an admin, give it to them.
///
/// # Errors
///
/// As [`give`].
pub fn ask_cover(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    slug: &str,
    new: &NewOverride,
) -> Result<TeamRota, Error> {
    let (loaded, holder, (from, to)) = span_for(tx, ctx, slug, new)?;
    super::told::cover(tx, ctx, &loaded, (holder, from, to))?;
    let payload = json!({ "holder": holder, "from": from, "to": to });
    record(tx, ctx, loaded.team.id, "cover_asked", &payload)?;
    Ok(loaded)
}

/// A team's rota, held, with somebody of the team who is there in a span that is not over.
fn span_for(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    slug: &str,
    new: &NewOverride,
) -> Result<(TeamRota, UserId, (Timestamp, Timestamp)), Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let zone = ctx.handbook.calendar(slug).zone();
    ctx.handbook.team(slug).ok_or(Error::NotFound)?;
    let from = moment("from", "From", &new.from, zone)?;
    let to = moment("to", "To", &new.to, zone)?;
    if to <= from {
        return Err(Error::invalid("to", "InvalidValue", "To: is not after From"));
    }
    if to <= ctx.now {
        let what = "To: has passed; what was held cannot be changed any more";
        return Err(Error::invalid("to", "InvalidValue", what));
    }
    let from = from.max(ctx.now);
    let loaded = locked(tx, ctx, slug, (from, to))?;
    let holder = of_team(tx, &loaded, "holder", "Holder", &new.holder)?;
    if loaded.rota.is_absent(holder, from, to) {
        let what = format!("Holder: {} is away then", new.holder.trim());
        return Err(Error::invalid("holder", "InvalidValue", what));
    }
    Ok((loaded, holder, (from, to)))
}

/// The person with an address, who must be in the team.
pub(super) fn of_team(
    tx: &mut Tx<'_>,
    loaded: &TeamRota,
    field: &str,
    human: &str,
    email: &str,
) -> Result<UserId, Error> {
    let email = email.trim();
    if email.is_empty() {
        return Err(Error::blank(field, human));
    }
    let folded = domain::fold(email);
    if let Some((_, id)) = loaded.addresses.iter().find(|(address, _)| *address == folded) {
        return Ok(*id);
    }
    let what = match store::users::by_email(tx, email)? {
        Some(_) => format!("{human}: {email} is not in the team {}", loaded.team.name),
        None => format!("{human}: nobody has the address {email}"),
    };
    Err(Error::invalid(field, "InvalidValue", what))
}
