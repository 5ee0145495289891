//! Who is told of what, and when the mail about it leaves, on both engines. (ROT-10, ESC-02, ST-04)

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use desk::deliveries::Delivery;
use desk::notices::Which;
use desk::preferences::Input;
use desk::texts::Body;
use desk::tickets::Update;
use domain::notices::{Kind, What};
use domain::{Cause, Status, TicketId, User};
use jiff::SignedDuration;
use testkit::{HANDBOOK, TrialDesk, each_desk};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Bo works nine to five in New York; Session replay has heroes.
fn handbook() -> String {
    let hero = "slack = \"#support-replay\"\nhero = { order = [\"bo@acme.test\", \"cy@acme.test\"], from = \"2026-01-05\" }";
    let bo = "[[person]]\nemail = \"bo@acme.test\"\nname = \"Bo\"\ntimezone = \"America/New_York\"\nhours = \"09:00-17:00\"\n\n[fields]";
    HANDBOOK.replace("slack = \"#support-replay\"", hero).replace("[fields]", bo)
}

fn assign(desk: &TrialDesk, by: &User, id: TicketId, to: &User) {
    let team = desk.look(desk.system(), {
        let to = to.id;
        move |tx, ctx| desk::teams::of_user(tx, ctx, to)
    });
    let team = team.unwrap().first().map(|team| team.id);
    let update = Update { team, assignee: Some(Some(to.id)), ..Update::default() };
    desk.update(by, id, update);
}

fn customer(desk: &TrialDesk, email: &str) -> User {
    let email = email.to_owned();
    let found = desk.look(desk.system(), move |tx, _| desk::sessions::candidate(tx, &email));
    found.unwrap().unwrap()
}

fn mails(desk: &TrialDesk, to: &str) -> Vec<Delivery> {
    let mut sent = desk.sent("notification");
    sent.retain(|one| one.channel == "email" && one.to == [format!("{to}@acme.test")]);
    sent
}

/// What somebody sees in the workspace, the newest first.
fn seen(desk: &TrialDesk, user: &User) -> Vec<(What, bool)> {
    let page =
        desk.look(desk.acting(user), |tx, ctx| desk::notices::page(tx, ctx, None, 50)).unwrap();
    page.notices.into_iter().map(|one| (one.what, one.read_at.is_some())).collect()
}

fn choose(desk: &TrialDesk, user: &User, input: Input) {
    desk.change(desk.acting(user), move |tx, ctx| desk::preferences::save(tx, ctx, &input))
        .unwrap();
}

/// What may still be taken back is not told by a mail that something else has caused meanwhile.
#[test]
fn a_notice_of_a_press_waits_although_another_one_leaves() {
    each_desk(|desk| {
        let (ada, dee) = (desk.person("ada"), desk.person("dee"));
        let [one, two] = ["one", "two"].map(|s| desk.ask("kim@customer.test", s, None));
        let update = Update { assignee: Some(Some(dee.id)), ..Update::default() };
        desk.change(desk.acting(&ada).pressed(), move |tx, ctx| {
            desk::tickets::update(tx, ctx, one, &update)
        })
        .unwrap();

        assign(desk, &ada, two, &dee);
        let first = mails(desk, "dee");
        assert_eq!(first.len(), 1);
        assert_eq!(first[0].ticket, Some(two), "{}", first[0].text);

        desk.advance(MINUTE * 6);
        let all = mails(desk, "dee");
        assert_eq!(all.len(), 2);
        assert_eq!(all[1].ticket, Some(one), "{}", all[1].text);
    });
}

/// ROT-10: a burst is one message.
#[test]
fn a_first_notice_leaves_at_once_and_further_ones_as_one_mail() {
    each_desk(|desk| {
        let (ada, dee) = (desk.person("ada"), desk.person("dee"));
        let [one, two, three] =
            ["one", "two", "three"].map(|s| desk.ask("kim@customer.test", s, None));

        assign(desk, &ada, one, &dee);
        let first = mails(desk, "dee");
        assert_eq!(first.len(), 1);
        assert_eq!(first[0].ticket, Some(one));
        assert_eq!(first[0].subject, format!("#{one}: one"));
        assert!(first[0].text.contains("was assigned to you by Ada: one"), "{}", first[0].text);
        assert!(first[0].text.contains(&format!("http://desk.test/tickets/{one}")));

        assign(desk, &ada, two, &dee);
        desk.advance(MINUTE);
        assign(desk, &ada, three, &dee);
        desk.write(&customer(desk, "kim@customer.test"), three, "Hello?", true);
        assert_eq!(mails(desk, "dee").len(), 1, "held for some minutes");
        desk.advance(MINUTE * 4);

        let all = mails(desk, "dee");
        assert_eq!(all.len(), 2);
        assert_eq!(all[1].subject, format!("3 notices: #{two}, #{three}"));
        assert!(all[1].text.contains("- has a message from"), "{}", all[1].text);
        assert_eq!(all[1].ticket, None);
        desk.advance(MINUTE * 60 * 24);
        assert_eq!(mails(desk, "dee").len(), 2, "each leaves once");
        assert_eq!(seen(desk, &dee).len(), 4);
        assert!(mails(desk, "ada").is_empty() && seen(desk, &ada).is_empty(), "her own doing");
    });
}

/// ROT-10
#[test]
fn outside_the_hours_everything_waits_and_leaves_as_one_mail() {
    each_desk(|desk| {
        desk.activate(&handbook());
        let (cy, bo) = (desk.person("cy"), desk.person("bo"));
        // 9:00 in London is 4:00 in New York.
        for subject in ["one", "two"] {
            let id = desk.ask("kim@customer.test", subject, None);
            assign(desk, &cy, id, &bo);
        }
        assert_eq!(seen(desk, &bo).len(), 2, "in the workspace at once");
        desk.advance_to("2026-06-08T12:59:59Z");
        assert!(mails(desk, "bo").is_empty());

        desk.advance_to("2026-06-08T13:00:00Z");

        let sent = mails(desk, "bo");
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].at.to_string(), "2026-06-08T13:00:00Z");
    });
}

/// ROT-10: after a downtime the mail keeps to the hours of the present, and tells only what is still so.
#[test]
fn after_a_month_of_downtime_nobody_is_told_at_night_or_of_what_is_over() {
    each_desk(|desk| {
        desk.activate(&handbook());
        let (cy, bo) = (desk.person("cy"), desk.person("bo"));
        let [open, done] = ["open", "done"].map(|s| desk.ask("kim@customer.test", s, None));
        assign(desk, &cy, open, &bo);
        assign(desk, &cy, done, &bo);
        let solved = Update {
            status: Some(Status::Solved),
            cause: Some(Cause::NoReplyNeeded),
            ..Update::default()
        };
        desk.update(&cy, done, solved);

        // The machine was off until a Saturday night.
        desk.clock().move_to("2026-07-11T02:00:00Z".parse().unwrap());
        assert!(mails(desk, "bo").is_empty());
        desk.advance_to("2026-07-13T13:00:00Z");

        let sent = mails(desk, "bo");
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert_eq!(sent[0].at.to_string(), "2026-07-13T13:00:00Z");
        assert!(sent[0].text.contains(&format!("tickets/{open}\n")), "{}", sent[0].text);
        assert!(!sent[0].text.contains(&format!("tickets/{done}\n")), "{}", sent[0].text);
        // Of the weeks that passed only the one that runs is told.
        let weeks = sent[0].text.matches("You are hero of Session replay").count();
        assert!(weeks <= 1, "{}", sent[0].text);
    });
}

/// ROT-10: what was read in the workspace needs no mail.
#[test]
fn a_notice_that_was_read_or_acted_on_is_not_mailed() {
    each_desk(|desk| {
        desk.activate(&handbook());
        let (cy, bo) = (desk.person("cy"), desk.person("bo"));
        let [read, answered, left] =
            ["read", "answered", "left"].map(|s| desk.ask("kim@customer.test", s, None));
        for id in [read, answered, left] {
            assign(desk, &cy, id, &bo);
        }
        let unread = || desk.look(desk.acting(&bo), desk::notices::unread).unwrap();
        assert_eq!(unread(), 3);
        let which = Which::Ticket(read);
        desk.change(desk.acting(&bo), move |tx, ctx| desk::notices::read(tx, ctx, &which)).unwrap();
        desk.write(&bo, answered, "Try again.", true);
        assert_eq!(unread(), 1);

        desk.advance_to("2026-06-08T13:00:00Z");

        let sent = mails(desk, "bo");
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].ticket, Some(left));
        // Nobody reads for somebody else.
        let page = desk.look(desk.acting(&cy), |tx, ctx| desk::notices::page(tx, ctx, None, 50));
        assert!(page.unwrap().notices.is_empty());
    });
}

/// ESC-02, ST-04
#[test]
fn heroes_and_owners_are_told_and_a_team_without_either_in_its_channel() {
    each_desk(|desk| {
        desk.activate(&handbook());
        let (ada, bo) = (desk.person("ada"), desk.person("bo"));
        let id = desk.ask("kim@customer.test", "broken", Some("session_replay"));
        let replay = desk
            .look(desk.system(), |tx, _| desk::tickets::beside::teams(tx))
            .unwrap()
            .into_iter()
            .find(|team| team.name == "Session replay")
            .unwrap();
        let note = Body::markdown("Secret words for @cy and @bo.");
        desk.change(desk.acting(&ada), move |tx, ctx| {
            desk::tickets::escalate(tx, ctx, id, replay.id, &note, false)
        })
        .unwrap();
        assert_eq!(seen(desk, &bo), [(What::Escalated, false), (What::Mentioned, false)]);
        let cy = mails(desk, "cy");
        assert_eq!(cy.len(), 1);
        assert!(cy[0].text.contains("has a note by Ada that names you"), "{}", cy[0].text);
        assert!(!format!("{cy:?}").contains("Secret"), "a note's words never leave");

        let other = desk.ask("lee@customer.test", "later", None);
        let day = desk.clock().now() + SignedDuration::from_hours(24 * 8);
        let hold =
            Update { status: Some(Status::Hold), hold_until: Some(day), ..Update::default() };
        desk.update(&ada, other, hold);
        desk.advance(SignedDuration::from_hours(24 * 9));
        let posts: Vec<_> = desk
            .sent("notification")
            .into_iter()
            .filter(|one| one.channel == "slack" && one.ticket == Some(other))
            .collect();
        assert_eq!(posts.len(), 2, "unknown organization, and back from hold: {posts:?}");
        assert!(posts[1].text.contains("is back from hold"));
    });
}

/// ROT-10
#[test]
fn what_somebody_has_chosen_counts_where_the_handbook_is_silent() {
    each_desk(|desk| {
        desk.activate(&handbook());
        let (ada, dee, bo) = (desk.person("ada"), desk.person("dee"), desk.person("bo"));
        choose(
            desk,
            &dee,
            Input {
                zone: "Asia/Tokyo".to_owned(),
                hours: "09:00-17:00".to_owned(),
                muted: vec![Kind::CustomerWrote],
                anytime: vec![Kind::Mentioned],
                ..Input::default()
            },
        );
        // 17:00 in Tokyo.
        let id = desk.ask("kim@customer.test", "broken", None);
        assign(desk, &ada, id, &dee);
        desk.write(&customer(desk, "kim@customer.test"), id, "Hello?", true);
        assert!(mails(desk, "dee").is_empty());
        desk.write(&ada, id, "What do you think, @dee?", false);
        let sent = mails(desk, "dee");
        assert_eq!(sent.len(), 1, "a mention may ring at any time");
        assert!(sent[0].text.contains("names you") && !sent[0].text.contains("think"));
        desk.advance_to("2026-06-09T00:00:00Z");
        let sent = mails(desk, "dee");
        assert_eq!(sent.len(), 2);
        assert!(sent[1].text.contains("assigned") && !sent[1].text.contains("message"));

        // The handbook says where Bo is and when Bo works.
        choose(
            desk,
            &bo,
            Input {
                zone: "Asia/Tokyo".to_owned(),
                hours: "00:00-24:00".to_owned(),
                ..Input::default()
            },
        );
        let (hours, own) = desk.look(desk.acting(&bo), desk::notices::hours).unwrap();
        assert_eq!(hours.calendar.zone_name(), "America/New_York");
        assert_eq!((hours.source, own.hours), (desk::notices::Source::Handbook, None));
        for (input, field) in [
            (Input { zone: "Mars".to_owned(), ..Input::default() }, "zone"),
            (Input { hours: "9-5".to_owned(), ..Input::default() }, "hours"),
            (Input { hours: "17:00-09:00".to_owned(), ..Input::default() }, "hours"),
        ] {
            let refused = desk
                .change(desk.acting(&dee), move |tx, ctx| desk::preferences::save(tx, ctx, &input));
            let Err(desk::Error::Invalid(errors)) = refused else { panic!("{refused:?}") };
            assert_eq!(errors[0].field, field);
        }
        let (hours, _) = desk.look(desk.acting(&dee), desk::notices::hours).unwrap();
        assert_eq!(hours.calendar.zone_name(), "Asia/Tokyo", "a refused form changed nothing");
    });
}

/// ROT-10, the walk "a hero's Monday morning": nothing rings at midnight.
#[test]
fn a_heros_week_begins_with_one_notice_when_their_hours_do() {
    each_desk(|desk| {
        desk.activate(&handbook());
        assert!(seen(desk, &desk.person("bo")).is_empty(), "it was running already");

        desk.advance_to("2026-06-14T23:00:00Z");
        let cy = mails(desk, "cy");
        assert_eq!(cy.len(), 1, "whole weekdays are Cy's hours");
        let bo = desk.person("bo");
        assert!(seen(desk, &bo).is_empty());
        desk.advance_to("2026-06-21T23:00:00Z");
        assert_eq!(seen(desk, &bo).len(), 1);
        assert!(mails(desk, "bo").is_empty());
        desk.advance_to("2026-06-22T13:00:00Z");

        let sent = mails(desk, "bo");
        assert_eq!(sent.len(), 1);
        let said = "You are hero of Session replay until Sun 28 Jun, 19:00 (EDT).";
        assert!(sent[0].text.contains(said), "{}", sent[0].text);
    });
}

/// Of people who left nobody is told, and nothing is left over.
#[test]
fn who_cannot_be_reached_is_not_waited_for() {
    each_desk(|desk| {
        desk.activate(&handbook());
        let (cy, bo) = (desk.person("cy"), desk.person("bo"));
        let id = desk.ask("kim@customer.test", "one", None);
        assign(desk, &cy, id, &bo);
        let text = handbook()
            .replace(
                "members = [\"bo@acme.test\", \"cy@acme.test\"]",
                "members = [\"cy@acme.test\"]",
            )
            .replace("order = [\"bo@acme.test\", \"cy@acme.test\"]", "order = [\"cy@acme.test\"]");
        desk.activate(&text);
        let gone = bo.id;
        desk.change(desk.system(), move |tx, ctx| desk::users::delete(tx, ctx, gone)).unwrap();

        desk.advance_to("2026-06-09T13:00:00Z");

        assert!(mails(desk, "bo").is_empty());
        let due = desk
            .look(desk.system(), |tx, _| desk::tickets::due(tx, jiff::Timestamp::MAX, 100))
            .unwrap();
        assert!(due.iter().all(|one| one.subject_kind != "notices"), "{due:?}");
    });
}
