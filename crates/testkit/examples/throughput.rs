//! Durable ticket creations per second at the use cases: `throughput -- <database-url> <callers> <seconds>`.
//!
//! Prints one line of JSON: `{"per_second": …, "engine": …}`.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use testkit::{Crowd, Failure};

/// Many small things come and go: a third less time than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
#[expect(clippy::print_stderr, reason = "an example says what went wrong")]
async fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("throughput: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "this is the answer")]
async fn run(arguments: Vec<String>) -> Result<(), Failure> {
    let [url, callers, seconds] = <[String; 3]>::try_from(arguments)
        .map_err(|_| "expected <database-url> <callers> <seconds>")?;
    let callers: u32 = callers.parse()?;
    let seconds = Duration::from_secs(seconds.parse()?);
    let crowd = Crowd::gather(&url).await?;

    let since = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let crowd = crowd.clone();
            tokio::spawn(async move {
                let mut stored = 0_u32;
                while since.elapsed() < seconds {
                    crowd.ask(crowd.turn()).await?;
                    stored += 1;
                }
                Ok::<u32, Failure>(stored)
            })
        })
        .collect();
    let mut stored = 0;
    for task in tasks {
        stored += task.await??;
    }
    let per_second = f64::from(stored) / since.elapsed().as_secs_f64();

    let engine = format!("{:?}", crowd.engine()).to_lowercase();
    println!("{}", serde_json::json!({ "per_second": per_second, "engine": engine }));
    Ok(())
}
