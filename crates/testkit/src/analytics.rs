//! Analytics on a real socket: a server that takes what PostHog's capture endpoint takes.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use serde_json::Value;

/// A server that speaks the capture protocol on a real socket, until it is killed.
pub struct Analytics {
    address: SocketAddr,
    answer: Arc<Mutex<&'static str>>,
    taken: Arc<Mutex<Vec<Value>>>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Analytics {
    /// A server at an address, which goes on with what was taken before.
    ///
    /// # Panics
    ///
    /// When the address is not free.
    pub fn start(address: SocketAddr, taken: Arc<Mutex<Vec<Value>>>) -> Self {
        let listener = TcpListener::bind(address).expect("the address is free");
        let address = listener.local_addr().expect("it listens somewhere");
        let (answer, stop) = (Arc::new(Mutex::new("200 OK")), Arc::new(AtomicBool::new(false)));
        let (says, kept, over) = (answer.clone(), taken.clone(), stop.clone());
        let thread = thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let says = *says.lock().expect("nobody panicked while saying what to answer");
                // Whoever hangs up early has sent nothing.
                if let Ok(event) = take(stream, says)
                    && says.starts_with("200")
                {
                    kept.lock().expect("nobody panicked while looking").push(event);
                }
            }
        });
        Self { address, answer, taken, stop, thread }
    }

    /// A server at an address that is free.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn anywhere() -> Self {
        Self::start("127.0.0.1:0".parse().expect("it is an address"), Arc::default())
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on it answers so: `503 Service Unavailable`.
    ///
    /// # Panics
    ///
    /// When the server has panicked.
    pub fn say(&self, answer: &'static str) {
        *self.answer.lock().expect("the server did not panic") = answer;
    }

    /// What it took so far.
    ///
    /// # Panics
    ///
    /// When the server has panicked.
    pub fn taken(&self) -> Vec<Value> {
        self.taken.lock().expect("the server did not panic").clone()
    }

    /// Kills it; what it took stays known.
    ///
    /// # Panics
    ///
    /// When the server has panicked.
    pub fn kill(self) -> (SocketAddr, Arc<Mutex<Vec<Value>>>) {
        self.stop.store(true, Ordering::SeqCst);
        // Whoever waits for a connection has to be woken.
        drop(TcpStream::connect(self.address));
        self.thread.join().expect("the server did not panic");
        (self.address, self.taken.clone())
    }
}

/// Reads one event and answers.
fn take(stream: TcpStream, says: &str) -> io::Result<Value> {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while stream.read_line(&mut head)? > 2 {}
    let lower = head.to_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let is_event = lower.starts_with("post /i/v0/e/ http/1.1")
        && lower.contains("content-type: application/json");
    let mut body = vec![0; length.filter(|_| is_event).unwrap_or_default()];
    stream.read_exact(&mut body)?;
    let event = serde_json::from_slice(&body).map_err(io::Error::other)?;
    let said = r#"{"status":"Ok"}"#;
    let length = said.len();
    let head = format!("HTTP/1.1 {says}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.get_mut().write_all(format!("{head}{said}").as_bytes())?;
    Ok(event)
}
