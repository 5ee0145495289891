//! What leaves, when the other side says "not now" and the machine was off.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use desk::texts::Body;
use desk::tickets::{NewTicket, Person};
use domain::{Actor, Channel};
use jiff::SignedDuration;
use testkit::each_desk;

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
            let claimed =
                desk.change(at.clone(), |tx, ctx| desk::deliveries::claim(tx, ctx, 10)).unwrap();
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
        assert_eq!(tries, 30);
        assert!(
            (SignedDuration::from_hours(46)..SignedDuration::from_hours(50)).contains(&tried),
            "it was tried for {tried:?}"
        );
        let failed =
            desk.look(desk.system(), |tx, _| desk::deliveries::count(tx, "failed")).unwrap();
        assert!(failed > 0, "then it is given up, and the ticket's page says so");
    });
}
