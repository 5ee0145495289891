//! Webhooks on both engines: signed, tried again, written down, and without a note in them. (zendesk-api 34)

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use channels::posthog::Posthog;
use desk::rules;
use desk::texts::Body;
use desk::tickets::{NewTicket, Person, Reply, Update};
use desk::webhooks::{Authentication, Input};
use desk::{Ctx, Page};
use domain::actions::{Object, Used, Value};
use domain::webhooks::Webhook;
use domain::{Actor, Channel, Role, TicketId};
use jiff::SignedDuration;
use testkit::{Engine, HANDBOOK, TrialDesk};

/// One request as it came: its head, and its body.
type Heard = Arc<Mutex<Vec<(String, String)>>>;

/// A program that listens, and answers with these codes, one after the other.
fn listening(codes: Vec<u16>) -> (String, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let heard = Heard::default();
    let kept = heard.clone();
    std::thread::spawn(move || {
        for code in codes {
            let Ok((stream, _)) = listener.accept() else { return };
            let mut reader = BufReader::new(stream);
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            kept.lock().unwrap().push((head, String::from_utf8(body).unwrap()));
            let answer =
                format!("HTTP/1.1 {code} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
            reader.get_mut().write_all(answer.as_bytes()).unwrap();
        }
    });
    (url, heard)
}

fn each(test: impl Fn(&TrialDesk)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        test(&TrialDesk::with_posthog(engine, HANDBOOK, Posthog::new(|_| None)));
    }
}

fn admin(desk: &TrialDesk) -> Ctx {
    let found = desk.look(desk.system(), |tx, _| desk::sessions::candidate(tx, "ada@acme.test"));
    desk.system().acting_as(Actor::Person { id: found.unwrap().unwrap().id, role: Role::Admin })
}

fn make(desk: &TrialDesk, input: Input) -> Webhook {
    desk.change(admin(desk), move |tx, ctx| desk::webhooks::create(tx, ctx, &input)).unwrap()
}

fn ask(desk: &TrialDesk) -> TicketId {
    let person = Person::Address { email: "kim@customer.test".to_owned(), name: None };
    let new = NewTicket::request(person, "It \"broke\"", Body::plain("Help."), Channel::App);
    let ctx = desk.system().acting_as(Actor::Anonymous);
    desk.change(ctx, move |tx, ctx| desk::tickets::open(tx, ctx, &new)).unwrap().stored.ticket.id
}

fn header<'h>(head: &'h str, name: &str) -> &'h str {
    let line = head
        .lines()
        .find(|line| line.to_lowercase().starts_with(&format!("{}:", name.to_lowercase())));
    line.unwrap_or_else(|| panic!("no {name} in {head}")).split_once(':').unwrap().1.trim()
}

fn call(desk: &TrialDesk, webhook: &Webhook) {
    let body = r#"{"id": {{ticket.id}}, "title": "{{ticket.title}}", "last": "{{ticket.latest_comment}}"}"#;
    let value = Value::Many(vec![webhook.id.to_string(), body.to_owned()]);
    let input = rules::Input {
        title: Some("Tell them".to_owned()),
        condition: Some("update:created OR update:note".to_owned()),
        actions: Some(vec![Object { field: "notification_webhook".to_owned(), value }]),
        active: Some(true),
        ..rules::Input::default()
    };
    desk.change(admin(desk), move |tx, ctx| rules::create(tx, ctx, Used::Trigger, &input)).unwrap();
}

#[test]
fn a_trigger_calls_a_webhook_with_a_signature_that_can_be_checked() {
    each(|desk| {
        let (url, heard) = listening(vec![200, 200]);
        let webhook = make(
            desk,
            Input {
                name: Some("Them".to_owned()),
                endpoint: Some(url),
                authentication: Some(Some(Authentication::BearerToken {
                    token: "s3cret".to_owned(),
                })),
                custom_headers: Some(vec![("X-Own".to_owned(), "7".to_owned())]),
                ..Input::default()
            },
        );
        assert!(!format!("{webhook:?}").contains("s3cret"));
        let stored = [webhook.secret.as_str(), webhook.authentication.as_deref().unwrap()];
        assert!(stored.iter().all(|text| !text.contains("s3cret")), "sealed at rest");
        call(desk, &webhook);
        let id = ask(desk);
        let note = Reply {
            body: Body::plain("A note."),
            public: Some(false),
            author: None,
            details: None,
        };
        let update = Update { comment: Some(note), ..Update::default() };
        desk.change(admin(desk), move |tx, ctx| desk::tickets::update(tx, ctx, id, &update))
            .unwrap();

        desk.advance(SignedDuration::from_secs(1));

        let heard = heard.lock().unwrap().clone();
        assert_eq!(heard.len(), 2);
        let (head, body) = &heard[0];
        let expected = format!(r#"{{"id": {id}, "title": "It \"broke\"", "last": "Help."}}"#);
        assert_eq!(*body, expected);
        assert!(heard[1].1.contains("\"last\": \"Help.\""), "notes never leave: {}", heard[1].1);
        assert_eq!(header(head, "authorization"), "Bearer s3cret");
        assert_eq!(header(head, "x-own"), "7");
        assert_eq!(header(head, "content-type"), "application/json");
        assert_eq!(header(head, "x-zendesk-webhook-id"), webhook.id.to_string());
        let wanted = webhook.id;
        let secret =
            desk.look(admin(desk), move |tx, ctx| desk::webhooks::secret(tx, ctx, wanted)).unwrap();
        let at = header(head, "x-zendesk-webhook-signature-timestamp");
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
        let right = ring::hmac::sign(&key, format!("{at}{body}").as_bytes());
        assert_eq!(header(head, "x-zendesk-webhook-signature"), STANDARD.encode(right));
    });
}

#[test]
fn a_delivery_is_tried_again_and_each_attempt_is_written_down() {
    each(|desk| {
        let (url, heard) = listening(vec![503, 429, 200]);
        let webhook = make(
            desk,
            Input {
                name: Some("Them".to_owned()),
                endpoint: Some(url),
                subscriptions: Some(vec!["zen:event-type:ticket.created".to_owned()]),
                ..Input::default()
            },
        );
        let id = ask(desk);
        for _ in 0..4 {
            desk.advance(SignedDuration::from_mins(2));
        }

        let heard = heard.lock().unwrap().clone();
        assert_eq!(heard.len(), 3);
        let event: serde_json::Value = serde_json::from_str(&heard[2].1).unwrap();
        assert_eq!(event["type"], "zen:event-type:ticket.created");
        assert_eq!(event["subject"], format!("zen:ticket:{id}"));
        assert_eq!(event["detail"]["id"], id.to_string());
        let wanted = webhook.id;
        let log = desk
            .look(admin(desk), move |tx, ctx| {
                desk::webhooks::invocations(tx, ctx, wanted, &Page::first(10))
            })
            .unwrap();
        assert_eq!(log.len(), 1);
        let codes: Vec<Option<i64>> = log[0].attempts.iter().map(|one| one.status_code).collect();
        assert_eq!(codes, [Some(503), Some(429), Some(200)]);
        assert_eq!(log[0].queued.state, "sent");
    });
}
