//! What leaves, when the other side says "not now" and the machine was off.

use desk::texts::Body;
use desk::tickets::{NewTicket, Person, Reply, Update};
use domain::{Actor, Channel, Role, Severity};
use handbook::Handbook;
use jiff::{SignedDuration, Timestamp};
use testkit::{HANDBOOK, each_desk};

/// NF-02: after a standstill everything that waits is old; it is tried for two days all the same, and then given up
#[test]
fn a_letter_is_tried_for_two_days_of_trying_however_old_it_is() {
    each_desk(|desk| {
        let person = Person::Address { email: "dana@fernlight.test".to_owned(), name: None };
        let new = NewTicket::request(person, "Broken", Body::plain("It is."), Channel::Web);
        let asking = desk.ctx(Actor::Anonymous, Channel::Web);
        desk.change(asking.clone(), move |tx, ctx| desk::tickets::open(tx, ctx, &new)).unwrap();
        let mut now = asking.now + SignedDuration::from_hours(24 * 30);

        let since = now;
        let mut tries = 0;
        loop {
            let at = desk.system().at(now);
            let claimed = desk
                .change(at.clone(), |tx, ctx| desk::deliveries::claim(tx, ctx, "", 10))
                .unwrap();
            if claimed.is_empty() {
                break;
            }
            tries += 1;
            for queued in claimed {
                desk.change(at.clone(), move |tx, ctx| {
                    desk::deliveries::later(tx, ctx, &queued, "451 not now")
                })
                .unwrap();
            }
            if let Some(next) = desk.look(at, |tx, _| desk::deliveries::next(tx)).unwrap() {
                now = next;
            }
        }

        let tried = now.duration_since(since);
        assert_eq!(tries, 31);
        assert!(
            (SignedDuration::from_hours(46)..SignedDuration::from_hours(50)).contains(&tried),
            "it was tried for {tried:?}"
        );
        let failed =
            desk.look(desk.system(), |tx, _| desk::deliveries::count(tx, "failed")).unwrap();
        assert!(failed > 0, "then it is given up, and the ticket's page says so");
    });
}

/// SLA-11: two clocks of a ticket may have the same deadline, and each has its own warning
#[test]
fn a_warning_is_not_taken_for_that_of_an_earlier_clock() {
    each_desk(|desk| {
        let text = HANDBOOK
            .replace("first_reply = \"12h\"", "first_reply = \"3h\"")
            .replace("[\"3h\", \"1h\"]", "[\"2h\"]");
        let handbook = Handbook::parse(&text).unwrap();
        desk.set_handbook(handbook.clone());
        desk.change(desk.system(), move |tx, ctx| {
            desk::handbooks::activate(tx, ctx, &handbook, &text)
        })
        .unwrap();
        let until = |at: &str| desk.advance(at.parse::<Timestamp>().unwrap() - desk.clock().now());

        // Friday evening in New York: the deadline is at one on Monday there, six in London.
        until("2026-06-13T02:00:00Z");
        let person = Person::Address { email: "dana@fernlight.test".to_owned(), name: None };
        let mut new = NewTicket::request(person, "Broken", Body::plain("It is."), Channel::Web);
        (new.severity, new.area) = (Some(Severity::Critical), Some("feature_flags".to_owned()));
        let asking = desk.ctx(Actor::Anonymous, Channel::Web);
        let done = desk.change(asking, move |tx, ctx| desk::tickets::open(tx, ctx, &new)).unwrap();
        let ticket = done.stored.ticket;
        until("2026-06-13T05:00:00Z");
        let (flo, support) = desk
            .look(desk.system(), |tx, _| {
                let flo = desk::sessions::candidate(tx, "flo@acme.test")?.map(|user| user.id);
                let teams = desk::tickets::beside::teams(tx)?;
                Ok((flo, teams.iter().find(|team| team.name == "Support").map(|team| team.id)))
            })
            .unwrap();
        let says = |by, role, words: &str, team| {
            let reply =
                Reply { body: Body::plain(words), public: Some(true), author: None, details: None };
            let update = Update { comment: Some(reply), team, ..Update::default() };
            let ctx = desk.ctx(Actor::Person { id: by, role }, Channel::Web);
            desk.change(ctx, move |tx, ctx| desk::tickets::update(tx, ctx, ticket.id, &update))
                .unwrap()
        };
        says(flo.unwrap(), Role::Agent, "Try again.", support);
        let done = says(ticket.requester, Role::EndUser, "Still broken.", None);
        let clocks = done.stored.ticket.clocks;
        assert_eq!(clocks[0].due_at, clocks[1].due_at);
        until("2026-06-15T04:59:00Z");

        let sent = desk
            .look(desk.system(), |tx, _| desk::deliveries::all_sent(tx, domain::DeliveryId(0), 100))
            .unwrap();
        let warnings = sent.iter().filter(|one| one.delivery.kind == "warning").count();
        assert_eq!(warnings, 2);
    });
}
