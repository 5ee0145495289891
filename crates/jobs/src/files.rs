//! Files that nobody wants any more are taken away: once at the start, and every day. What is swept follows from the
//! data, so a sweep that was cut short is made up for by the next one.

use std::time::Duration;

use desk::Desk;
use tokio::sync::watch;

const EVERY: Duration = Duration::from_hours(24);

/// Sweeps until `stop` turns true.
pub(crate) async fn run(desk: Desk, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match desk.sweep_files().await {
            Ok(0) => {}
            Ok(gone) => {
                tracing::info!(files.gone = gone, "files that nobody wanted were taken away");
            }
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "the folder of files could not be swept"
            ),
        }
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
