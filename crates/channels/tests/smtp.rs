//! Sending to a server that speaks SMTP on a real socket.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    thread::{self, JoinHandle},
    time::Duration,
};

use channels::{
    Outcome, Transport,
    smtp::{Capture, Error, Smtp, SmtpConfig},
};
use mail::Outgoing;

/// Whom the mail is for.
const DANA: &str = "dana@fernlight.test";

/// How the server answers.
#[derive(Clone, Copy)]
enum Server {
    Accepts,
    /// Says this after RCPT TO.
    Refuses(&'static str),
    /// Says this after the mail itself.
    RefusesContent(&'static str),
    /// Wants a sign-in and says this to it.
    RefusesSignIn(&'static str),
    HangsUpAfterData,
    NeverSpeaks,
}

/// One conversation on a free port; gives what the client sent, line by line.
fn serve(server: Server) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = thread::spawn(move || talk(&listener.accept().unwrap().0, server));
    (port, heard)
}

fn talk(mut stream: &TcpStream, server: Server) -> Vec<String> {
    let mut heard = Vec::new();
    let mut in_data = false;
    if !matches!(server, Server::NeverSpeaks) {
        write!(stream, "220 mx.test ESMTP\r\n").unwrap();
    }
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { break };
        heard.push(line.clone());
        let answer = match (in_data, line.get(..4).unwrap_or(&line), server) {
            (true, ".", Server::RefusesContent(answer)) => answer,
            (true, ".", Server::HangsUpAfterData) => break,
            (true, ".", _) => "250 2.0.0 queued as 77",
            (true, ..) => continue,
            (_, "EHLO", _) => "250-mx.test\r\n250 AUTH PLAIN",
            (_, "AUTH", Server::RefusesSignIn(answer)) | (_, "RCPT", Server::Refuses(answer)) => {
                answer
            }
            (_, "DATA", _) => "354 go on",
            (_, "QUIT", _) => "221 bye",
            _ => "250 ok",
        };
        in_data = answer.starts_with("354") || in_data && line != ".";
        if write!(stream, "{answer}\r\n").is_err() {
            break;
        }
    }
    heard
}

fn reply() -> Outgoing {
    Outgoing {
        from: "Acme support <support@acme.test>".into(),
        to: vec!["Dana <dana@fernlight.test>".into()],
        subject: "Re: Flags".into(),
        text: "Fixed.\n.\nThe line above is a dot.".into(),
        message_id: "t1-1-a.1@acme.test".into(),
        ..Outgoing::default()
    }
}

async fn send_to(server: Server, options: &str, seconds: u64) -> (Outcome, Vec<String>) {
    let (port, heard) = serve(server);
    let config = SmtpConfig {
        timeout: Duration::from_secs(seconds),
        ..SmtpConfig::new(format!("smtp://{options}127.0.0.1:{port}?tls=none"))
    };
    let smtp = Smtp::new(&config).unwrap();

    let outcome = smtp.send(&reply(), DANA).await;

    (outcome, heard.join().unwrap())
}

fn later(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Later { reason } => reason,
        other => panic!("expected later, got {other:?}"),
    }
}

fn unreachable(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Unreachable { reason } => reason,
        other => panic!("expected unreachable, got {other:?}"),
    }
}

fn failed(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Failed { reason } => reason,
        other => panic!("expected failed, got {other:?}"),
    }
}

/// CH-03
#[tokio::test]
async fn an_accepted_mail_is_sent_with_its_envelope_and_its_dots() {
    let (outcome, heard) = send_to(Server::Accepts, "", 10).await;

    assert_eq!(outcome, Outcome::Sent { response: "250 2.0.0 queued as 77".into() });
    assert!(heard.iter().any(|line| line.starts_with("MAIL FROM:<support@acme.test>")));
    assert!(heard.iter().any(|line| line.starts_with("RCPT TO:<dana@fernlight.test>")));
    assert!(heard.contains(&"Message-ID: <t1-1-a.1@acme.test>".to_owned()));
    assert!(heard.contains(&"..".to_owned()), "a lone dot must be doubled");
}

/// CH-03
#[tokio::test]
async fn a_refusal_for_now_is_for_later() {
    let (outcome, _) = send_to(Server::Refuses("451 4.7.1 greylisted"), "", 10).await;

    assert_eq!(later(&outcome), "4.7.1 greylisted (451)");
}

/// SLA-05
#[tokio::test]
async fn a_final_refusal_fails_with_what_the_server_said() {
    let (unknown, _) = send_to(Server::Refuses("550 5.1.1 no such user"), "", 10).await;
    let (full, _) = send_to(Server::RefusesContent("552 5.2.2 mailbox full"), "", 10).await;
    let (unwelcome, _) = send_to(Server::RefusesContent("550 5.7.1 looks like spam"), "", 10).await;

    assert_eq!(
        unknown,
        Outcome::NobodyThere { reason: "5.1.1 no such user (550)".into() },
        "and nothing else will arrive there"
    );
    assert_eq!(failed(&full), "5.2.2 mailbox full (552)");
    assert_eq!(failed(&unwelcome), "5.7.1 looks like spam (550)");
}

/// NF-01
#[tokio::test]
async fn a_connection_that_breaks_or_stalls_says_nothing_about_the_mail() {
    let (dropped, _) = send_to(Server::HangsUpAfterData, "", 10).await;
    let (silent, _) = send_to(Server::NeverSpeaks, "", 1).await;
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let smtp = Smtp::new(&SmtpConfig::new(format!("smtp://127.0.0.1:{nobody}?tls=none"))).unwrap();
    let refused = smtp.send(&reply(), DANA).await;

    unreachable(&dropped);
    assert_eq!(unreachable(&silent), "the mail server did not answer in 1 s");
    unreachable(&refused);
}

/// NF-01
#[tokio::test]
async fn a_wrong_password_of_ours_fails_no_mail() {
    let server = Server::RefusesSignIn("535 5.7.8 bad credentials");

    let (outcome, _) = send_to(server, "support:secret@", 10).await;

    assert_eq!(unreachable(&outcome), "5.7.8 bad credentials (535)");
}

/// CH-03
#[tokio::test]
async fn an_unusable_address_fails_before_anybody_is_called() {
    let smtp = Smtp::new(&SmtpConfig::new("smtp://127.0.0.1:1?tls=none")).unwrap();
    let mail = Outgoing { to: vec!["not an address".into()], ..reply() };

    let outcome = smtp.send(&mail, DANA).await;

    assert_eq!(failed(&outcome), "To is not a usable address");
}

#[tokio::test]
async fn the_demo_takes_the_same_mails_and_sends_none() {
    let capture = Transport::Capture(Capture);

    let sent = capture.send(&reply(), DANA).await;
    let unusable = capture.send(&Outgoing { to: vec![], ..reply() }, DANA).await;

    assert!(matches!(sent, Outcome::Sent { .. }));
    assert_eq!(failed(&unusable), "there is no recipient");
}

#[test]
fn encryption_is_the_default_and_the_password_stays_hidden() {
    let config = SmtpConfig::new("smtp://support:secret@mx.acme.test:587");

    assert!(Smtp::new(&config).is_ok());
    assert!(Smtp::new(&SmtpConfig::new("smtps://mx.acme.test")).is_ok());
    assert!(matches!(Smtp::new(&SmtpConfig::new("smtp://mx?tls=maybe")), Err(Error::Tls)));
    assert!(matches!(Smtp::new(&SmtpConfig::new("mx.acme.test")), Err(Error::Url(_))));
    let shown = format!("{config:?} {:?}", Smtp::new(&config).unwrap());
    assert!(shown.contains("mx.acme.test:587") && !shown.contains("secret"), "{shown}");
}
