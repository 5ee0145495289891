//! Mails from raw bytes to stored tickets: `letters -- <database-url> <seconds>`.
//!
//! Ordinary ones, each by a sender of its own, handed over by many at once; then one of 25 MB. Prints one line of JSON:
//! `{"per_second": …, "large_seconds": …, "large_memory": …}`, the memory in times the size of the mail.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use testkit::{Crowd, Failure};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many hand mail over at once.
const CALLERS: u32 = 64;
const LARGE: usize = 25 * 1024 * 1024;

#[tokio::main]
#[expect(clippy::print_stderr, reason = "an example says what went wrong")]
async fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("letters: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "this is the answer")]
async fn run(arguments: Vec<String>) -> Result<(), Failure> {
    let [url, seconds] =
        <[String; 2]>::try_from(arguments).map_err(|_| "expected <database-url> <seconds>")?;
    let seconds = Duration::from_secs(seconds.parse()?);
    let crowd = Crowd::gather(&url).await?;

    let since = Instant::now();
    let tasks: Vec<_> = (0..CALLERS)
        .map(|_| {
            let crowd = crowd.clone();
            tokio::spawn(async move {
                let mut stored = 0_u32;
                while since.elapsed() < seconds {
                    crowd.receive(ordinary(crowd.turn())).await?;
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

    let mail = large();
    let size = mail.len();
    let before = memory("VmRSS").saturating_sub(size);
    let since = Instant::now();
    crowd.receive(mail).await?;
    let large_seconds = since.elapsed().as_secs_f64();
    let grown = memory("VmHWM").saturating_sub(before);
    println!(
        "{}",
        serde_json::json!({
            "per_second": per_second,
            "large_seconds": large_seconds,
            "large_memory": times(grown, size),
        })
    );
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a ratio is shown with three digits")]
fn times(grown: usize, size: usize) -> f64 {
    grown as f64 / size as f64
}

/// Text and HTML, some headers, a quote: what people send.
fn ordinary(turn: u64) -> Vec<u8> {
    let words = "Since this morning my funnel shows nothing, and I do not know why. ".repeat(8);
    format!(
        "Received: from mx.example.test by mx.acme.test; Mon, 8 Jun 2026 08:00:00 +0000\r\n\
         From: Caller {turn} <caller{turn}@example.test>\r\nTo: support@acme.test\r\n\
         Subject: Question {turn}\r\nMessage-ID: <{turn}.letters@example.test>\r\n\
         Date: Mon, 8 Jun 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n\r\n\
         On Sun, 7 Jun 2026 at 08:00, Acme <support@acme.test> wrote:\r\n> Is it?\r\n\
         --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>{words}</p>\
         <div class=\"gmail_quote\">On Sun, 7 Jun 2026 <blockquote>Is it?</blockquote></div>\r\n--b--\r\n"
    )
    .into_bytes()
}

/// A text and one file.
fn large() -> Vec<u8> {
    let mut raw =
        b"From: Caller <large@example.test>\r\nTo: support@acme.test\r\nSubject: A large one\r\n\
        Message-ID: <large.letters@example.test>\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n\r\nSee the file.\r\n\
        --b\r\nContent-Type: application/octet-stream; name=large.bin\r\n\
        Content-Transfer-Encoding: base64\r\n\r\n"
            .to_vec();
    let line = [b"QUJD".repeat(19), b"\r\n".to_vec()].concat();
    raw.reserve_exact(LARGE - raw.len() + 100);
    while raw.len() < LARGE {
        raw.extend_from_slice(&line);
    }
    raw.extend_from_slice(b"--b--\r\n");
    raw
}

/// A figure of this process's memory, in bytes; nothing where the system does not tell.
fn memory(what: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap_or_default();
    let kilobytes = line.split_whitespace().nth(1).and_then(|number| number.parse::<usize>().ok());
    kilobytes.unwrap_or_default() * 1024
}
