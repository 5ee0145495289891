//! Somebody who calls the program: who they are, and what they send along.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::{Answer, Connection};

/// Somebody with or without credentials. Paths without a slash in front are below `/api/v2/`.
#[derive(Clone)]
pub struct Caller {
    address: SocketAddr,
    headers: Vec<(String, String)>,
}

impl Caller {
    /// Somebody without credentials, who calls a program that listens there.
    pub fn to(address: SocketAddr) -> Self {
        Self::new(address)
    }

    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, headers: Vec::new() }
    }

    /// Acts as somebody by an API token.
    #[must_use]
    pub fn token(self, email: &str, token: &str) -> Self {
        let pair = STANDARD.encode(format!("{email}/token:{token}"));
        self.with("Authorization", &format!("Basic {pair}"))
    }

    /// Acts as somebody by a password.
    #[must_use]
    pub fn password(self, email: &str, password: &str) -> Self {
        let pair = STANDARD.encode(format!("{email}:{password}"));
        self.with("Authorization", &format!("Basic {pair}"))
    }

    /// Sends a header along from now on.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Reads.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, b"")
    }

    /// Creates.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some("application/json"), body.to_string().as_bytes())
    }

    /// Changes.
    #[track_caller]
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, Some("application/json"), body.to_string().as_bytes())
    }

    /// Removes.
    #[track_caller]
    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None, b"")
    }

    /// Reads the head of an answer whose body may never end.
    ///
    /// # Panics
    ///
    /// When the connection breaks.
    #[track_caller]
    pub fn peek(&self, path: &str) -> Answer {
        Connection::new(self.address)
            .peek(path, &self.headers)
            .unwrap_or_else(|error| panic!("GET {path} was not answered: {error}"))
    }

    /// Sends exactly these bytes.
    ///
    /// # Panics
    ///
    /// When the connection breaks: the program has to answer everything.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, kind: Option<&str>, body: &[u8]) -> Answer {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/api/v2/{path}") };
        let mut headers = self.headers.clone();
        headers.push(("Connection".to_owned(), "close".to_owned()));
        if let Some(kind) = kind {
            headers.push(("Content-Type".to_owned(), kind.to_owned()));
        }
        Connection::new(self.address)
            .send(method, &path, &headers, body)
            .unwrap_or_else(|error| panic!("{method} {path} was not answered: {error}"))
    }
}
