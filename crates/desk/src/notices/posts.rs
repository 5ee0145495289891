//! What a whole team is told, in its chat channel.

use domain::Team;
use store::Tx;

use crate::deliveries::Delivery;
use crate::{Ctx, Error};

/// The chat channel of a team: as the handbook says, else named after it.
pub(crate) fn channel(ctx: &Ctx, team: &Team) -> String {
    let slug = team.slug.as_deref();
    let named = slug.and_then(|slug| ctx.handbook.team(slug)).and_then(|team| team.slack.clone());
    named
        .or(slug.map(|slug| format!("#{slug}")))
        .unwrap_or_else(|| format!("#{}", team.name.to_lowercase().replace(' ', "-")))
}

/// Posts to a team's channel something that is about no ticket. A key is posted once.
pub(crate) fn post(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    team: &Team,
    (kind, key): (&str, &str),
    (subject, text): (&str, String),
) -> Result<(), Error> {
    let delivery = Delivery {
        id: store::outbox::next_id(tx)?,
        key: format!("team:{}:{key}", team.id),
        at: ctx.now,
        channel: "slack".to_owned(),
        kind: kind.to_owned(),
        automatic: kind != "digest",
        ticket: None,
        user: None,
        to: vec![channel(ctx, team)],
        subject: subject.to_owned(),
        text,
        html: None,
        payload: "{}".to_owned(),
    };
    Ok(store::outbox::insert(tx, &delivery)?)
}
