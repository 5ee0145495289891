//! What leaves, when the other side says "not now" and the machine was off.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use desk::deliveries::Said;
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
            desk.look(desk.system(), |tx, _| desk::deliveries::unsent(tx, "failed")).unwrap();
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

/// A reply to Dana with a copy to Max, claimed to be sent.
fn claimed_reply(desk: &testkit::TrialDesk) -> desk::tickets::Queued {
    let person = |email: &str| Person::Address { email: email.to_owned(), name: None };
    let mut new = NewTicket::request(
        person("dana@fernlight.test"),
        "Broken",
        Body::plain("It is."),
        Channel::Web,
    );
    new.severity = Some(Severity::Critical);
    new.ccs = vec![person("max@fernlight.test")];
    let asking = desk.ctx(Actor::Anonymous, Channel::Web);
    let done = desk.change(asking, move |tx, ctx| desk::tickets::open(tx, ctx, &new)).unwrap();
    let id = done.stored.ticket.id;
    let ada = desk
        .look(desk.system(), |tx, _| desk::sessions::candidate(tx, "ada@acme.test"))
        .unwrap()
        .unwrap();
    let reply =
        Reply { body: Body::plain("Reload."), public: Some(true), author: None, details: None };
    let update = Update { comment: Some(reply), ..Update::default() };
    let ctx = desk.ctx(Actor::Person { id: ada.id, role: Role::Agent }, Channel::Web);
    desk.change(ctx, move |tx, ctx| desk::tickets::update(tx, ctx, id, &update)).unwrap();
    let claimed = desk
        .change(desk.system(), |tx, ctx| desk::deliveries::claim(tx, ctx, "here", 100))
        .unwrap();
    claimed.into_iter().find(|queued| queued.delivery.kind == "reply").unwrap()
}

/// What the other side said to each of them; then the attempt is over.
fn said(desk: &testkit::TrialDesk, queued: &desk::tickets::Queued, words: &[(&str, Said)]) {
    let (queued, words) = (queued.clone(), words.to_vec());
    let words: Vec<(String, Said)> =
        words.into_iter().map(|(to, said)| (to.to_owned(), said)).collect();
    desk.change(desk.system(), move |tx, ctx| {
        for (to, said) in &words {
            desk::deliveries::heard(tx, ctx, &queued, to, said)?;
        }
        desk::deliveries::concluded(tx, ctx, &queued)
    })
    .unwrap();
}

fn waiting(desk: &testkit::TrialDesk, queued: &desk::tickets::Queued) -> Vec<String> {
    let queued = queued.clone();
    desk.look(desk.system(), move |tx, ctx| {
        desk::deliveries::waiting(tx, &queued, &ctx.secrets.instance)
    })
    .unwrap()
}

/// The state of the delivery, and whether the customer's first clock runs.
fn state(desk: &testkit::TrialDesk, queued: &desk::tickets::Queued) -> (String, bool) {
    let ticket = queued.delivery.ticket.unwrap();
    let id = queued.delivery.id;
    desk.look(desk.system(), move |tx, ctx| {
        let (all, _) = desk::deliveries::of_ticket(tx, ctx, ticket)?;
        let stored = desk::tickets::show(tx, ctx, ticket)?;
        let state = all.into_iter().find(|one| one.delivery.id == id).map(|one| one.state);
        let runs = stored.ticket.clocks.iter().any(|clock| clock.stopped_at.is_none());
        Ok((state.unwrap_or_default(), runs))
    })
    .unwrap()
}

/// CH-03, SLA-05: who has it does not get it twice, who was refused keeps it from nobody, and the customer's copy counts
#[test]
fn each_recipient_of_a_reply_is_on_their_own() {
    const DANA: &str = "dana@fernlight.test";
    const MAX: &str = "max@fernlight.test";
    each_desk(|desk| {
        let reply = claimed_reply(desk);
        assert_eq!(waiting(desk, &reply), [DANA, MAX]);

        said(
            desk,
            &reply,
            &[(DANA, Said::Later("451 later".into())), (MAX, Said::Yes("250".into()))],
        );
        assert_eq!(state(desk, &reply), ("pending".to_owned(), false));
        assert_eq!(waiting(desk, &reply), [DANA], "Max has it");
        said(desk, &reply, &[(DANA, Said::No("552 mailbox full".into()))]);
        assert_eq!(state(desk, &reply), ("failed".to_owned(), true), "Dana waits again");

        let (ticket, id) = (reply.delivery.ticket.unwrap(), reply.delivery.id);
        let again = move || {
            desk.change(desk.system(), move |tx, ctx| {
                desk::deliveries::try_again(tx, ctx, ticket, id)
            })
        };
        again().unwrap();
        assert_eq!(waiting(desk, &reply), [DANA]);
        assert!(matches!(again(), Err(desk::Error::Conflict(_))), "it is on its way");
        said(desk, &reply, &[(DANA, Said::Yes("250".into()))]);
        assert_eq!(state(desk, &reply).0, "sent");
        assert!(matches!(again(), Err(desk::Error::Conflict(_))), "everybody has it");
    });
}

#[test]
fn a_copy_that_is_refused_fails_no_reply() {
    each_desk(|desk| {
        let reply = claimed_reply(desk);

        said(
            desk,
            &reply,
            &[
                ("dana@fernlight.test", Said::Yes("250".into())),
                ("max@fernlight.test", Said::No("550 nobody".into())),
            ],
        );

        assert_eq!(state(desk, &reply), ("sent".to_owned(), false));
        let other = domain::TicketId(reply.delivery.ticket.unwrap().0 + 1);
        let id = reply.delivery.id;
        let foreign = desk
            .change(desk.system(), move |tx, ctx| desk::deliveries::try_again(tx, ctx, other, id));
        assert!(matches!(foreign, Err(desk::Error::NotFound)));
    });
}

/// NF-02: what a node had taken when it ended is due at once when it starts again, and that was no attempt
#[test]
fn a_node_takes_up_again_what_it_was_about_to_send() {
    each_desk(|desk| {
        let reply = claimed_reply(desk);
        let claim = |node: &'static str| {
            let claim = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
                desk::deliveries::claim(tx, ctx, node, 100)
            };
            desk.change(desk.system(), claim).unwrap()
        };
        let reclaim = |node: &'static str| {
            let reclaim = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
                desk::deliveries::reclaim(tx, ctx, node)
            };
            desk.change(desk.system(), reclaim).unwrap()
        };

        assert_eq!(reclaim("there"), 0, "another node took nothing");
        assert!(claim("there").is_empty());
        assert!(reclaim("here") > 0);
        let again = claim("here");
        let again = again.iter().find(|queued| queued.delivery.id == reply.delivery.id).unwrap();
        assert_eq!(again.attempts, 0);
    });
}
