//! An app with the in-app help on its page, and the one thing its server has to do: sign who its user is.
//!
//! Start `answerable demo`, then `cargo run -p answerable --example widget`, and open <http://localhost:4000>.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "an app of its own, which has the time and its settings from where apps have them"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, io, thread};

use serde_json::json;

#[path = "sign.rs"]
mod sign;

const PAGE: &str = include_str!("index.html");

fn setting(name: &str, otherwise: &str) -> String {
    env::var(name).unwrap_or_else(|_| otherwise.to_owned())
}

fn main() -> io::Result<()> {
    let desk = setting("ANSWERABLE_URL", "http://127.0.0.1:3000");
    let port = setting("PORT", "4000");
    let listener = TcpListener::bind(format!("localhost:{port}"))?;
    println!("The app: http://localhost:{port}, its desk: {desk}");
    for stream in listener.incoming() {
        let (stream, desk) = (stream?, desk.clone());
        // Whoever breaks off in the middle of an answer does not want it.
        thread::spawn(move || drop(answer(stream, &desk)));
    }
    Ok(())
}

/// Answers one request.
fn answer(mut stream: TcpStream, desk: &str) -> io::Result<()> {
    let mut head = BufReader::new(stream.try_clone()?).lines();
    let first = head.next().transpose()?.unwrap_or_default();
    while head.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let (status, more, body) = match first.split(' ').nth(1).unwrap_or_default() {
        "/answerable-identity" => {
            let more = "Content-Type: application/json\r\nCache-Control: no-store";
            ("200 OK", more.to_owned(), json!({ "token": token() }).to_string())
        }
        "/" => {
            let policy = format!(
                "default-src 'none'; script-src {desk}; connect-src 'self' {desk}; style-src 'self'; img-src 'self' data:"
            );
            let more = format!(
                "Content-Type: text/html; charset=utf-8\r\nContent-Security-Policy: {policy}"
            );
            ("200 OK", more, PAGE.replace("{desk}", desk))
        }
        _ => ("404 Not Found", "Content-Type: text/plain".to_owned(), String::new()),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\n{more}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// A token for whoever is signed in to the app: here always the same made-up person.
fn token() -> String {
    // Every demo has this key. For a real desk: `answerable identity key create`, and keep the secret out of the source.
    let key = setting("ANSWERABLE_IDENTITY_KEY", "demo");
    let secret =
        setting("ANSWERABLE_IDENTITY_SECRET", "answerable-demo-identity-secret-not-for-production");
    let user = json!({
        "sub": "user-7",
        "email": "dana@fernlight.test",
        "name": "Dana Reyes",
        "organization": {
            "id": "org-3", "name": "Fernlight", "plan": "scale", "mrr": 2400, "trial": false, "addons": ["teams"], "card": true,
        },
    });
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    sign::sign(&key, &secret, &user, now + 300)
}
