//! Fills a database with tickets through the use cases: `seed -- <database-url> <count> [<further comments>]`.
//!
//! Most tickets are solved, one in fifty waits for an answer; everything that was due is done when it ends. Further
//! comments are only there to be found.

use std::process::ExitCode;

use testkit::{Crowd, Failure};

/// Many small things come and go: a third less time than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many write at once.
const CALLERS: usize = 128;

#[tokio::main]
#[expect(clippy::print_stderr, reason = "an example says what went wrong")]
async fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("seed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Vec<String>) -> Result<(), Failure> {
    let (url, count, comments) = match arguments.as_slice() {
        [url, count] => (url, count, "0"),
        [url, count, comments] => (url, count, comments.as_str()),
        _ => return Err("expected <database-url> <count> [<further comments>]".into()),
    };
    let (count, comments): (u64, u64) = (count.parse()?, comments.parse()?);
    let crowd = Crowd::gather(url).await?;
    let tasks: Vec<_> = (0..CALLERS)
        .map(|_| {
            let crowd = crowd.clone();
            tokio::spawn(async move {
                loop {
                    let turn = crowd.turn();
                    if turn >= count {
                        return Ok::<(), Failure>(());
                    }
                    crowd.live_through(turn).await?;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    crowd.settle().await?;
    crowd.chatter(count, comments).await?;
    Ok(())
}
