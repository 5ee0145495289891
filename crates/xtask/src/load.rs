//! A small load generator: HTTP/1.1 over kept-alive connections, one thread each.
//!
//! Every thread sends a request, waits for the whole answer, and sends the next, so the rate found is what this many
//! callers get who never pause. The generator shares the machine with the server: read its numbers as a floor.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

/// An answer that takes longer than this is an error.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The values of a header, which may come several times.
    pub(crate) fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A request to send; the head is written here so that the length always fits.
pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    if method != "GET" {
        head.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
    }
    head.push_str("\r\n");
    let mut request = head.into_bytes();
    request.extend_from_slice(body);
    request
}

/// Sends one request over a connection of its own.
pub(crate) fn send(address: SocketAddr, request: &[u8]) -> Result<Answer> {
    Connection::open(address)?.exchange(request)
}

/// What a run found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    /// How long each good answer took, shortest first.
    latencies: Vec<Duration>,
    /// Answers other than 2xx, and connections that broke.
    pub(crate) errors: u64,
    /// The first error, in words.
    pub(crate) first_error: Option<String>,
    seconds: f64,
}

impl Report {
    /// Good answers per second.
    #[expect(clippy::cast_precision_loss, reason = "a rate is shown with three digits")]
    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.seconds
    }

    /// The time within which this many of a thousand good answers came, in milliseconds.
    pub(crate) fn within(&self, per_mille: usize) -> Option<f64> {
        let last = self.latencies.len().checked_sub(1)?;
        let at = (self.latencies.len() * per_mille / 1000).min(last);
        self.latencies.get(at).map(|latency| latency.as_secs_f64() * 1000.0)
    }

    fn join(mut self, other: Self) -> Self {
        self.latencies.extend(other.latencies);
        self.errors += other.errors;
        self.first_error = self.first_error.or(other.first_error);
        self.seconds = self.seconds.max(other.seconds);
        self
    }
}

/// Sends requests over several connections for a while; `next` makes the nth request.
pub(crate) fn run(
    address: SocketAddr,
    connections: u64,
    duration: Duration,
    next: impl Fn(u64) -> Vec<u8> + Sync,
) -> Result<Report> {
    let reports: Vec<thread::Result<Report>> = thread::scope(|scope| {
        let next = &next;
        let callers: Vec<_> = (0..connections)
            .map(|caller| {
                scope.spawn(move || call(address, duration, |n| next(n * connections + caller)))
            })
            .collect();
        callers.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let mut whole = Report::default();
    for report in reports {
        whole = whole.join(report.ok().context("a thread of the load generator panicked")?);
    }
    whole.latencies.sort_unstable();
    ensure!(
        !whole.latencies.is_empty(),
        "no good answer at all; the first error: {:?}",
        whole.first_error
    );
    Ok(whole)
}

/// One caller: a connection that is opened again whenever it breaks.
fn call(address: SocketAddr, duration: Duration, next: impl Fn(u64) -> Vec<u8>) -> Report {
    let mut report = Report::default();
    let mut connection = None;
    let started = Instant::now();
    for n in 0.. {
        if started.elapsed() >= duration {
            break;
        }
        let request = next(n);
        let sent = Instant::now();
        match exchange_over(&mut connection, address, &request) {
            Ok(()) => report.latencies.push(sent.elapsed()),
            Err(error) => {
                report.errors += 1;
                report.first_error.get_or_insert_with(|| format!("{error:#}"));
                connection = None;
                // A server that refuses everything is not hammered.
                thread::sleep(Duration::from_millis(10));
            }
        }
    }
    report.seconds = started.elapsed().as_secs_f64();
    report
}

fn exchange_over(
    connection: &mut Option<Connection>,
    address: SocketAddr,
    request: &[u8],
) -> Result<()> {
    let open = match connection {
        Some(open) => open,
        None => connection.insert(Connection::open(address)?),
    };
    let answer = open.exchange(request)?;
    let text: String = answer.text().chars().take(200).collect();
    ensure!((200..300).contains(&answer.status), "status {}: {text}", answer.status);
    Ok(())
}

/// A connection that is kept alive.
struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream: BufReader::with_capacity(64 * 1024, stream) })
    }

    fn exchange(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.get_mut().write_all(request)?;
        read_answer(&mut self.stream)
    }
}

fn read_answer(stream: &mut impl BufRead) -> Result<Answer> {
    let status_line = read_line(stream)?;
    let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.with_context(|| format!("`{status_line}` is no status line"))?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(stream)?;
        if line.is_empty() {
            break;
        }
        let (name, value) =
            line.split_once(':').with_context(|| format!("`{line}` is no header"))?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut answer = Answer { status, headers, body: Vec::new() };
    let length = answer.header("content-length").next().map(str::parse::<u64>).transpose()?;
    if answer.header("transfer-encoding").any(|value| value.eq_ignore_ascii_case("chunked")) {
        read_chunks(stream, &mut answer.body)?;
    } else if let Some(length) = length {
        read_exactly(stream, length, &mut answer.body)?;
    } else if status != 204 && status != 304 {
        bail!("status {status} without a length: the connection cannot be kept");
    }
    Ok(answer)
}

fn read_chunks(stream: &mut impl BufRead, body: &mut Vec<u8>) -> Result<()> {
    loop {
        let line = read_line(stream)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16)
            .with_context(|| format!("`{line}` is no size of a chunk"))?;
        read_exactly(stream, size, body)?;
        let after = read_line(stream)?;
        ensure!(after.is_empty(), "`{after}` after a chunk");
        if size == 0 {
            return Ok(());
        }
    }
}

fn read_exactly(stream: &mut impl BufRead, length: u64, body: &mut Vec<u8>) -> Result<()> {
    let read = stream.take(length).read_to_end(body)?;
    ensure!(u64::try_from(read)? == length, "the connection ended within a body");
    Ok(())
}

fn read_line(stream: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    ensure!(line.ends_with('\n'), "the connection ended within a head");
    line.truncate(line.trim_end().len());
    Ok(line)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn answers_with_a_length_and_in_chunks_are_read() {
        let mut stream: &[u8] = b"HTTP/1.1 201 Created\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 2\r\n\r\nhi\
            HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n";

        let first = read_answer(&mut stream).unwrap();
        let second = read_answer(&mut stream).unwrap();

        assert_eq!((first.status, first.text()), (201, "hi".to_owned()));
        assert_eq!(first.header("set-cookie").collect::<Vec<_>>(), ["a=1", "b=2"]);
        assert_eq!((second.status, second.text()), (200, "abcd".to_owned()));
        assert!(stream.is_empty());
    }

    #[test]
    fn an_answer_cut_short_is_an_error() {
        let mut stream: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi";

        let error = read_answer(&mut stream).unwrap_err();

        assert_eq!(error.to_string(), "the connection ended within a body");
    }

    #[test]
    fn the_report_counts_good_answers_and_names_the_first_error() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        thread::spawn(move || answer_every_third_badly(&server));

        let report = run(address, 1, Duration::from_millis(200), |n| {
            request("POST", &format!("/{n}"), &[("Accept", "*/*")], b"{}")
        });

        let report = report.unwrap();
        assert!(report.per_second() > 1.0);
        assert!(report.errors > 0);
        assert_eq!(report.first_error.as_deref(), Some("status 503: no"));
        assert!(report.within(500) <= report.within(990));
    }

    fn answer_every_third_badly(server: &TcpListener) {
        for stream in server.incoming().flatten() {
            let mut stream = BufReader::new(stream);
            for n in 1.. {
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n")
                    && stream.read_line(&mut head).is_ok_and(|read| read > 0)
                {}
                let mut body = [0; 2];
                if stream.read_exact(&mut body).is_err() {
                    break;
                }
                let status = if n % 3 == 0 { "503 Busy" } else { "200 OK" };
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nno");
                stream.get_mut().write_all(answer.as_bytes()).unwrap();
            }
        }
    }
}
