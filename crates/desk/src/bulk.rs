//! Bulk work asked for through the API: items are done one by one, and how each went is remembered.

use store::Tx;
pub use store::api_jobs::ApiJob;

use crate::{Act, Ctx, Error, require, secrets};

/// Remembers how bulk work went.
pub fn record(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    kind: &str,
    results: &[serde_json::Value],
) -> Result<ApiJob, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let job = ApiJob {
        id: secrets::token()[..32].to_owned(),
        kind: kind.to_owned(),
        status: "completed".to_owned(),
        total: i64::try_from(results.len()).unwrap_or(0),
        message: format!("Completed at {}", ctx.now.strftime("%Y-%m-%d %H:%M:%S +0000")),
        results: serde_json::Value::from(results.to_vec()).to_string(),
        actor: ctx.actor.user().ok_or(Error::Unauthenticated)?,
        created_at: ctx.now,
    };
    store::api_jobs::insert(tx, &job)?;
    Ok(job)
}

/// How a piece of bulk work went.
pub fn show(tx: &mut Tx<'_>, ctx: &Ctx, id: &str) -> Result<ApiJob, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    store::api_jobs::load(tx, id)?.ok_or(Error::NotFound)
}

/// The newest hundred pieces of bulk work.
pub fn newest(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<ApiJob>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    Ok(store::api_jobs::newest(tx, 100)?)
}
