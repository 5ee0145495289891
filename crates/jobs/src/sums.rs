//! What was counted is added to the weekly sums, a little at a time, so that reports stay fast. Nothing is wrong while it
//! waits: a report adds what the sums do not hold yet.

use std::time::Duration;

use desk::{Desk, Error};
use domain::{Actor, Channel};
use tokio::sync::watch;

const EVERY: Duration = Duration::from_secs(5);
/// How many facts one transaction adds. It is over in some milliseconds, so that nobody who asks waits for it.
const STEP: i64 = 200;

/// Adds until `stop` turns true.
pub(crate) async fn run(desk: Desk, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let pause = match step(&desk).await {
            Ok(true) => Duration::from_millis(5),
            Ok(false) => EVERY,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "what was counted could not be added up; it is tried again"
                );
                EVERY
            }
        };
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Adds some. Says whether there may be more.
async fn step(desk: &Desk) -> Result<bool, Error> {
    let ctx = desk.ctx(Actor::System, Channel::System);
    // Whoever has nothing to add need not keep the writer from its work.
    if !desk.read(ctx.clone(), |tx, _| desk::reports::is_behind(tx)).await? {
        return Ok(false);
    }
    let added = desk.write(ctx, |tx, _| desk::reports::fold(tx, STEP)).await?;
    Ok(added > 0)
}
