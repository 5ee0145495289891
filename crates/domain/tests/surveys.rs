//! The survey: when somebody is asked how the help was, and when not. (CS-01 to CS-03, CS-07, CS-09, D-08, D-24, D-26)
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{AGENT, Desk, REPLAY, SUPPORT, agent, customer, instant};
use domain::{
    Actor, Author, Brought, Cause, Changes, Command, CommentId, Event, Owners, Rating, Refusal,
    Severity, Status, TicketId, Unasked,
};
use jiff::{SignedDuration, Timestamp};

const AFTER: SignedDuration = SignedDuration::from_hours(72);

/// A ticket asked and answered on a Monday, and solved at noon.
fn solved() -> Desk {
    let mut desk = Desk::at("2026-06-08T10:00");
    desk.ask(Some(Severity::Critical));
    desk.reply();
    desk.go("2026-06-08T12:00");
    desk.status(Status::Solved).unwrap();
    desk
}

fn rate(desk: &mut Desk, rating: u8) -> Result<(), Refusal> {
    let rating = Rating::try_from(rating).unwrap();
    desk.run(&customer(), &Command::Rate { rating, digest: None })
}

fn suppressed(desk: &Desk) -> Vec<Unasked> {
    let reason = |(_, event): &(Timestamp, Event)| match event {
        Event::SurveySuppressed { reason } => Some(*reason),
        _ => None,
    };
    desk.log.iter().filter_map(reason).collect()
}

/// CS-01
#[test]
fn the_survey_goes_out_72_hours_after_solving_and_not_a_second_before() {
    let mut desk = solved();

    desk.go("2026-06-11T11:59:59");
    assert_eq!(desk.count("survey_issued"), 0);

    desk.go("2026-06-11T12:00");
    assert_eq!(desk.count("survey_issued"), 1);
    assert_eq!(desk.ticket().survey.unwrap().asked_at, Some(instant("2026-06-11T12:00")));
}

/// CS-01: downtime delays and does not double; the instant stays what it was
#[test]
fn after_a_month_of_downtime_there_is_one_survey() {
    let mut desk = solved();

    desk.go("2026-07-20T12:00");

    assert_eq!(desk.count("survey_issued"), 1);
    assert_eq!(desk.ticket().status, Status::Closed);
    assert_eq!(desk.ticket().survey.unwrap().asked_at, Some(instant("2026-06-11T12:00")));
}

/// CS-01, ST-05: reopening cancels, and solving again counts from the beginning
#[test]
fn reopening_cancels_the_survey_and_the_next_stretch_counts_anew() {
    let mut desk = solved();
    desk.go("2026-06-11T11:59");
    desk.customer_writes();
    desk.go("2026-06-12T12:00");
    assert_eq!(desk.count("survey_issued"), 0);
    desk.reply();
    desk.status(Status::Solved).unwrap();

    desk.go("2026-06-15T11:59");
    assert_eq!(desk.count("survey_issued"), 0);
    desk.go("2026-06-15T12:00");
    assert_eq!(desk.count("survey_issued"), 1);
}

/// D-08: closing goes on with the stretch
#[test]
fn closing_in_between_neither_ends_nor_restarts_the_stretch() {
    let mut desk = solved();
    desk.go("2026-06-10T12:00");
    desk.status(Status::Closed).unwrap();

    desk.go("2026-06-20T12:00");

    assert_eq!(desk.ticket().survey.unwrap().asked_at, Some(instant("2026-06-11T12:00")));
}

/// D-24
#[test]
fn a_ticket_that_solved_itself_is_asked_about() {
    let mut desk = Desk::at("2026-06-08T10:00");
    desk.ask(Some(Severity::Critical));
    desk.reply();
    desk.status(Status::Pending).unwrap();

    desk.go("2026-06-18T10:00");

    assert_eq!(desk.ticket().cause, Some(Cause::Auto));
    assert_eq!(desk.ticket().survey.unwrap().asked_at, Some(instant("2026-06-18T10:00")));
}

/// D-26
#[test]
fn who_was_asked_is_not_asked_again_after_another_solving() {
    let mut desk = solved();
    desk.go("2026-06-11T12:00");
    desk.customer_writes();
    desk.reply();
    desk.status(Status::Solved).unwrap();

    desk.go("2026-07-30T12:00");

    assert_eq!(desk.count("survey_issued"), 1);
    assert_eq!(suppressed(&desk), []);
}

/// CS-02
#[test]
fn who_has_rated_already_is_not_asked() {
    let mut desk = solved();
    rate(&mut desk, 4).unwrap();

    desk.go("2026-07-30T12:00");

    assert_eq!(desk.count("survey_issued"), 0);
}

/// CS-03
#[test]
fn nobody_is_asked_about_a_ticket_without_a_human_reply_and_it_says_so() {
    let mut desk = Desk::at("2026-06-08T10:00");
    desk.ask(None);
    desk.status(Status::Solved).unwrap();
    desk.go("2026-06-11T10:00");
    assert_eq!(suppressed(&desk), [Unasked::NoReply]);
    assert_eq!(desk.ticket().survey, None);

    desk.customer_writes();
    desk.reply();
    desk.status(Status::Solved).unwrap();
    desk.go("2026-06-14T10:00");
    assert_eq!(desk.count("survey_issued"), 1, "what was left out is not lost for good");
}

/// CS-02, CS-03: what others than the ticket know
#[test]
fn who_must_not_be_asked_is_not_and_it_says_why() {
    for reason in [Unasked::Erased, Unasked::Unsubscribed, Unasked::Undeliverable, Unasked::Cap] {
        let mut desk = solved();
        desk.unasked = Some(reason);

        desk.go("2026-06-11T12:00");

        assert_eq!(suppressed(&desk), [reason]);
        assert_eq!(desk.count("survey_issued"), 0);
    }
}

/// CS-03, SLA-12: a mistaken mark as spam does not end the stretch
#[test]
fn spam_is_not_asked_about_until_it_turns_out_to_be_none() {
    let mut desk = solved();
    desk.go("2026-06-09T12:00");
    desk.run(&agent(), &Command::MarkSpam).unwrap();
    desk.go("2026-06-13T12:00");
    assert_eq!(desk.count("survey_issued") + desk.count("survey_suppressed"), 0);

    desk.run(&agent(), &Command::UnmarkSpam).unwrap();
    desk.go("2026-06-13T12:00");
    assert_eq!(desk.ticket().survey.unwrap().asked_at, Some(instant("2026-06-13T12:00")));
}

/// CS-02, ST-10: of merged tickets the one that goes on is asked about
#[test]
fn a_merged_ticket_is_not_asked_about() {
    let mut desk = solved();
    desk.run(&agent(), &Command::MergeInto { into: TicketId(2), note: None }).unwrap();

    desk.go("2026-07-08T12:00");

    assert_eq!(desk.count("survey_issued") + desk.count("survey_suppressed"), 0);
    desk.run(&agent(), &Command::Unmerge).unwrap();
    desk.go("2026-07-08T12:00");
    assert_eq!(desk.count("survey_issued"), 1, "it stands for itself again");
}

/// CS-02
#[test]
fn merged_tickets_share_one_survey() {
    let mut desk = solved();
    let brought = Brought {
        ticket: TicketId(2),
        asked_at: None,
        clock: None,
        people: vec![],
        surveyed: true,
    };
    desk.run(&agent(), &Command::TakeIn { brought: Box::new(brought), note: None }).unwrap();

    desk.go("2026-06-11T12:00");

    assert_eq!(suppressed(&desk), [Unasked::Merged]);
}

/// CS-09: the team when it was solved, the first line, and the team it was escalated to
#[test]
fn the_survey_is_about_the_teams_that_solved_it() {
    let mut desk = Desk::at("2026-06-08T10:00");
    desk.ask(Some(Severity::Critical));
    desk.reply();
    desk.escalate(REPLAY).unwrap();
    desk.run(&agent(), &Command::Deescalate).unwrap();
    desk.status(Status::Solved).unwrap();
    let moved = Changes { team: Some(REPLAY), ..Changes::default() };
    desk.update(&agent(), moved).unwrap();

    desk.go("2026-06-11T10:00");

    let owners = desk.log.iter().find_map(|(_, event)| match event {
        Event::SurveyIssued { owners } => Some(*owners),
        _ => None,
    });
    let expected = Owners { team: SUPPORT, first_line: SUPPORT, escalated: Some(REPLAY) };
    assert_eq!(owners, Some(expected));
}

/// CS-07
#[test]
fn an_answer_may_be_changed_for_seven_days_and_then_stays() {
    let mut desk = solved();
    desk.go("2026-06-11T12:00");
    rate(&mut desk, 2).unwrap();
    rate(&mut desk, 2).unwrap();
    assert_eq!(desk.count("survey_answered"), 1, "the same again is nothing new");
    desk.go("2026-06-18T12:00");
    rate(&mut desk, 5).unwrap();

    let answer = desk.ticket().survey.unwrap().answer.unwrap();
    assert_eq!((answer.rating, answer.first_at), (Rating::BEST, instant("2026-06-11T12:00")));
    desk.go("2026-06-18T12:00:01");
    let until = instant("2026-06-18T12:00");
    assert_eq!(rate(&mut desk, 1), Err(Refusal::RatingSettled { until }));
    assert_eq!(desk.count("survey_answered"), 2);
}

/// CS-07: how long is policy, and whoever has answered keeps the time they had
#[test]
fn an_answer_stays_changeable_as_long_as_the_handbook_said_when_it_was_given() {
    let mut desk = solved();
    desk.handbook.csat.changeable = 2 * 86_400;
    desk.go("2026-06-11T12:00");
    rate(&mut desk, 2).unwrap();
    desk.handbook.csat.changeable = 30 * 86_400;
    desk.go("2026-06-13T12:00");
    rate(&mut desk, 3).unwrap();

    desk.go("2026-06-13T12:00:01");
    let until = instant("2026-06-13T12:00");
    assert_eq!(rate(&mut desk, 5), Err(Refusal::RatingSettled { until }));
}

/// CS-10
#[test]
fn a_low_rating_reopens_nothing() {
    let mut desk = solved();
    desk.go("2026-06-11T12:00");

    rate(&mut desk, 1).unwrap();

    assert_eq!(desk.ticket().status, Status::Solved);
    assert_eq!(desk.ticket().current_clock(), None);
}

#[test]
fn a_rating_outside_its_scale_is_none() {
    for text in ["0", "6", "-1", "5.0", "05", "", " 5", "five", "1e0", "5\u{0}"] {
        assert!(text.parse::<Rating>().is_err(), "{text:?}");
    }
    assert_eq!("5".parse(), Ok(Rating::BEST));
    assert!(serde_json::from_str::<Rating>("6").is_err());
}

/// A small generator: the seed decides everything.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn hours(&mut self) -> i64 {
        [1, 5, 23, 71, 72, 73, 200, 500][usize::try_from(self.roll(8)).unwrap()]
    }
}

/// One thing that somebody does; what the rules refuse does not happen.
fn act(desk: &mut Desk, dice: &mut Dice) {
    // As the desk does: what is due is done before anything else.
    desk.go(&desk.now.to_string());
    let clerk = agent();
    let _ = match dice.roll(22) {
        0..=2 => desk.status(Status::Solved),
        3 => desk.status(Status::Closed),
        4 => desk.status(Status::Open),
        5 => desk.status(Status::Pending),
        6 | 7 => {
            let comment = Some(desk.comment(AGENT, Author::Agent, true));
            desk.update(&clerk, Changes { comment, ..Changes::default() })
        }
        8 => {
            let comment = Some(desk.comment(common::CUSTOMER, Author::Customer, true));
            desk.update(&customer(), Changes { comment, ..Changes::default() })
        }
        9 => desk.run(&clerk, &Command::MarkSpam),
        10 => desk.run(&clerk, &Command::UnmarkSpam),
        11 => desk.run(&clerk, &Command::MergeInto { into: TicketId(2), note: None }),
        12 => desk.run(&clerk, &Command::Unmerge),
        13 => {
            let (asked_at, surveyed) = (None, dice.roll(2) == 0);
            let brought =
                Brought { ticket: TicketId(3), asked_at, clock: None, people: vec![], surveyed };
            desk.run(&clerk, &Command::TakeIn { brought: Box::new(brought), note: None })
        }
        14 => desk.run(&clerk, &Command::LetGo { ticket: TicketId(3) }),
        15 => desk.escalate(if dice.roll(2) == 0 { SUPPORT } else { REPLAY }),
        16 => desk.run(&clerk, &Command::Deescalate),
        17 => rate(desk, u8::try_from(1 + dice.roll(5)).unwrap()),
        18 => {
            let answer = desk.ticket().answered.as_ref().map(|answered| answered.comment);
            let comment = answer.unwrap_or(CommentId(0));
            desk.run(&Actor::System, &Command::Bounced { comment })
        }
        19 => {
            desk.unasked = [None, None, Some(Unasked::Cap)][usize::try_from(dice.roll(3)).unwrap()];
            Ok(())
        }
        20 if dice.roll(6) == 0 => desk.run(&clerk, &Command::Delete),
        _ => {
            let team = Some(if dice.roll(2) == 0 { SUPPORT } else { REPLAY });
            desk.update(&clerk, Changes { team, ..Changes::default() })
        }
    };
}

/// What the log says of a ticket, told a second time without the product's fold.
#[derive(Default)]
struct Retold {
    /// Since when it has been solved or closed.
    since: Option<Timestamp>,
    team_then: Option<domain::TeamId>,
    team: Option<domain::TeamId>,
    /// When it last came back from having been set aside.
    back: Option<Timestamp>,
    spam: bool,
    /// Merged into another, or deleted.
    gone: bool,
    answers: usize,
    bounces: usize,
    asked: usize,
    rated: usize,
    /// How many answers there were when it was decided whether to ask.
    looked: Option<usize>,
    shared: bool,
}

impl Retold {
    /// One event; panics if nobody may be asked then.
    fn tell(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::Routed { team, .. }
            | Event::TeamChanged { to: team, .. }
            | Event::Escalated { team, .. }
            | Event::Deescalated { to: team } => self.team = Some(*team),
            Event::StatusChanged { to, .. } => {
                if to.is_done() {
                    self.since.get_or_insert(at);
                    self.team_then = self.team_then.or(self.team);
                } else {
                    (self.since, self.team_then, self.looked) = (None, None, None);
                }
            }
            Event::MarkedSpam => self.spam = true,
            Event::UnmarkedSpam => (self.spam, self.back) = (false, Some(at)),
            Event::Unmerged => (self.gone, self.back) = (false, Some(at)),
            Event::MergedInto { .. } | Event::Deleted => self.gone = true,
            Event::Commented { answer: true, .. } => self.answers += 1,
            Event::AnswerBounced { .. } => self.bounces += 1,
            Event::TookIn { surveyed, .. } => self.shared |= surveyed,
            Event::LetGo { .. } => self.shared = false,
            Event::SurveyAnswered { .. } => self.rated += 1,
            Event::SurveyIssued { owners } => {
                self.look(at);
                assert!(self.answers > 0 && !self.shared && self.rated == 0, "must not be asked");
                assert_eq!(self.asked, 0, "asked twice");
                assert_eq!(Some(owners.team), self.team_then, "the team when it was solved");
                self.asked += 1;
            }
            Event::SurveySuppressed { .. } => self.look(at),
            _ => {}
        }
    }

    /// At this instant and no other somebody is asked, or is not for a reason.
    fn look(&mut self, at: Timestamp) {
        let since = self.since.expect("nobody is asked about what is not solved");
        let due = (since + AFTER).max(self.back.unwrap_or(since));
        assert_eq!(at, due, "the stretch began at {since}");
        assert!(!self.spam && !self.gone, "nobody is asked about what is set aside");
        assert!(self.rated == 0, "nobody is asked who has rated");
        self.looked = Some(self.answers);
    }
}

/// CS-01 to CS-03: never early, never late, never twice, never after reopening, never for who is excluded, and nobody is
/// forgotten; over ten thousand lives of a ticket
#[test]
fn in_ten_thousand_lives_nobody_is_asked_early_twice_or_in_vain() {
    let mut asked = 0;
    for seed in 0..10_000 {
        let mut dice = Dice(seed);
        let mut desk = Desk::at("2026-06-08T10:00");
        desk.ask(Some(Severity::Critical));
        if seed % 3 > 0 {
            desk.reply();
        }
        for _ in 0..20 {
            if desk.ticket().deleted_at.is_some() {
                break;
            }
            let to = desk.now + SignedDuration::from_hours(dice.hours());
            desk.go(&to.to_string());
            act(&mut desk, &mut dice);
        }
        desk.go(&(desk.now + AFTER + AFTER).to_string());

        let mut retold = Retold::default();
        for (at, event) in &desk.log {
            retold.tell(*at, event);
        }
        let waits = retold.since.is_some_and(|since| since + AFTER <= desk.now)
            && !retold.spam
            && !retold.gone
            && retold.asked == 0
            && retold.rated == 0;
        assert!(!waits || retold.looked.is_some(), "seed {seed}: forgotten: {:#?}", desk.log);
        let answered = retold.looked.is_some_and(|answers| answers > 0) && retold.bounces == 0;
        let fair = waits && answered && !retold.shared;
        if fair {
            let why = suppressed(&desk);
            assert!(why.iter().any(|why| *why != Unasked::NoReply), "seed {seed}: {why:?}");
        }
        asked += retold.asked;
    }
    assert!(asked > 2_000, "the lives are too dull: {asked}");
}
