//! `answerable mail deliver < message`: for a mail server that hands mail to a program.
//!
//! The exit status is what mail servers understand (sysexits): only what trying again cannot mend is refused for good.
//! With SQLite the running desk owns the file, so the message is handed to it by LMTP; nobody there, the file is opened.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use desk::mailbox::Arrival;
use desk::{Clock, Ctx};
use handbook::Handbook;
use mail::Session;

use crate::cli::{DeliverOptions, MailCommand};
use crate::{complain, config, serve};

/// There is no message, or one that is too large.
const DATA_ERROR: u8 = 65;
/// Try again later.
const TEMPORARY: u8 = 75;
/// The largest message that is taken.
const LIMIT: u64 = 50 * 1024 * 1024;
/// How long the running desk may take for an answer.
const PATIENCE: Duration = Duration::from_mins(2);

/// What a command line is answered that means nothing: a mail server must not take that for a word about the mail.
pub(crate) fn wrong_usage() -> ExitCode {
    let is_mail = std::env::args().nth(1).is_some_and(|word| word == "mail");
    ExitCode::from(if is_mail { TEMPORARY } else { 2 })
}

pub(crate) fn run(command: MailCommand) -> ExitCode {
    let MailCommand::Deliver(options) = command;
    let mut raw = Vec::new();
    if let Err(error) = std::io::stdin().lock().take(LIMIT + 1).read_to_end(&mut raw) {
        complain(&anyhow::Error::from(error).context("the message could not be read"));
        return ExitCode::from(TEMPORARY);
    }
    let refused = match raw.len() as u64 {
        _ if raw.trim_ascii().is_empty() => Some("there is no message on standard input"),
        size if size > LIMIT => Some("the message is larger than 50 MB"),
        _ => None,
    };
    if let Some(refused) = refused {
        complain(&anyhow::anyhow!(refused));
        return ExitCode::from(DATA_ERROR);
    }
    match deliver(&options, &raw) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::from(TEMPORARY)
        }
    }
}

fn deliver(options: &DeliverOptions, raw: &[u8]) -> anyhow::Result<()> {
    let (store, listens) = config::stores(options.store.clone(), options.config.as_deref())?;
    if let Some(address) = options.lmtp.or(listens)
        && let Ok(stream) = TcpStream::connect(address)
    {
        let envelope = Envelope {
            from: &sender(&options.from, raw),
            recipients: &options.recipients,
            client: client(options),
        };
        return hand_over(&stream, address, &envelope, raw);
    }
    let sample = Handbook::parse(Handbook::sample())
        .map_err(|problems| serve::wrong("sample", &problems))?;
    let ctx = Ctx::starting(Clock::System.now(), sample);
    let arrival = Arrival::handed_in("pipe", ctx.now).by(client(options));
    let raw = with_envelope(&options.from, &options.recipients, raw);
    serve::store(&store.database_url)?
        .write_blocking(move |tx| desk::mailboxes::archive(tx, &ctx, &arrival, &raw).map(|_| ()))?;
    Ok(())
}

/// The message with what only the envelope knows, unless the mail server has written that itself.
fn with_envelope(from: &str, recipients: &[String], raw: &[u8]) -> Vec<u8> {
    // What a mailbox file puts before a message is not part of it.
    let raw = match raw.strip_prefix(b"From ") {
        Some(rest) => {
            rest.iter().position(|byte| *byte == b'\n').map_or(raw, |end| &rest[end + 1..])
        }
        None => raw,
    };
    let mut whole = Vec::with_capacity(raw.len() + 256);
    if !from.is_empty() {
        whole.extend(format!("Return-Path: <{}>\r\n", one_line(from)).into_bytes());
    }
    for recipient in recipients {
        whole.extend(format!("Delivered-To: {}\r\n", one_line(recipient)).into_bytes());
    }
    whole.extend_from_slice(raw);
    whole
}

/// The envelope's sender: as the mail server says, or as it has written it into the message. Nobody said is not the
/// empty sender, which only reports have.
fn sender(from: &str, raw: &[u8]) -> String {
    if !from.is_empty() {
        return from.to_owned();
    }
    let head = String::from_utf8_lossy(&raw[..raw.len().min(64 * 1024)]);
    let lines = head.lines().take_while(|line| !line.is_empty());
    let written = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("return-path"))
        .map(|(_, value)| value.trim().trim_matches(['<', '>']).to_owned());
    written
        .or_else(|| desk::mailbox::parse(raw).from.map(|from| from.email))
        .unwrap_or_else(|| "unknown@localhost".to_owned())
}

fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Whose mail it is, as far as the mail server says so.
fn client(options: &DeliverOptions) -> Option<Session> {
    let client: IpAddr = options.client_address.parse().ok()?;
    let is_known = !mail::is_inside(client);
    is_known.then(|| Session {
        client,
        helo: one_line(&options.client_helo),
        mail_from: one_line(&options.from),
        is_direct: false,
    })
}

/// What only the mail server knows.
struct Envelope<'a> {
    from: &'a str,
    recipients: &'a [String],
    client: Option<Session>,
}

/// Hands a message to the running desk.
fn hand_over(
    stream: &TcpStream,
    address: SocketAddr,
    envelope: &Envelope<'_>,
    raw: &[u8],
) -> anyhow::Result<()> {
    let Envelope { from, recipients, client } = envelope;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut talk = Talk { from_desk: BufReader::new(stream), to_desk: stream };
    let context = || format!("the desk at {address} did not take the message");
    talk.hear("220").with_context(context)?;
    let offers = talk.say("LHLO pipe", "250").with_context(context)?;
    if let Some(client) = client
        && offers.iter().any(|offer| offer.starts_with("XFORWARD"))
    {
        let helo: String = client.helo.chars().filter(char::is_ascii_graphic).collect();
        let helo = helo.replace('+', "+2B").replace('=', "+3D");
        let address = match client.client {
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => format!("IPV6:{v6}"),
        };
        talk.say(&format!("XFORWARD ADDR={address} HELO={helo}"), "250").with_context(context)?;
    }
    talk.say(&format!("MAIL FROM:<{}>", one_line(from)), "250").with_context(context)?;
    let nobody = ["support".to_owned()];
    let recipients = if recipients.is_empty() { &nobody[..] } else { *recipients };
    for recipient in recipients {
        talk.say(&format!("RCPT TO:<{}>", one_line(recipient)), "250").with_context(context)?;
    }
    talk.say("DATA", "354").with_context(context)?;
    let mut body = Vec::with_capacity(raw.len() + raw.len() / 32);
    for line in raw.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.starts_with(b".") {
            body.push(b'.');
        }
        body.extend_from_slice(line);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b".");
    talk.send(&body).with_context(context)?;
    for _ in recipients {
        talk.hear("250").with_context(context)?;
    }
    // It is kept; whether the good-bye arrives does not matter.
    let _ = talk.send(b"QUIT");
    Ok(())
}

struct Talk<'a> {
    from_desk: BufReader<&'a TcpStream>,
    to_desk: &'a TcpStream,
}

impl Talk<'_> {
    fn say(&mut self, line: &str, expected: &str) -> anyhow::Result<Vec<String>> {
        self.send(line.as_bytes())?;
        self.hear(expected)
    }

    fn send(&mut self, line: &[u8]) -> anyhow::Result<()> {
        self.to_desk.write_all(line)?;
        self.to_desk.write_all(b"\r\n")?;
        Ok(())
    }

    /// Reads one answer, of one line or several, and gives their words.
    fn hear(&mut self, expected: &str) -> anyhow::Result<Vec<String>> {
        let mut words = Vec::new();
        loop {
            let mut line = String::new();
            if self.from_desk.read_line(&mut line)? == 0 {
                bail!("it hung up");
            }
            if !line.starts_with(expected) {
                bail!("it said {}", line.trim_end());
            }
            words.push(line.get(4..).unwrap_or_default().trim_end().to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(words);
            }
        }
    }
}
