//! HTTP/1.1 by hand: just enough to see exactly what the program says on the wire.

use std::fmt;
use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Longer than any answer takes, shorter than patience.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the program answered.
#[derive(Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The bytes.
    pub body: Vec<u8>,
    /// What was asked, for messages.
    asked: String,
}

impl Answer {
    /// The answer itself, if it has this status.
    ///
    /// # Panics
    ///
    /// With the whole answer, when it has not.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// When it is something else.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// A value inside the JSON body, by pointer such as `/ticket/id`.
    #[track_caller]
    pub fn at(&self, pointer: &str) -> Value {
        let json = self.json();
        json.pointer(pointer).cloned().unwrap_or_else(|| panic!("no {pointer} in {self:?}"))
    }

    /// A whole number inside the JSON body.
    #[track_caller]
    pub fn number(&self, pointer: &str) -> i64 {
        let value = self.at(pointer);
        value.as_i64().unwrap_or_else(|| panic!("{pointer} is no number in {self:?}"))
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(one, _)| one.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String = self.text().chars().take(4000).collect();
        write!(f, "{} answered {}: {text}", self.asked, self.status)
    }
}

/// One connection, kept open between calls.
pub struct Connection {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
    wants_body: bool,
}

impl Connection {
    /// A connection that is made at the first call.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, stream: None, wants_body: true }
    }

    /// Sends a request and waits for the answer. A failure means that nobody knows whether it was carried out.
    ///
    /// # Errors
    ///
    /// When the connection cannot be made or breaks.
    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> io::Result<Answer> {
        let answer = self.attempt(method, path, headers, body);
        if answer.is_err() {
            self.stream = None;
        }
        answer
    }

    /// Reads the head of an answer and hangs up.
    ///
    /// # Errors
    ///
    /// When the connection cannot be made or breaks.
    pub fn peek(&mut self, path: &str, headers: &[(String, String)]) -> io::Result<Answer> {
        self.wants_body = false;
        let answer = self.send("GET", path, headers, b"");
        self.wants_body = true;
        self.stream = None;
        answer
    }

    fn attempt(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> io::Result<Answer> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(self.address)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                none.insert(BufReader::new(stream))
            }
        };
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.address);
        for (name, value) in headers {
            let _ = write!(request, "{name}: {value}\r\n");
        }
        if !body.is_empty() || matches!(method, "POST" | "PUT") {
            let _ = write!(request, "Content-Length: {}\r\n", body.len());
        }
        request.push_str("\r\n");
        let mut whole = request.into_bytes();
        whole.extend_from_slice(body);
        // A server that refuses a large body may answer before it has read all of it: then the answer counts.
        let written = stream.get_mut().write_all(&whole);
        let answer = read(stream, method, path, self.wants_body);
        let answer = match (written, answer) {
            (Err(error), Err(_)) => return Err(error),
            (_, answer) => answer?,
        };
        if answer.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
            self.stream = None;
        }
        Ok(answer)
    }
}

fn read(
    stream: &mut BufReader<TcpStream>,
    method: &str,
    path: &str,
    wants_body: bool,
) -> io::Result<Answer> {
    let status = line(stream)?;
    let code = status.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = code.ok_or_else(|| io::Error::other(format!("not HTTP: {status:?}")))?;
    let mut headers = Vec::new();
    loop {
        let line = line(stream)?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    let mut answer =
        Answer { status, headers, body: Vec::new(), asked: format!("{method} {path}") };
    if !wants_body || method == "HEAD" || status == 204 || status == 304 {
        return Ok(answer);
    }
    if answer.header("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
        loop {
            let size = line(stream)?;
            let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16)
                .map_err(io::Error::other)?;
            let start = answer.body.len();
            answer.body.resize(start + size, 0);
            stream.read_exact(&mut answer.body[start..])?;
            line(stream)?;
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = answer.header("content-length") {
        let length: usize = length.parse().map_err(io::Error::other)?;
        answer.body.resize(length, 0);
        stream.read_exact(&mut answer.body)?;
    } else {
        stream.read_to_end(&mut answer.body)?;
    }
    Ok(answer)
}

fn line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line)?;
    if line.pop() != Some(b'\n') {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the connection was closed"));
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    String::from_utf8(line).map_err(io::Error::other)
}
