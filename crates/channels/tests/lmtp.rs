//! Handing in mail on a real socket, politely and otherwise.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use channels::lmtp::{HandedIn, Limits, Relays, serve};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A door, and what was kept behind it. It keeps nothing whose subject is "Full".
struct Door {
    address: SocketAddr,
    kept: Arc<Mutex<Vec<HandedIn>>>,
    _stop: watch::Sender<bool>,
}

impl Door {
    async fn open(limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let kept: Arc<Mutex<Vec<HandedIn>>> = Arc::default();
        let shelf = kept.clone();
        let keep = move |mail: HandedIn| {
            let shelf = shelf.clone();
            async move {
                let full = mail.raw.windows(4).any(|part| part == b"Full");
                if !full {
                    shelf.lock().unwrap().push(mail);
                }
                !full
            }
        };
        let (stop, stopped) = watch::channel(false);
        let named = ("desk.test".to_owned(), Relays::default());
        tokio::spawn(serve(listener, named, limits, keep, stopped));
        Self { address, kept, _stop: stop }
    }

    /// Says everything at once, as with PIPELINING, and gives the answers.
    async fn hear(&self, said: &[u8]) -> Vec<String> {
        let (address, said) = (self.address, said.to_vec());
        let talk = move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            let answers = BufReader::new(stream.try_clone().unwrap());
            // Who is turned away may not hear all of it.
            let _ = stream.write_all(&said);
            answers.lines().map_while(Result::ok).collect()
        };
        tokio::task::spawn_blocking(talk).await.unwrap()
    }

    fn kept(&self) -> Vec<String> {
        let kept = self.kept.lock().unwrap();
        kept.iter().map(|mail| String::from_utf8_lossy(&mail.raw).into_owned()).collect()
    }
}

fn codes(answers: &[String]) -> Vec<&str> {
    let last = answers.iter().filter(|line| line.as_bytes().get(3) == Some(&b' '));
    last.map(|line| &line[..3]).collect()
}

/// CH-03
#[tokio::test]
async fn a_message_is_kept_with_its_envelope_and_its_dots_before_it_is_answered() {
    let door = Door::open(Limits::default()).await;

    let lmtp = door
        .hear(
            b"LHLO mx\r\nMAIL FROM:<dana@fernlight.test> SIZE=100 BODY=8BITMIME\r\n\
              RCPT TO:<support+t1@acme.test>\r\nrcpt to: <billing@acme.test>\r\nDATA\r\n\
              Subject: Hello\r\n\r\n..\r\n..two\r\nend\r\n.\r\nQUIT\r\n",
        )
        .await;
    let smtp = door
        .hear(
            b"EHLO mx\r\nMAIL FROM:<>\r\nRCPT TO:<support@acme.test>\r\nDATA\r\nSubject: A report\r\n\r\nx\r\n.\r\nQUIT\r\n",
        )
        .await;

    assert_eq!(codes(&lmtp), ["220", "250", "250", "250", "250", "354", "250", "250", "221"]);
    assert_eq!(codes(&smtp), ["220", "250", "250", "250", "354", "250", "221"]);
    let kept = door.kept();
    assert!(kept[0].starts_with(
        "Return-Path: <dana@fernlight.test>\r\nDelivered-To: support+t1@acme.test\r\n\
         Delivered-To: billing@acme.test\r\nReceived: from mx ([127.0.0.1]) by desk.test with LMTP\r\n"
    ));
    assert!(kept[0].ends_with("Subject: Hello\r\n\r\n.\r\n.two\r\nend\r\n"), "{}", kept[0]);
    assert!(kept[1].starts_with("Return-Path: <>\r\n"), "{}", kept[1]);
}

/// NF-01
#[tokio::test]
async fn what_cannot_be_kept_is_for_later_and_what_is_too_large_is_not() {
    let door = Door::open(Limits { message: 1000, recipients: 2, ..Limits::default() }).await;
    let large = "x".repeat(998) + "\r\n";
    let said = format!(
        "LHLO mx\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<s@acme.test>\r\nDATA\r\nSubject: Full\r\n\r\n.\r\n\
         MAIL FROM:<a@b.test>\r\nRCPT TO:<s@acme.test>\r\nDATA\r\n{large}{large}.\r\n\
         MAIL FROM:<a@b.test> SIZE=5000\r\n\
         MAIL FROM:<a@b.test>\r\nRCPT TO:<1@acme.test>\r\nRCPT TO:<2@acme.test>\r\nRCPT TO:<3@acme.test>\r\nQUIT\r\n"
    );

    let answers = door.hear(said.as_bytes()).await;

    let expected = [
        "220", "250", "250", "250", "354", "451", "250", "250", "354", "552", "552", "250", "250",
        "250", "452", "221",
    ];
    assert_eq!(codes(&answers), expected);
    assert!(door.kept().is_empty());
}

/// CH-03: a lone line feed ends neither a line nor a message, so nothing is smuggled in behind it
#[tokio::test]
async fn a_message_ends_at_a_dot_between_two_whole_line_ends_and_nowhere_else() {
    let door = Door::open(Limits::default()).await;

    let answers = door
        .hear(
            b"EHLO mx\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<s@acme.test>\r\nDATA\r\nSubject: One\r\n\r\n\
              \n.\nMAIL FROM:<ceo@acme.test>\n\n.\r\nRCPT TO:<x@acme.test>\r\n.\r\nQUIT\r\n",
        )
        .await;

    assert_eq!(codes(&answers), ["220", "250", "250", "250", "354", "250", "221"]);
    let kept = door.kept();
    assert_eq!(kept.len(), 1);
    assert!(kept[0].contains("\n.\nMAIL FROM:<ceo@acme.test>\n\n.\r\nRCPT TO:"), "{}", kept[0]);
}

#[tokio::test]
async fn nonsense_is_answered_and_ends_after_a_while() {
    let door = Door::open(Limits::default()).await;

    let order =
        door.hear(b"DATA\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<s@acme.test>\r\nQUIT\r\n").await;
    assert_eq!(codes(&order), ["220", "503", "503", "503", "221"]);
    let addresses = door
        .hear(
            b"EHLO mx\r\nMAIL FROM:a b c\r\nRSET\r\nMAIL FROM:<a>b>\r\nMAIL TO:<x>\r\nRCPT TO:<>\r\nQUIT\r\n",
        )
        .await;
    assert_eq!(codes(&addresses)[0..2], ["220", "250"]);
    let long = door.hear(&[b"NOOP ", &b"x".repeat(9000)[..], b"\r\nQUIT\r\n"].concat()).await;
    assert_eq!(codes(&long), ["220", "500", "221"]);
    let noise = door.hear(&b"\xff\x00nonsense\r\n".repeat(50)).await;
    assert_eq!(codes(&noise).last(), Some(&"421"));
    assert!(codes(&noise).len() < 30);
    assert!(door.kept().is_empty());
}

#[tokio::test]
async fn who_says_nothing_or_comes_too_often_makes_room_for_others() {
    let silence = Duration::from_millis(200);
    let door = Door::open(Limits { conversations: 1, silence, ..Limits::default() }).await;

    let silent = door.hear(b"LHLO mx\r\n").await;
    assert_eq!(codes(&silent), ["220", "250"], "then it was hung up on");
    let _first = TcpStream::connect(door.address).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let second = door.hear(b"QUIT\r\n").await;
    assert_eq!(codes(&second), ["421"]);
}
