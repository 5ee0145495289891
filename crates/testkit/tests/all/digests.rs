//! The weekly digest and the secret links of calendars, on both engines. (ROT-09, ROT-05)

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use desk::Error;
use desk::calendars::Whose;
use desk::digests::Edit;
use desk::tickets::Update;
use domain::{Cause, Rating, Severity, Status, TicketId, User};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use testkit::{HANDBOOK, TrialDesk, each_desk};

const WEEK: Date = date(2026, 6, 8);
const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn handbook() -> String {
    let hero = "slack = \"#support-replay\"\nhero = { order = [\"bo@acme.test\", \"cy@acme.test\"], from = \"2026-01-05\" }";
    HANDBOOK.replace("slack = \"#support-replay\"", hero).replace("first_level = \"support\"\n", "")
}

fn digest(desk: &TrialDesk, by: &User, day: Date) -> Result<desk::digests::Digest, Error> {
    desk.look(desk.acting(by), move |tx, ctx| desk::digests::read(tx, ctx, "replay", day))
}

fn edit(desk: &TrialDesk, by: &User, version: i64, text: &str, sends: bool) -> Result<(), Error> {
    let edit = Edit { version, text: text.to_owned() };
    desk.change(desk.acting(by), move |tx, ctx| {
        if sends {
            desk::digests::send(tx, ctx, "replay", WEEK, &edit)
        } else {
            desk::digests::save(tx, ctx, "replay", WEEK, &edit)
        }
    })
}

/// Four tickets: answered in time, missed, with an issue, and waiting.
fn live(desk: &TrialDesk, bo: &User) {
    let area = Some("session_replay");
    let tag = |id, tags: &[&str]| {
        let tags = Some(tags.iter().map(|tag| (*tag).to_owned()).collect());
        desk.update(
            bo,
            id,
            Update { severity: Some(Some(Severity::Critical)), tags, ..Update::default() },
        );
    };
    let kept = desk.ask("kim@customer.test", "Kept", area);
    tag(kept, &["safari", "export"]);
    let missed = desk.ask("lee@customer.test", "Missed *loudly*", area);
    tag(missed, &["safari", "docs"]);
    desk.advance(HOUR);
    desk.write(bo, kept, "Here.", true);
    desk.advance(HOUR * 15);
    desk.write(bo, missed, "Sorry.", true);
    let solved = Update {
        status: Some(Status::Solved),
        cause: Some(Cause::IssueOpened),
        issue: Some("https://github.com/acme/replay/issues/12".to_owned()),
        ..Update::default()
    };
    desk.update(bo, missed, solved);
    desk.ask("mo@customer.test", "Waits", area);
}

/// ROT-09
#[test]
fn a_digest_counts_its_week_and_each_number_has_its_tickets() {
    each_desk(|desk| {
        desk.activate(&handbook());
        let (bo, ada) = (desk.person("bo"), desk.person("ada"));
        live(desk, &bo);
        // Both were solved: Kim says that it helped, Lee that it did not.
        for (number, email, rating) in
            [(1, "kim@customer.test", Rating::BEST), (2, "lee@customer.test", Rating::WORST)]
        {
            let id = TicketId(number);
            if !desk.ticket(id).status.is_done() {
                let solved = Update {
                    status: Some(Status::Solved),
                    cause: Some(Cause::Answered),
                    ..Update::default()
                };
                desk.update(&bo, id, solved);
            }
            let who = desk.look(desk.system(), move |tx, _| desk::sessions::candidate(tx, email));
            let who = who.unwrap().unwrap();
            desk.change(desk.acting(&who), move |tx, ctx| {
                desk::surveys::rate(tx, ctx, id, rating, "")
            })
            .unwrap();
        }

        let seen = digest(desk, &ada, WEEK).unwrap();

        let numbers = seen.numbers.clone().unwrap();
        assert_eq!((numbers.asked.len(), numbers.answered.len()), (3, 2));
        let high = numbers.promises.first().unwrap();
        assert_eq!((high.met.len(), high.missed.len()), (1, 1));
        assert_eq!(
            (numbers.first_replies.len(), numbers.median_seconds),
            (2, None),
            "too few to tell"
        );
        assert_eq!(numbers.tags[0].0, "safari");
        assert_eq!(numbers.tickets("tag:safari").map(<[_]>::len), Some(2));
        assert_eq!(numbers.tickets("missed-high").map(<[_]>::len), Some(1));
        assert_eq!(
            numbers.tickets("issue:https://github.com/acme/replay/issues/12").map(<[_]>::len),
            Some(1)
        );
        assert_eq!(numbers.tickets("rated-well").unwrap(), [TicketId(1)]);
        assert_eq!(numbers.tickets("rated-badly").unwrap(), [TicketId(2)]);
        assert_eq!(numbers.tickets("docs").unwrap(), [TicketId(2)]);
        assert_eq!(numbers.tickets("secrets"), None);
        for part in [
            "# Session replay, Fri 5 Jun, 16:00 to Fri 12 Jun, 16:00 (BST)",
            "- [3](http://desk.test/digest/replay/2026-06-08/tickets?of=asked) asked",
            "- High: [1](http://desk.test/digest/replay/2026-06-08/tickets?of=met-high) in time",
            "- Rated as good [1](http://desk.test/digest/replay/2026-06-08/tickets?of=rated-well), as bad [1]",
            "## Documentation\n\n- [1](http://desk.test/digest/replay/2026-06-08/tickets?of=docs) that",
            "Session replay: [3]",
            "<https://github.com/acme/replay/issues/12>: [1]",
            r"Missed \*loudly\*: past its target",
        ] {
            assert!(seen.text.contains(part), "{part} is not in\n{}", seen.text);
        }
        assert!(!seen.text.contains("Kinds"), "there is nothing to say about them");
        assert!(!seen.is_mine && digest(desk, &bo, WEEK).unwrap().is_mine);
        let same = digest(desk, &bo, date(2026, 6, 11)).unwrap();
        assert_eq!(same.week, WEEK, "any day of it");
        assert!(matches!(digest(desk, &bo, date(2026, 6, 15)), Err(Error::NotFound)));
        let rows = desk
            .look(desk.acting(&ada), |tx, ctx| {
                desk::digests::tickets(tx, ctx, ("replay", WEEK), "asked").map(|(_, rows)| rows)
            })
            .unwrap();
        assert_eq!(rows.tickets.len(), 3);
        // The week before was quiet, and one long ago is not drawn up.
        let before = digest(desk, &bo, date(2026, 6, 1)).unwrap();
        assert!(before.numbers.unwrap().is_empty());
        assert!(digest(desk, &bo, date(2026, 1, 5)).unwrap().numbers.is_none());
    });
}

/// ROT-09: a product team hears what is asked about its product, whoever answers first.
#[test]
fn a_digest_tells_of_the_teams_areas_also_where_others_answer() {
    each_desk(|desk| {
        desk.activate(&handbook().replace(
            "slug = \"session_replay\"\nname = \"Session replay\"\nteam = \"replay\"\n",
            "slug = \"session_replay\"\nname = \"Session replay\"\nteam = \"replay\"\nfirst_level = \"support\"\n",
        ));
        let (ada, bo) = (desk.person("ada"), desk.person("bo"));
        let id = desk.ask("kim@customer.test", "Black", Some("session_replay"));
        desk.ask("kim@customer.test", "Invoice", Some("billing"));
        assert_eq!(
            desk.ticket(id).team,
            desk.ticket(desk.ask("lee@customer.test", "Else", None)).team
        );
        desk.write(&ada, id, "Here.", true);

        let numbers = digest(desk, &bo, WEEK).unwrap().numbers.unwrap();

        assert_eq!(numbers.asked, [id]);
        assert_eq!(numbers.areas, [("session_replay".to_owned(), vec![id])]);
        assert!(numbers.answered.is_empty(), "the load is the first line's");
    });
}

/// ROT-09: nothing is posted without the hero's approval.
#[test]
fn the_hero_edits_and_sends_the_draft_once() {
    each_desk(|desk| {
        desk.activate(&handbook());
        let (bo, ada) = (desk.person("bo"), desk.person("ada"));
        live(desk, &bo);
        desk.advance_to("2026-06-12T14:59:59Z");
        assert!(digest(desk, &bo, WEEK).unwrap().kept.is_none());
        desk.advance_to("2026-06-12T15:00:00Z");

        let draft = digest(desk, &bo, WEEK).unwrap();
        assert_eq!(draft.version(), 1);
        let told = desk.sent("notification").into_iter().filter(|one| one.text.contains("digest"));
        let told: Vec<_> = told.map(|one| (one.to, one.text)).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].0, ["bo@acme.test"]);
        assert!(told[0].1.contains("http://desk.test/digest/replay/2026-06-08\n"), "{}", told[0].1);
        assert!(desk.sent("digest").is_empty());

        assert!(matches!(edit(desk, &ada, 1, "Mine.", true), Err(Error::Forbidden(_))));
        edit(desk, &bo, 1, "A quiet week.", false).unwrap();
        assert!(matches!(edit(desk, &bo, 1, "Older.", false), Err(Error::Conflict(_))));
        assert!(matches!(edit(desk, &bo, 2, "  ", true), Err(Error::Invalid(_))));
        assert!(matches!(edit(desk, &bo, 2, &"x".repeat(20_001), true), Err(Error::Invalid(_))));
        assert!(desk.sent("digest").is_empty());
        edit(desk, &bo, 2, "A *quiet* week.", true).unwrap();

        let sent = desk.sent("digest");
        assert_eq!(sent.len(), 1);
        assert_eq!(
            (sent[0].channel.as_str(), &sent[0].to[..]),
            ("slack", &["#support-replay".to_owned()][..])
        );
        assert!(sent[0].text.starts_with("A *quiet* week.\n\nhttp://desk.test/digest/replay/"));
        for sends in [false, true] {
            assert!(matches!(edit(desk, &bo, 3, "Again.", sends), Err(Error::Conflict(_))));
        }
        let kept = digest(desk, &ada, WEEK).unwrap();
        assert_eq!(kept.text, "A *quiet* week.");
        assert!(kept.sent_at().is_some());
        // The next Friday was quiet: there is nothing to send, and nobody is told.
        desk.advance_to("2026-06-19T15:00:00Z");
        assert!(digest(desk, &bo, date(2026, 6, 15)).unwrap().kept.is_none());
    });
}

/// A machine that was off on Friday draws the digest up when it is back.
#[test]
fn a_digest_is_not_lost_to_a_downtime() {
    each_desk(|desk| {
        desk.activate(&handbook());
        let bo = desk.person("bo");
        live(desk, &bo);
        desk.clock().move_to("2026-06-13T10:00:00Z".parse().unwrap());

        desk.activate(&handbook());
        desk.advance(SignedDuration::ZERO);

        assert!(digest(desk, &bo, WEEK).unwrap().kept.is_some());
    });
}

fn link(desk: &TrialDesk, by: &User, whose: Whose) -> Result<String, Error> {
    desk.look(desk.acting(by), move |tx, ctx| desk::calendars::link(tx, ctx, whose))
}

fn calendar(desk: &TrialDesk, link: &str) -> Result<String, Error> {
    let token = link.rsplit('/').next().unwrap().trim_end_matches(".ics").to_owned();
    desk.look(desk.system(), move |tx, ctx| desk::calendars::read(tx, ctx, &token))
}

/// ROT-05: calendars show overrides and swaps, and entries keep their names.
#[test]
fn a_calendar_follows_the_rota_and_its_link_can_be_renewed() {
    each_desk(|desk| {
        desk.activate(&handbook());
        let (bo, cy, ada) = (desk.person("bo"), desk.person("cy"), desk.person("ada"));
        let own = link(desk, &bo, Whose::Person(bo.id)).unwrap();
        assert!(own.starts_with("http://desk.test/rota/calendar/p"), "{own}");
        let text = calendar(desk, &own).unwrap();
        assert!(text.contains("DTSTART:20260621T230000Z\r\nDTEND:20260628T230000Z\r\nSUMMARY:Hero of Session replay"), "{text}");
        let id = text.split("DTSTART:20260621T230000Z").next().unwrap();
        let uid = id.rsplit("UID:").next().unwrap().split("\r\n").next().unwrap().to_owned();
        assert_eq!(calendar(desk, &own).unwrap(), text, "the same all day");

        // Cy takes three days of that week, which split it.
        let new = desk::rota::NewOverride {
            holder: "cy@acme.test".to_owned(),
            from: "2026-06-24".to_owned(),
            to: "2026-06-27".to_owned(),
            reason: String::new(),
        };
        desk.change(desk.acting(&bo), move |tx, ctx| {
            desk::rota::give(tx, ctx, "replay", &new).map(|_| ())
        })
        .unwrap();
        let text = calendar(desk, &own).unwrap();
        assert!(text.contains("DTSTART:20260621T230000Z\r\nDTEND:20260623T230000Z"), "{text}");
        assert!(text.contains(&format!("UID:{uid}\r\n")), "the first part keeps its name");
        let theirs = calendar(desk, &link(desk, &cy, Whose::Person(cy.id)).unwrap()).unwrap();
        assert!(theirs.contains("DTSTART:20260623T230000Z\r\nDTEND:20260626T230000Z"), "{theirs}");

        let team = desk.look(desk.system(), desk::teams::list).unwrap();
        let team = team.iter().find(|team| team.name == "Session replay").unwrap().id;
        let shared = link(desk, &ada, Whose::Team(team)).unwrap();
        let text = calendar(desk, &shared).unwrap();
        assert!(text.contains("SUMMARY:Cy: hero of Session replay"), "{text}");

        assert!(matches!(link(desk, &ada, Whose::Person(bo.id)), Err(Error::NotFound)));
        let renew = |by: &User, whose| {
            desk.change(desk.acting(by), move |tx, ctx| desk::calendars::renew(tx, ctx, whose))
        };
        assert!(matches!(renew(&ada, Whose::Person(bo.id)), Err(Error::NotFound)));
        assert!(matches!(renew(&ada, Whose::Team(team)), Err(Error::Forbidden(_))));
        renew(&bo, Whose::Person(bo.id)).unwrap();
        renew(&bo, Whose::Team(team)).unwrap();
        for old in [&own, &shared] {
            assert!(
                matches!(calendar(desk, old), Err(Error::NotFound)),
                "the old link leads nowhere"
            );
        }
        let fresh = link(desk, &bo, Whose::Person(bo.id)).unwrap();
        calendar(desk, &fresh).unwrap();
        for wrong in [
            "",
            "p",
            "x1-00",
            "p999999-00",
            "pé-1",
            "p1",
            "/p1-",
            &fresh.replace("calendar/p", "calendar/t"),
        ] {
            assert!(matches!(calendar(desk, wrong), Err(Error::NotFound)), "{wrong}");
        }
    });
}
