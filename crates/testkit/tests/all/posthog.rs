//! What was said about the help goes to analytics, at least once and under one identifier, and waits while they are down.
//! (CS-05)
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use channels::posthog::Posthog;
use desk::texts::Body;
use desk::tickets::{NewTicket, Person, Queued, Reply, Update};
use desk::{Ctx, surveys};
use domain::{Actor, Channel, DeliveryId, Rating, Role, Status, TicketId, UserId};
use jiff::SignedDuration;
use serde_json::Value;
use testkit::{Analytics, Engine, HANDBOOK, TrialDesk};

/// A desk that tells analytics at an address, and the key it finds.
fn desk(engine: Engine, host: &str, key: Option<&'static str>) -> TrialDesk {
    let handbook = format!(
        "{HANDBOOK}\n[csat]\nposthog = {{ host = \"{host}\", key_env = \"OUR_KEY\", survey_id = \"0190-csat\" }}\n"
    );
    let posthog = Posthog::new(move |name| {
        assert_eq!(name, "OUR_KEY");
        key.map(str::to_owned)
    });
    TrialDesk::with_posthog(engine, &handbook, posthog)
}

fn person(desk: &TrialDesk, id: UserId, role: Role) -> Ctx {
    Ctx { via: Channel::Web, ..desk.system().acting_as(Actor::Person { id, role }) }
}

/// A ticket that its requester rates once it is solved.
fn rated(desk: &TrialDesk, context: Option<&str>, words: &'static str) -> TicketId {
    let somebody = Person::Address { email: "kim@customer.test".to_owned(), name: None };
    let mut new = NewTicket::request(somebody, "Help", Body::plain("It is broken."), Channel::Web);
    new.context = context.map(str::to_owned);
    let opened = desk.change(desk.system(), move |tx, ctx| desk::tickets::open(tx, ctx, &new));
    let ticket = opened.unwrap().stored.ticket;
    let agent = desk
        .look(desk.system(), |tx, _| Ok(store::users::by_email(tx, "ada@acme.test")?))
        .unwrap()
        .unwrap();
    let id = ticket.id;
    let change = Update {
        comment: Some(Reply {
            body: Body::plain("Try again."),
            public: Some(true),
            author: None,
            details: None,
        }),
        status: Some(Status::Solved),
        ..Update::default()
    };
    let ctx = person(desk, agent.id, Role::Agent);
    desk.change(ctx, move |tx, ctx| desk::tickets::update(tx, ctx, id, &change)).unwrap();
    let ctx = person(desk, ticket.requester, Role::EndUser);
    let best = Rating::BEST;
    desk.change(ctx, move |tx, ctx| surveys::rate(tx, ctx, id, best, words).map(|_| ())).unwrap();
    id
}

/// The events for analytics about a ticket, in the outbox.
fn queued(desk: &TrialDesk, id: TicketId) -> Vec<Queued> {
    let all = desk.look(desk.system(), move |tx, _| Ok(store::outbox::of_ticket(tx, id)?)).unwrap();
    all.into_iter().filter(|one| one.delivery.kind == "survey_sent").collect()
}

fn minutes(desk: &TrialDesk, minutes: i64) {
    desk.advance(SignedDuration::from_mins(minutes));
}

#[test]
fn an_answer_arrives_as_the_capture_protocol_has_it() {
    for engine in Engine::ALL {
        let capture = Analytics::anywhere();
        let desk = desk(engine, &format!("http://{}", capture.address()), Some("phc_key"));
        let context = r#"{"app":"web","posthog":{"distinct_id":"0193-kim"}}"#;

        let id = rated(&desk, Some(context), "Fast.");
        minutes(&desk, 0);

        let [event] = &capture.taken()[..] else { panic!("{:?}", capture.taken()) };
        assert_eq!(event["api_key"], "phc_key");
        assert_eq!(event["event"], "survey sent");
        assert_eq!(event["distinct_id"], "0193-kim");
        let properties = &event["properties"];
        assert_eq!(properties["ticketId"], id.0);
        assert_eq!(properties["$survey_id"], "0190-csat");
        assert_eq!(properties["$survey_response"], 5);
        assert_eq!(properties["comment"], "Fast.");
        let sent = &queued(&desk, id)[0];
        assert_eq!(sent.state, "sent");
        assert!(!sent.delivery.payload.contains("phc_key"), "the key is not in the database");
    }
}

#[test]
fn a_server_that_was_killed_gets_everything_once_it_is_back() {
    for engine in Engine::ALL {
        let capture = Analytics::anywhere();
        let desk = desk(engine, &format!("http://{}", capture.address()), Some("phc_key"));
        rated(&desk, None, "One.");
        minutes(&desk, 0);
        let (address, taken) = capture.kill();

        let ids = [rated(&desk, None, "Two."), rated(&desk, None, "Three.")];
        minutes(&desk, 0);
        for id in ids {
            let waits = &queued(&desk, id)[0];
            assert_eq!((waits.state.as_str(), waits.attempts), ("pending", 1));
            assert_eq!(waits.due_at, desk.clock().now() + SignedDuration::from_secs(10));
        }
        minutes(&desk, 1);
        let waits = &queued(&desk, ids[0])[0];
        assert_eq!(waits.due_at, desk.clock().now() + SignedDuration::from_mins(1), "it grows");

        let capture = Analytics::start(address, taken);
        desk.advance(SignedDuration::from_secs(30));
        assert_eq!(capture.taken().len(), 1, "not before its time");
        capture.say("503 Service Unavailable");
        desk.advance(SignedDuration::from_secs(30));
        capture.say("401 Unauthorized");
        minutes(&desk, 2);
        assert_eq!(queued(&desk, ids[0])[0].state, "pending", "a wrong key can be put right");
        capture.say("200 OK");
        minutes(&desk, 4);

        let words = |event: &Value| event["properties"]["comment"].as_str().unwrap().to_owned();
        let all: Vec<String> = capture.taken().iter().map(words).collect();
        assert_eq!(all, ["One.", "Two.", "Three."]);
        let ours: Vec<Value> = capture.taken().iter().map(|event| event["uuid"].clone()).collect();
        assert!(ours[0] != ours[1] && ours[1] != ours[2], "each has a name of its own: {ours:?}");
        for id in ids {
            assert_eq!(queued(&desk, id)[0].state, "sent");
        }
    }
}

#[test]
fn what_arrived_and_was_not_recorded_comes_again_under_the_same_name() {
    for engine in Engine::ALL {
        let capture = Analytics::anywhere();
        let desk = desk(engine, &format!("http://{}", capture.address()), Some("phc_key"));
        let id = rated(&desk, None, "");
        minutes(&desk, 0);
        let sent = DeliveryId(queued(&desk, id)[0].delivery.id.0);

        // As if the machine had gone down between the answer and the note of it.
        let forget = desk.change(desk.system(), move |tx, ctx| {
            Ok(store::outbox::finish(tx, sent, "pending", None, ctx.now, ctx.now)?)
        });
        forget.unwrap();
        minutes(&desk, 0);

        let [first, second] = &capture.taken()[..] else { panic!("{:?}", capture.taken()) };
        assert_eq!(first, second);
    }
}

#[test]
fn what_the_server_will_never_take_is_given_up_and_what_nobody_wants_is_no_failure() {
    for engine in Engine::ALL {
        let capture = Analytics::anywhere();
        let with_server = desk(engine, &format!("http://{}", capture.address()), Some("phc_key"));
        capture.say("400 Bad Request");
        let id = rated(&with_server, None, "");
        minutes(&with_server, 0);
        let failed = &queued(&with_server, id)[0];
        assert_eq!(failed.state, "failed");
        assert!(failed.last_error.as_deref().unwrap().starts_with("400"), "{failed:?}");

        let keyless = desk(engine, &format!("http://{}", capture.address()), None);
        let id = rated(&keyless, None, "");
        minutes(&keyless, 0);
        let waits = &queued(&keyless, id)[0];
        assert_eq!(waits.state, "pending");
        assert!(waits.last_error.as_deref().unwrap().contains("OUR_KEY"), "{waits:?}");

        let unconfigured = desk(engine, "", None);
        let id = rated(&unconfigured, None, "");
        minutes(&unconfigured, 0);
        let unwanted = &queued(&unconfigured, id)[0];
        assert_eq!(
            (unwanted.state.as_str(), unwanted.last_error.as_deref()),
            ("refused", Some("not configured"))
        );
        assert_eq!(capture.taken(), [] as [Value; 0]);
    }
}
