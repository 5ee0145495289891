//! A mail server of our own says whose mail it hands in, and the sender's domain says whether that may be. On both engines.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use channels::Transport;
use channels::authentication::{Authenticator, Records};
use channels::lmtp::{Limits, Relays, serve};
use channels::posthog::Posthog;
use channels::smtp::Capture;
use jobs::Worker;
use testkit::servers::{Postfix, soon};
use testkit::{Engine, Place, TrialDesk, each_desk};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Hands a mail to a server as if it came from another machine.
fn hand_in(postfix: &Postfix, client: &str, subject: &str) {
    let stream = TcpStream::connect(("127.0.0.1", postfix.port())).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let mut hear = |code: &str| {
        let last = answers.find(|line| line.as_bytes().get(3) == Some(&b' ')).unwrap_or_default();
        assert!(last.starts_with(code), "{last}");
    };
    hear("220");
    let mut say = |line: &str, code: &str| {
        (&stream).write_all(format!("{line}\r\n").as_bytes()).unwrap();
        hear(code);
    };
    say("EHLO test", "250");
    say(&format!("XCLIENT ADDR={client} NAME=mx.fernlight.test"), "220");
    say("EHLO mx.fernlight.test", "250");
    say("MAIL FROM:<dana@fernlight.test>", "250");
    say("RCPT TO:<support@acme.test>", "250");
    say("DATA", "354");
    let message = format!(
        "From: Dana <dana@fernlight.test>\r\nTo: support@acme.test\r\nSubject: {subject}\r\n\
         Message-ID: <{subject}@fernlight.test>\r\n\r\nHello\r\n."
    );
    say(&message, "250");
    say("QUIT", "221");
}

/// The mails that were decided: subject, outcome, and whether the sender was believed.
fn decided(desk: &TrialDesk) -> Vec<(String, String, String)> {
    let mails = desk.look(desk.system(), |tx, _| {
        let mut mails = Vec::new();
        for id in 1..10 {
            mails.extend(store::mails::load(tx, id)?);
        }
        Ok(mails)
    });
    let mails = mails.unwrap().into_iter().filter(|mail| mail.outcome != store::mails::WAITING);
    mails.map(|mail| (mail.subject, mail.outcome, mail.trust.unwrap_or_default())).collect()
}

/// CH-03: client address, greeting and sender of the envelope come through Postfix to whoever looks at senders
#[test]
fn spf_is_looked_at_for_what_a_mail_server_of_ours_hands_in() {
    each_desk(|desk| {
        let records = Records::default()
            .with("fernlight.test", "v=spf1 ip4:192.0.2.7 -all")
            .with("_dmarc.fernlight.test", "v=DMARC1; p=reject");
        let authenticator = Authenticator::with_records(records, Vec::new()).unwrap();
        let posthog = Posthog::new(|_| None);
        let capture = Transport::Capture(Capture);
        let worker = Worker::serving("", desk::Desk::clone(desk), capture, posthog, authenticator);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let transport = format!("lmtp:inet:{}", listener.local_addr().unwrap());
        let (_stop, stopped) = watch::channel(false);
        let relays = Relays::read(&["127.0.0.1".to_owned()]).unwrap();
        let door = desk::Desk::clone(desk);
        let keep = move |mail| jobs::keep(door.clone(), mail);
        runtime.spawn(serve(
            listener,
            ("desk".to_owned(), relays),
            Limits::default(),
            keep,
            stopped,
        ));
        let place = Place::fresh(Engine::Sqlite);
        let postfix = Postfix::start(place.folder(), Some(&transport));

        hand_in(&postfix, "192.0.2.7", "own");
        hand_in(&postfix, "198.51.100.9", "forged");
        let mut found = soon("both", || {
            runtime.block_on(worker.settle()).unwrap();
            let found = decided(desk);
            (found.len() == 2).then_some(found)
        });

        found.sort();
        let (forged, own) = (&found[0], &found[1]);
        assert_eq!((own.0.as_str(), own.1.as_str()), ("own", "created"));
        assert!(own.2.contains("\"verdict\":\"aligned\",\"spf\":\"pass\""), "{}", own.2);
        assert_eq!((forged.0.as_str(), forged.1.as_str()), ("forged", "suspended"));
        assert!(forged.2.contains("\"verdict\":\"disowned\",\"spf\":\"fail\""), "{}", forged.2);
    });
}
