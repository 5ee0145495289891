//! What becomes of the work of people who are away, on both engines. (ROT-05, ST-05, D-28)

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use desk::Error;
use desk::rota::Days;
use desk::tickets::Update;
use domain::{Cause, ShiftId, Status, Team, TicketId, User};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use testkit::{HANDBOOK, TrialDesk, each_desk};

/// Session replay has the heroes Bo and Cy, and Bo the week of 8 June; Support has none.
fn handbook(open_work: &str) -> String {
    let hero = "slack = \"#support-replay\"\nhero = { order = [\"bo@acme.test\", \"cy@acme.test\"], from = \"2026-01-05\" }";
    HANDBOOK
        .replace("slack = \"#support-replay\"", hero)
        .replace("[fields]", &format!("[availability]\nopen_work = \"{open_work}\"\n\n[fields]"))
}

fn team(desk: &TrialDesk, slug: &str) -> Team {
    let slug = slug.to_owned();
    let all = desk.look(desk.system(), desk::teams::list).unwrap();
    all.into_iter().find(|team| team.slug.as_deref() == Some(slug.as_str())).unwrap()
}

/// A ticket of a team that somebody has.
fn ticket(desk: &TrialDesk, slug: &str, has: &User) -> TicketId {
    let id = desk.ask("kim@customer.test", "Broken", None);
    let update = Update {
        team: Some(team(desk, slug).id),
        assignee: Some(Some(has.id)),
        ..Update::default()
    };
    desk.update(&desk.person("ada"), id, update);
    id
}

/// Somebody is away from a day until another, which is part of it.
fn away(desk: &TrialDesk, who: &User, from: Date, last: Date) -> ShiftId {
    let id = who.id;
    let days = Days { from, to: last.tomorrow().unwrap() };
    let (absence, _) = desk
        .change(desk.acting(who), move |tx, ctx| desk::rota::absent(tx, ctx, id, days))
        .unwrap();
    desk.advance(SignedDuration::ZERO);
    absence.id
}

fn back(desk: &TrialDesk, who: &User, id: ShiftId) -> Result<(), Error> {
    let done =
        desk.change(desk.acting(who), move |tx, ctx| desk::rota::back(tx, ctx, id).map(|_| ()));
    desk.advance(SignedDuration::ZERO);
    done
}

fn has(desk: &TrialDesk, id: TicketId) -> String {
    let Some(owner) = desk.ticket(id).assignee else { return "nobody".to_owned() };
    let user = desk.look(desk.system(), move |tx, ctx| desk::users::show(tx, ctx, owner)).unwrap();
    user.email.unwrap().split('@').next().unwrap().to_owned()
}

/// Who did the last thing to a ticket.
fn last_by(desk: &TrialDesk, id: TicketId) -> (String, String) {
    let all = desk.look(desk.system(), move |tx, ctx| desk::tickets::events(tx, ctx, id)).unwrap();
    let last = all.last().unwrap();
    (last.actor_kind.clone(), last.actor_id.clone())
}

fn solve(desk: &TrialDesk, by: &User, id: TicketId) {
    let solved = Update {
        status: Some(Status::Solved),
        cause: Some(Cause::NoReplyNeeded),
        ..Update::default()
    };
    desk.update(by, id, solved);
}

fn customer(desk: &TrialDesk) -> User {
    let found = desk
        .look(desk.system(), |tx, _| desk::sessions::candidate(tx, "kim@customer.test"))
        .unwrap();
    found.unwrap()
}

#[test]
fn open_work_goes_to_the_hero_and_comes_back_unless_somebody_took_it() {
    each_desk(|desk| {
        desk.activate(&handbook("hero"));
        let (bo, cy, ada) = (desk.person("bo"), desk.person("cy"), desk.person("ada"));
        let [kept, taken, done] = [0; 3].map(|_| ticket(desk, "replay", &cy));
        let pending = ticket(desk, "replay", &cy);
        desk.update(&cy, pending, Update { status: Some(Status::Pending), ..Update::default() });
        let first_line = ticket(desk, "support", &ada);

        away(desk, &cy, date(2026, 6, 9), date(2026, 6, 10));
        away(desk, &ada, date(2026, 6, 9), date(2026, 6, 10));
        assert_eq!(has(desk, kept), "cy", "it has not begun");
        desk.advance_to("2026-06-09T08:00:00Z");

        assert_eq!([kept, taken, done, pending].map(|id| has(desk, id)), ["bo", "bo", "bo", "cy"]);
        assert_eq!(has(desk, first_line), "nobody", "a team without a hero");
        assert_eq!(last_by(desk, kept), ("rule".to_owned(), "out of office".to_owned()));
        desk.update(&bo, taken, Update { assignee: Some(None), ..Update::default() });
        desk.update(&bo, taken, Update { assignee: Some(Some(bo.id)), ..Update::default() });
        solve(desk, &bo, done);
        desk.advance_to("2026-06-11T08:00:00Z");

        assert_eq!([kept, taken, done, pending].map(|id| has(desk, id)), ["cy", "bo", "bo", "cy"]);
        assert_eq!(has(desk, first_line), "ada");
        let log = desk.look(desk.system(), move |tx, ctx| desk::tickets::events(tx, ctx, kept));
        let log = log.unwrap();
        let handbook = desk.handbook();
        let teams = desk.look(desk.system(), |tx, _| desk::tickets::beside::teams(tx)).unwrap();
        let refs = teams.iter().map(|team| domain::TeamRef {
            id: team.id,
            slug: team.slug.clone(),
            name: team.name.clone(),
        });
        let setting = domain::replay::Setting {
            teams: std::sync::Arc::new(refs.collect()),
            reader: domain::Reader {
                locale: domain::words::Locale::En,
                zone: jiff::tz::TimeZone::UTC,
                zone_name: "UTC".to_owned(),
                own: false,
            },
            email: "kim@customer.test".to_owned(),
            subject: "Broken".to_owned(),
            until: desk.clock().now(),
        };
        let shadow = domain::replay::replay(&log, |_| &handbook, &setting).unwrap();
        assert!(shadow.reproduces(&log), "the rule's changes can be replayed");
    });
}

/// ST-05: owner kept, or re-routed if absent.
#[test]
fn what_opens_again_while_its_owner_is_away_goes_the_same_way() {
    each_desk(|desk| {
        desk.activate(&handbook("hero"));
        let (bo, cy) = (desk.person("bo"), desk.person("cy"));
        let [solved, held] = [0; 2].map(|_| ticket(desk, "replay", &cy));
        solve(desk, &cy, solved);
        let until = desk.clock().now() + SignedDuration::from_hours(24 * 8);
        let hold =
            Update { status: Some(Status::Hold), hold_until: Some(until), ..Update::default() };
        desk.update(&cy, held, hold);
        away(desk, &cy, date(2026, 6, 9), date(2026, 6, 19));
        desk.advance_to("2026-06-10T08:00:00Z");
        assert_eq!([solved, held].map(|id| has(desk, id)), ["cy", "cy"]);

        let ticket = desk.write(&customer(desk), solved, "It is back.", true);

        assert_eq!((ticket.status, ticket.assignee), (Status::Open, Some(bo.id)));
        assert!(ticket.current_clock().is_some() || ticket.due_at().is_none());
        desk.advance_to("2026-06-17T08:00:00Z");
        // The hero of that week would be Cy, who is away: Bo of the week before stands in.
        assert_eq!(has(desk, held), "bo");
        desk.advance_to("2026-06-20T08:00:00Z");
        assert_eq!([solved, held].map(|id| has(desk, id)), ["cy", "cy"]);
        // Somebody who is there keeps what opens again.
        solve(desk, &cy, solved);
        assert_eq!(desk.write(&customer(desk), solved, "Again.", true).assignee, Some(cy.id));
    });
}

#[test]
fn the_handbook_may_leave_work_to_the_team_or_where_it_is() {
    for (word, expected) in [("team", "nobody"), ("stay", "cy")] {
        each_desk(|desk| {
            desk.activate(&handbook(word));
            let cy = desk.person("cy");
            let id = ticket(desk, "replay", &cy);
            let absence = away(desk, &cy, date(2026, 6, 8), date(2026, 6, 10));
            assert_eq!(has(desk, id), expected);
            assert_eq!(desk.ticket(id).status, Status::Open);

            back(desk, &cy, absence).unwrap();

            assert_eq!(has(desk, id), "cy", "back early");
        });
    }
}

#[test]
fn absences_that_overlap_are_one_for_the_work() {
    each_desk(|desk| {
        desk.activate(&handbook("hero"));
        let cy = desk.person("cy");
        let id = ticket(desk, "replay", &cy);
        let first = away(desk, &cy, date(2026, 6, 8), date(2026, 6, 9));
        let second = away(desk, &cy, date(2026, 6, 9), date(2026, 6, 12));
        let third = away(desk, &cy, date(2026, 6, 13), date(2026, 6, 14));
        assert_eq!(has(desk, id), "bo");

        desk.advance_to("2026-06-10T12:00:00Z");
        assert_eq!(has(desk, id), "bo", "the first is over, the second is not");
        desk.advance_to("2026-06-13T12:00:00Z");
        assert_eq!(has(desk, id), "bo", "one begins where the other ends");
        back(desk, &cy, third).unwrap();

        assert_eq!(has(desk, id), "cy");
        for over in [first, second, third] {
            assert!(matches!(back(desk, &cy, over), Err(Error::Conflict(_))), "twice");
        }
        // One that has not begun is taken back and moves nothing.
        let ahead = away(desk, &cy, date(2026, 6, 15), date(2026, 6, 16));
        back(desk, &cy, ahead).unwrap();
        desk.advance_to("2026-06-15T12:00:00Z");
        assert_eq!(has(desk, id), "cy");
    });
}

/// A hero who goes away in turn: what came to them goes on, and finds its way back to whose it was.
#[test]
fn work_that_was_moved_twice_finds_its_way_back() {
    each_desk(|desk| {
        desk.activate(&handbook("hero"));
        let (bo, cy) = (desk.person("bo"), desk.person("cy"));
        let id = ticket(desk, "replay", &cy);
        away(desk, &cy, date(2026, 6, 8), date(2026, 6, 11));
        assert_eq!(has(desk, id), "bo");
        away(desk, &bo, date(2026, 6, 9), date(2026, 6, 10));
        desk.advance_to("2026-06-09T12:00:00Z");
        assert_eq!(has(desk, id), "nobody", "nobody of the team is there");
        desk.advance_to("2026-06-11T12:00:00Z");
        assert_eq!(has(desk, id), "bo");
        desk.advance_to("2026-06-12T12:00:00Z");
        assert_eq!(has(desk, id), "cy");
    });
}

#[test]
fn who_is_removed_while_away_gets_nothing_back() {
    each_desk(|desk| {
        desk.activate(&handbook("hero"));
        let cy = desk.person("cy");
        let id = ticket(desk, "replay", &cy);
        away(desk, &cy, date(2026, 6, 8), date(2026, 6, 10));
        let text = handbook("hero")
            .replace(
                "members = [\"bo@acme.test\", \"cy@acme.test\"]",
                "members = [\"bo@acme.test\"]",
            )
            .replace("order = [\"bo@acme.test\", \"cy@acme.test\"]", "order = [\"bo@acme.test\"]");
        desk.activate(&text);

        desk.advance_to("2026-06-12T12:00:00Z");

        assert_eq!(has(desk, id), "bo");
        let due = desk
            .look(desk.system(), |tx, _| desk::tickets::due(tx, jiff::Timestamp::MAX, 100))
            .unwrap();
        assert!(due.iter().all(|one| one.subject_kind != "absence"), "{due:?}");
    });
}

/// An absence that was over before anybody looked moves nothing.
#[test]
fn a_downtime_longer_than_an_absence_moves_nothing() {
    each_desk(|desk| {
        desk.activate(&handbook("hero"));
        let cy = desk.person("cy");
        let id = ticket(desk, "replay", &cy);
        away(desk, &cy, date(2026, 6, 9), date(2026, 6, 10));
        let events = desk.ticket(id).seq;

        desk.clock().move_to("2026-06-30T12:00:00Z".parse().unwrap());
        desk.advance(SignedDuration::ZERO);

        assert_eq!(has(desk, id), "cy");
        let log = desk.look(desk.system(), move |tx, ctx| desk::tickets::events(tx, ctx, id));
        let moved = log.unwrap().iter().any(|one| one.actor_id == "out of office");
        assert!(!moved && desk.ticket(id).seq >= events);
    });
}

/// D-28: whoever stands in is told, and the team aloud.
#[test]
fn that_nobody_holds_is_told_aloud_when_an_absence_begins() {
    each_desk(|desk| {
        desk.activate(&handbook("hero"));
        let bo = desk.person("bo");
        away(desk, &bo, date(2026, 6, 10), date(2026, 6, 11));
        let posts = |desk: &TrialDesk| -> Vec<String> {
            let sent = desk.sent("notification").into_iter();
            sent.filter(|one| one.ticket.is_none()).map(|one| one.text).collect()
        };
        assert!(posts(desk).is_empty());

        desk.advance_to("2026-06-10T08:00:00Z");

        let told = posts(desk);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told.iter().any(|text| text.starts_with(
                "Nobody is hero of Session replay until Fri 12 Jun, 00:00 (BST): Cy stands in."
            )),
            "{told:?}"
        );
        assert!(told.iter().any(|text| text.contains("you stand in")), "{told:?}");
    });
}

/// Somebody of no rota and of no team can be away, too; others cannot say it for them.
#[test]
fn somebody_of_no_rota_can_be_away() {
    each_desk(|desk| {
        desk.activate(&handbook("hero"));
        let admin = desk
            .change(desk.system(), |tx, ctx| {
                desk::sessions::ensure_agent(tx, ctx, "root@acme.test", "Root", domain::Role::Admin)
            })
            .unwrap();
        let (ray, cy) = (desk.person("ray"), desk.person("cy"));
        let id = ticket(desk, "billing", &ray);
        let absence = away(desk, &ray, date(2026, 6, 8), date(2026, 6, 10));
        assert_eq!(has(desk, id), "nobody");
        assert!(matches!(back(desk, &cy, absence), Err(Error::NotFound)));
        let mine = away(desk, &admin, date(2026, 6, 8), date(2026, 6, 8));
        let all = desk.look(desk.system(), desk::availability::list).unwrap();
        assert_eq!(all.all.len(), 2);
        back(desk, &admin, absence).unwrap();
        assert_eq!(has(desk, id), "ray", "an admin may say that somebody is back");
        back(desk, &admin, mine).unwrap();
        let kim = customer(desk).id;
        let days = Days { from: date(2026, 6, 9), to: date(2026, 6, 10) };
        let refused =
            desk.change(desk.acting(&admin), move |tx, ctx| desk::rota::absent(tx, ctx, kim, days));
        assert!(matches!(refused, Err(Error::NotFound)), "a customer is never away: {refused:?}");
    });
}
