//! Mail handed in by a mail server, over LMTP (RFC 2033) or SMTP (RFC 5321): which of the two is said by the greeting.
//!
//! Nothing is answered with 250 before it is kept for good; when it cannot be kept the other server is told to try
//! again. Nothing is relayed, so there is nobody to sign in; it belongs on loopback or a network of one's own.
//!
//! A line ends with CR LF and with nothing else, so that no message can smuggle in a second one.
//!
//! Who sent the mail is said by the address of the other side, unless that is a server of our own. Such a one may say whose
//! mail it passes on (XFORWARD, as Postfix speaks it), if the configuration names it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;

use mail::{Session, is_inside};

/// How much is taken at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest message, in bytes.
    pub message: usize,
    /// Recipients of one message.
    pub recipients: usize,
    /// Conversations at the same time.
    pub conversations: usize,
    /// Bytes of unfinished messages at the same time.
    pub together: usize,
    /// How long the other side may say nothing.
    pub silence: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message: 50 * 1024 * 1024,
            recipients: 100,
            conversations: 64,
            together: 256 * 1024 * 1024,
            silence: Duration::from_mins(5),
        }
    }
}

/// The longest line of a command.
const COMMAND: usize = 4096;
/// A line of a message is read in pieces of this size at most.
const PIECE: usize = 64 * 1024;
/// After so many mistakes the conversation is over.
const MISTAKES: u32 = 20;

/// A message that was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedIn {
    /// Who handed it in, as far as that says anything about the sender.
    pub session: Option<Session>,
    /// Whom the other server wants to have it, each once.
    pub recipients: Vec<String>,
    /// The message, with Return-Path and Delivered-To before it.
    pub raw: Vec<u8>,
}

/// Mail servers of our own, whose word about their clients counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relays(Vec<(IpAddr, u8)>);

/// Why an address or a network cannot be one of a relay.
#[derive(Debug, thiserror::Error)]
#[error("expected an address such as 192.0.2.7 or a network such as 192.0.2.0/24, got {0:?}")]
pub struct NoNetwork(String);

impl Relays {
    /// Reads addresses and networks.
    ///
    /// # Errors
    ///
    /// When one of them is neither.
    pub fn read(networks: &[String]) -> Result<Self, NoNetwork> {
        networks.iter().map(|one| network(one).ok_or_else(|| NoNetwork(one.clone()))).collect()
    }

    fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|(network, length)| {
            network.is_ipv4() == address.is_ipv4()
                && head(*network, *length) == head(address, *length)
        })
    }
}

impl FromIterator<(IpAddr, u8)> for Relays {
    fn from_iter<T: IntoIterator<Item = (IpAddr, u8)>>(networks: T) -> Self {
        Self(networks.into_iter().collect())
    }
}

fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, length) = text.split_once('/').unwrap_or((text, ""));
    let address: IpAddr = address.trim().parse().ok()?;
    let whole = if address.is_ipv4() { 32 } else { 128 };
    let length = if length.is_empty() { whole } else { length.trim().parse().ok()? };
    (length <= whole).then_some((address, length))
}

/// The first bits of an address.
fn head(address: IpAddr, length: u8) -> u128 {
    let (bits, whole) = match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), 32),
        IpAddr::V6(v6) => (v6.to_bits(), 128),
    };
    bits.checked_shr(whole - u32::from(length)).unwrap_or_default()
}

/// Takes messages until `stop` turns true; `keep` says whether one is kept for good.
pub async fn serve<K, F>(
    listener: TcpListener,
    (name, relays): (String, Relays),
    limits: Limits,
    keep: K,
    mut stop: watch::Receiver<bool>,
) where
    K: Fn(HandedIn) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = bool> + Send,
{
    let conversations = Arc::new(Semaphore::new(limits.conversations));
    let room = Arc::new(Semaphore::new(limits.together / PIECE));
    loop {
        let accepted = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "nobody can hand in mail");
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        let Ok(place) = conversations.clone().try_acquire_owned() else {
            tokio::spawn(turn_away(stream));
            continue;
        };
        let mut talk = Talk::new(stream, peer, name.clone(), limits, room.clone());
        talk.is_relay = relays.contain(peer.ip());
        let (keep, mut stop) = (keep.clone(), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                // What is under way is not kept; the other server tries again.
                _ = stop.wait_for(|stop| *stop) => {}
                _ = talk.run(keep) => {}
            }
            drop(place);
        });
    }
}

async fn turn_away(mut stream: TcpStream) {
    // Whoever does not hear it tries again as well.
    let _ = stream.write_all(b"421 4.3.2 too many conversations, try again later\r\n").await;
}

/// One conversation.
struct Talk<S> {
    stream: BufReader<S>,
    peer: SocketAddr,
    name: String,
    limits: Limits,
    room: Arc<Semaphore>,
    /// What the other side called itself, and whether it speaks LMTP.
    greeted: Option<bool>,
    helo: String,
    /// Its word about its own clients counts.
    is_relay: bool,
    /// What it said about the client whose mail comes next.
    client: Forwarded,
    sender: Option<String>,
    recipients: Vec<String>,
    mistakes: u32,
}

/// What a server of our own says about whose mail it passes on.
#[derive(Debug, Default)]
struct Forwarded {
    address: Option<IpAddr>,
    helo: String,
}

/// A line, or why there is none.
enum Line {
    Whole(Vec<u8>),
    TooLong,
    Ended,
}

/// How a message ended.
enum Body {
    Whole(Vec<u8>),
    TooLarge,
    NoRoom,
    Ended,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    fn new(
        stream: S,
        peer: SocketAddr,
        name: String,
        limits: Limits,
        room: Arc<Semaphore>,
    ) -> Self {
        Self {
            stream: BufReader::new(stream),
            peer,
            name,
            limits,
            room,
            greeted: None,
            helo: String::new(),
            is_relay: false,
            client: Forwarded::default(),
            sender: None,
            recipients: Vec::new(),
            mistakes: 0,
        }
    }

    async fn run<K, F>(mut self, keep: K) -> io::Result<()>
    where
        K: Fn(HandedIn) -> F,
        F: Future<Output = bool>,
    {
        self.say(&format!("220 {} Answerable takes mail", self.name)).await?;
        loop {
            let line = match self.line(COMMAND).await? {
                Line::Whole(line) => line,
                Line::TooLong => {
                    self.mistake("500 5.5.2 the line is too long").await?;
                    continue;
                }
                Line::Ended => return Ok(()),
            };
            if self.mistakes >= MISTAKES {
                return self.say("421 4.7.0 too many mistakes").await;
            }
            let line = String::from_utf8_lossy(&line).into_owned();
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "LHLO" => self.greet(true, rest).await?,
                "EHLO" => self.greet(false, rest).await?,
                "HELO" => {
                    self.meet(false, rest);
                    self.say(&format!("250 {}", self.name)).await?;
                }
                "XFORWARD" if self.is_relay => self.forwards(rest).await?,
                "MAIL" => self.mail(rest).await?,
                "RCPT" => self.rcpt(rest).await?,
                "DATA" => {
                    if !self.data(&keep).await? {
                        return Ok(());
                    }
                }
                "RSET" => {
                    self.reset();
                    self.say("250 2.0.0 forgotten").await?;
                }
                "NOOP" => self.say("250 2.0.0 here").await?,
                "VRFY" => self.say("252 2.5.0 send it and see").await?,
                "QUIT" => return self.say("221 2.0.0 good-bye").await,
                _ => self.mistake("500 5.5.1 that command is not known here").await?,
            }
        }
    }

    async fn greet(&mut self, speaks_lmtp: bool, name: &str) -> io::Result<()> {
        self.meet(speaks_lmtp, name);
        let told =
            if self.is_relay { "250-XFORWARD NAME ADDR PORT PROTO HELO SOURCE\r\n" } else { "" };
        let lines = format!(
            "250-{}\r\n250-SIZE {}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n{told}250 ENHANCEDSTATUSCODES",
            self.name, self.limits.message
        );
        self.say(&lines).await
    }

    fn meet(&mut self, speaks_lmtp: bool, name: &str) {
        self.reset();
        self.greeted = Some(speaks_lmtp);
        self.helo = name.split_ascii_whitespace().next().unwrap_or_default().to_owned();
    }

    /// A server of our own says whose mail comes next; what it does not know it says in brackets.
    async fn forwards(&mut self, rest: &str) -> io::Result<()> {
        if self.greeted.is_none() || self.sender.is_some() {
            return self.mistake("503 5.5.1 greet first, and say it before MAIL").await;
        }
        for (key, value) in rest.split_ascii_whitespace().filter_map(|one| one.split_once('=')) {
            let value = plain(value);
            match key.to_ascii_uppercase().as_str() {
                "ADDR" => {
                    let address = value.get(..5).filter(|head| head.eq_ignore_ascii_case("IPV6:"));
                    self.client.address = value[address.map_or(0, str::len)..].parse().ok();
                }
                "HELO" if !value.starts_with('[') || value.ends_with(".0]") => {
                    self.client.helo = value;
                }
                _ => {}
            }
        }
        self.say("250 2.0.0 good to know").await
    }

    /// Who handed a mail in; nobody, when it was a server of our own that does not say whose mail it is: its address says
    /// nothing about a sender.
    fn session(&self) -> Option<Session> {
        let mail_from = self.sender.clone().unwrap_or_default();
        let peer = self.peer.ip().to_canonical();
        let is_ours = self.is_relay || is_inside(peer);
        let (client, helo) = if is_ours {
            (self.client.address?.to_canonical(), &self.client.helo)
        } else {
            (peer, &self.helo)
        };
        let known = !is_ours || !is_inside(client);
        known.then(|| Session { client, helo: helo.clone(), mail_from, is_direct: !is_ours })
    }

    fn reset(&mut self) {
        self.client = Forwarded::default();
        self.sender = None;
        self.recipients.clear();
    }

    async fn mail(&mut self, rest: &str) -> io::Result<()> {
        if self.greeted.is_none() {
            return self.mistake("503 5.5.1 greet first").await;
        }
        if self.sender.is_some() {
            return self.mistake("503 5.5.1 one sender a message").await;
        }
        let Some((sender, parameters)) = path(rest, "FROM:") else {
            return self.mistake("501 5.5.4 expected MAIL FROM:<address>").await;
        };
        let size = parameters
            .split_ascii_whitespace()
            .filter_map(|one| one.split_once('='))
            .find(|(key, _)| key.eq_ignore_ascii_case("SIZE"))
            .and_then(|(_, size)| size.parse::<usize>().ok());
        if size.is_some_and(|size| size > self.limits.message) {
            return self.say("552 5.3.4 the message is too large").await;
        }
        self.sender = Some(sender);
        self.say("250 2.1.0 good").await
    }

    async fn rcpt(&mut self, rest: &str) -> io::Result<()> {
        if self.sender.is_none() {
            return self.mistake("503 5.5.1 MAIL first").await;
        }
        match path(rest, "TO:") {
            Some((address, _)) if !address.is_empty() => {
                if self.recipients.len() >= self.limits.recipients {
                    return self.say("452 4.5.3 too many recipients").await;
                }
                self.recipients.push(address);
                self.say("250 2.1.5 good").await
            }
            _ => self.mistake("501 5.5.4 expected RCPT TO:<address>").await,
        }
    }

    /// Takes a message; says whether the conversation goes on.
    async fn data<K, F>(&mut self, keep: &K) -> io::Result<bool>
    where
        K: Fn(HandedIn) -> F,
        F: Future<Output = bool>,
    {
        if self.recipients.is_empty() {
            self.mistake("503 5.5.1 RCPT first").await?;
            return Ok(true);
        }
        self.say("354 go on, a dot alone ends it").await?;
        let answer = match self.body().await? {
            Body::Ended => return Ok(false),
            Body::TooLarge => "552 5.3.4 the message is too large",
            Body::NoRoom => "452 4.3.1 no room at the moment, try again later",
            Body::Whole(raw) => {
                let (session, recipients) = (self.session(), self.recipients.clone());
                if keep(HandedIn { session, recipients, raw }).await {
                    "250 2.0.0 kept"
                } else {
                    "451 4.3.0 it could not be kept, try again later"
                }
            }
        };
        // LMTP has a word for each recipient.
        let words = if self.greeted == Some(true) { self.recipients.len() } else { 1 };
        self.reset();
        self.say(&vec![answer; words].join("\r\n")).await?;
        Ok(true)
    }

    /// Reads a message to its end, also one that is not kept.
    async fn body(&mut self) -> io::Result<Body> {
        let mut raw = self.envelope().into_bytes();
        let mut held: Vec<OwnedSemaphorePermit> = Vec::new();
        let mut refused = None;
        let mut begins = true;
        loop {
            let Some((piece, ends)) = self.piece().await? else { return Ok(Body::Ended) };
            if begins && ends && piece == b"." {
                return Ok(refused.unwrap_or(Body::Whole(raw)));
            }
            if refused.is_none() {
                // A dot at the beginning of a line was doubled by the other side.
                let text = if begins { piece.strip_prefix(b".").unwrap_or(&piece) } else { &piece };
                raw.extend_from_slice(text);
                if ends {
                    raw.extend_from_slice(b"\r\n");
                }
                if raw.len() > self.limits.message {
                    refused = Some(Body::TooLarge);
                } else if raw.len() > held.len() * PIECE {
                    match self.room.clone().try_acquire_owned() {
                        Ok(room) => held.push(room),
                        Err(_) => refused = Some(Body::NoRoom),
                    }
                }
                if refused.is_some() {
                    (raw, held) = (Vec::new(), Vec::new());
                }
            }
            begins = ends;
        }
    }

    /// What only the envelope knows, as headers.
    fn envelope(&self) -> String {
        let sender = self.sender.as_deref().unwrap_or_default();
        let mut head = format!("Return-Path: <{sender}>\r\n");
        let mut named: Vec<&String> = Vec::new();
        for recipient in &self.recipients {
            if !named.contains(&recipient) {
                head.push_str("Delivered-To: ");
                head.push_str(recipient);
                head.push_str("\r\n");
                named.push(recipient);
            }
        }
        let how = if self.greeted == Some(true) { "LMTP" } else { "ESMTP" };
        let (peer, helo) = (self.peer.ip(), printable(&self.helo));
        format!("{head}Received: from {helo} ([{peer}]) by {} with {how}\r\n", self.name)
    }

    /// A part of a line of a message, and whether the line ends with it.
    async fn piece(&mut self) -> io::Result<Option<(Vec<u8>, bool)>> {
        let mut piece = Vec::new();
        loop {
            let buffer = within(self.limits.silence, self.stream.fill_buf()).await?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let newline = buffer.iter().position(|byte| *byte == b'\n');
            let taken = newline.map_or(buffer.len(), |place| place + 1);
            piece.extend_from_slice(&buffer[..taken]);
            self.stream.consume(taken);
            if newline.is_some() && piece.ends_with(b"\r\n") {
                piece.truncate(piece.len() - 2);
                return Ok(Some((piece, true)));
            }
            // A CR at the end may belong to a line's end, but not for ever.
            if piece.len() >= PIECE && !piece.ends_with(b"\r") || piece.len() >= 2 * PIECE {
                return Ok(Some((piece, false)));
            }
        }
    }

    async fn line(&mut self, limit: usize) -> io::Result<Line> {
        let mut line = Vec::new();
        let mut is_long = false;
        loop {
            match self.piece().await? {
                None => return Ok(Line::Ended),
                Some((piece, ends)) => {
                    is_long |= line.len() + piece.len() > limit;
                    if !is_long {
                        line.extend(piece);
                    }
                    if ends {
                        return Ok(if is_long { Line::TooLong } else { Line::Whole(line) });
                    }
                }
            }
        }
    }

    async fn mistake(&mut self, answer: &str) -> io::Result<()> {
        self.mistakes += 1;
        self.say(answer).await
    }

    async fn say(&mut self, answer: &str) -> io::Result<()> {
        let line = format!("{answer}\r\n");
        within(self.limits.silence, self.stream.write_all(line.as_bytes())).await?;
        within(self.limits.silence, self.stream.flush()).await
    }
}

async fn within<T>(span: Duration, doing: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(span, doing).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// What somebody called himself, as a header may carry it.
fn printable(name: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || ".-_:[]".contains(*c);
    let name: String = name.chars().filter(plain).take(255).collect();
    if name.is_empty() { "unknown".to_owned() } else { name }
}

/// A value as XFORWARD writes it (RFC 3461): `+` and two digits stand for a byte.
fn plain(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let coded = others.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match coded.filter(|_| *first == b'+').and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &others[2..];
            }
            None => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    String::from_utf8_lossy(&bytes).chars().filter(|c| !c.is_control()).collect()
}

/// The address in `FROM:<address> PARAMETERS`, and what follows it. Nothing in it may end a header line.
fn path<'a>(rest: &'a str, word: &str) -> Option<(String, &'a str)> {
    let rest = rest.trim_start();
    let named = rest.get(..word.len()).filter(|named| named.eq_ignore_ascii_case(word))?;
    let rest = rest[named.len()..].trim_start();
    let (address, parameters) = match rest.strip_prefix('<') {
        Some(inside) => inside.split_once('>')?,
        None => rest.split_once(' ').unwrap_or((rest, "")),
    };
    // A route before the address means nothing any more.
    let routed = address.strip_prefix('@').and_then(|route| route.split_once(':'));
    let address = routed.map_or(address, |(_, address)| address).trim();
    let is_plain = !address.chars().any(|c| c.is_control() || c == '<' || c == '>');
    is_plain.then(|| (address.to_owned(), parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is kept of a conversation with somebody at an address.
    fn kept(peer: &str, relays: &[&str], said: &str) -> (String, Option<Session>) {
        let relays: Vec<String> = relays.iter().map(|one| (*one).to_owned()).collect();
        let relays = Relays::read(&relays).unwrap();
        let peer = SocketAddr::new(peer.parse().unwrap(), 25);
        let said =
            format!("{said}RCPT TO:<s@acme.test>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\nQUIT\r\n");
        let (mut ours, theirs) = tokio::io::duplex(64 * 1024);
        let shelf = std::sync::Mutex::new(None);
        let room = Arc::new(Semaphore::new(10));
        let mut talk = Talk::new(theirs, peer, "desk".to_owned(), Limits::default(), room);
        talk.is_relay = relays.contain(peer.ip());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            ours.write_all(said.as_bytes()).await.unwrap();
            let keep = |mail: HandedIn| {
                *shelf.lock().unwrap() = Some(mail);
                std::future::ready(true)
            };
            talk.run(keep).await.unwrap();
        });
        let mail = shelf.into_inner().unwrap().unwrap();
        (String::from_utf8(mail.raw).unwrap(), mail.session)
    }

    const MAIL: &str = "MAIL FROM:<dana@fernlight.test>\r\n";

    fn session(client: &str, helo: &str, is_direct: bool) -> Option<Session> {
        let client = client.parse().ok()?;
        let (helo, mail_from) = (helo.to_owned(), "dana@fernlight.test".to_owned());
        Some(Session { client, helo, mail_from, is_direct })
    }

    /// CH-03
    #[test]
    fn who_hands_in_mail_from_outside_is_the_client() {
        let said = format!("EHLO mx.fernlight.test\r\nXFORWARD ADDR=198.51.100.1\r\n{MAIL}");

        let (raw, found) = kept("192.0.2.7", &["127.0.0.1", "198.51.100.0/24"], &said);

        assert_eq!(
            found,
            session("192.0.2.7", "mx.fernlight.test", true),
            "nobody asked for its word"
        );
        assert!(
            raw.contains("Received: from mx.fernlight.test ([192.0.2.7]) by desk with ESMTP\r\n")
        );
    }

    /// CH-03
    #[test]
    fn a_server_of_our_own_says_whose_mail_it_passes_on() {
        let said = format!(
            "LHLO mx.acme.test\r\nXFORWARD NAME=[UNAVAILABLE] ADDR=192.0.2.7 PROTO=ESMTP\r\n\
             XFORWARD HELO=mx+2Efernlight.test SOURCE=REMOTE\r\n{MAIL}"
        );
        let told = session("192.0.2.7", "mx.fernlight.test", false);

        assert_eq!(kept("127.0.0.1", &["127.0.0.1"], &said).1, told);
        assert_eq!(kept("203.0.113.9", &["203.0.113.0/28"], &said).1, told);
        assert_eq!(kept("127.0.0.1", &[], &said).1, None, "only one that is named");
        let silent = format!("LHLO mx.acme.test\r\n{MAIL}");
        for relay in ["127.0.0.1", "10.1.2.3", "::1"] {
            assert_eq!(kept(relay, &[], &silent).1, None, "its own address says nothing");
        }
        assert_eq!(kept("203.0.113.9", &["203.0.113.9"], &silent).1, None);
        let colleague = said.replace("192.0.2.7", "192.168.7.7");
        assert_eq!(kept("127.0.0.1", &["127.0.0.1"], &colleague).1, None);
        let six = said.replace("192.0.2.7", "IPV6:2001:db8::7");
        assert_eq!(
            kept("127.0.0.1", &["127.0.0.1"], &six).1,
            session("2001:db8::7", "mx.fernlight.test", false)
        );
    }

    /// CH-03: what was said about one mail is not said about the next
    #[test]
    fn a_clients_address_is_for_one_mail() {
        let said = format!(
            "LHLO mx\r\nXFORWARD ADDR=192.0.2.7 HELO=a\r\n{MAIL}RCPT TO:<s@acme.test>\r\nDATA\r\n\
             Subject: One\r\n\r\nx\r\n.\r\n{MAIL}"
        );

        assert_eq!(kept("127.0.0.1", &["127.0.0.1"], &said).1, None);
    }

    #[test]
    fn a_network_is_read_or_refused() {
        let read = |text: &str| Relays::read(&[text.to_owned()]);

        for wrong in ["", "mx.acme.test", "1.2.3.4/33", "::/129", "1.2.3.4/x"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(read("0.0.0.0/0").unwrap().contain("203.0.113.1".parse().unwrap()));
        assert!(!read("0.0.0.0/0").unwrap().contain("::1".parse().unwrap()));
        assert!(read("10.0.0.0/8").unwrap().contain("::ffff:10.1.2.3".parse().unwrap()));
    }
}
