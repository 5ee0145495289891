//! Many tickets that fall due in the same instant, while people work: `due -- <database-url> <count>`.
//!
//! Prints one line of JSON: `{"seconds": …, "page_p99_ms": …, "write_p99_ms": …}`. What is due are warnings: each is an
//! event, a projection and a post to a team, and they are all sent when it ends.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use desk::Clock;
use domain::TicketId;
use testkit::{Crowd, Failure};

/// Many small things come and go: a third less time than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many write at once while the tickets are made.
const CALLERS: usize = 128;
/// How long somebody who works pauses between two clicks.
const PAUSE: Duration = Duration::from_millis(10);

#[tokio::main]
#[expect(clippy::print_stderr, reason = "an example says what went wrong")]
async fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("due: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "this is the answer")]
async fn run(arguments: Vec<String>) -> Result<(), Failure> {
    let [url, count] =
        <[String; 2]>::try_from(arguments).map_err(|_| "expected <database-url> <count>")?;
    let count: u64 = count.parse()?;
    let start = "2026-06-01T08:00:00Z".parse()?;
    let crowd = Crowd::gather_under(&url, Clock::standing(start)).await?;
    let tasks: Vec<_> = (0..CALLERS)
        .map(|_| {
            let crowd = crowd.clone();
            tokio::spawn(async move {
                loop {
                    let turn = crowd.turn();
                    if turn >= count {
                        return Ok::<(), Failure>(());
                    }
                    crowd.ask_urgently(turn).await?;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    crowd.settle().await?;

    crowd.clock().move_to("2026-06-01T17:00:00Z".parse()?);
    let is_over = Arc::new(AtomicBool::new(false));
    let reader = work(&crowd, &is_over, false);
    let writer = work(&crowd, &is_over, true);
    let since = Instant::now();
    crowd.settle().await?;
    let seconds = since.elapsed().as_secs_f64();
    is_over.store(true, Ordering::Relaxed);

    let (page, write) = (p99(reader.await??), p99(writer.await??));
    let answer =
        serde_json::json!({ "seconds": seconds, "page_p99_ms": page, "write_p99_ms": write });
    println!("{answer}");
    Ok(())
}

/// Somebody works on the first tickets, one click after the other, and notes how long each took.
fn work(
    crowd: &Arc<Crowd>,
    is_over: &Arc<AtomicBool>,
    writes: bool,
) -> tokio::task::JoinHandle<Result<Vec<Duration>, Failure>> {
    let (crowd, is_over) = (crowd.clone(), is_over.clone());
    tokio::spawn(async move {
        let mut took = Vec::new();
        while !is_over.load(Ordering::Relaxed) {
            let id = TicketId(1 + i64::try_from(took.len() % 50)?);
            let since = Instant::now();
            if writes {
                crowd.note_on(id).await?;
            } else {
                crowd.look_at(id).await?;
            }
            took.push(since.elapsed());
            tokio::time::sleep(PAUSE).await;
        }
        Ok(took)
    })
}

/// The time that 99 of 100 stayed within, in milliseconds.
fn p99(mut took: Vec<Duration>) -> f64 {
    took.sort();
    let place = took.len() * 99 / 100;
    took.get(place.min(took.len().saturating_sub(1))).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}
