//! The end of a hero's week: the sheet before it, and what is left going on once, on both engines. (ROT-07)

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use desk::deliveries::Delivery;
use desk::handovers::{Mark, Marking, Outcome, Sheet};
use desk::rota::{Days, NewOverride};
use desk::texts::Body;
use desk::tickets::{NewTicket, Person, Reply, Stored, Update};
use desk::{Ctx, Error};
use domain::{Actor, Channel, DeliveryId, Role, Severity, TicketId, User};
use handbook::Handbook;
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use testkit::{HANDBOOK, TrialDesk, each_desk};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const WEEK: Date = date(2026, 6, 8);

/// The tests' handbook, in which product engineers answer for recordings at once, and take turns.
fn handbook() -> String {
    let hero = "slack = \"#support-replay\"\nlead = \"cy@acme.test\"\n\
                hero = { order = [\"bo@acme.test\", \"cy@acme.test\"], from = \"2026-01-05\" }";
    HANDBOOK
        .replace("slack = \"#support-replay\"", hero)
        .replace("team = \"replay\"\nfirst_level = \"support\"", "team = \"replay\"")
}

fn activate(desk: &TrialDesk, text: &str) {
    let text = text.to_owned();
    let parsed = Handbook::parse(&text).unwrap();
    let copy = parsed.clone();
    desk.change(desk.system(), move |tx, ctx| desk::handbooks::activate(tx, ctx, &copy, &text))
        .unwrap();
    desk.set_handbook(parsed);
}

fn person(desk: &TrialDesk, name: &str) -> User {
    let email = format!("{name}@acme.test");
    desk.look(desk.system(), move |tx, _| desk::sessions::candidate(tx, &email)).unwrap().unwrap()
}

fn acting(desk: &TrialDesk, name: &str) -> Ctx {
    let id = person(desk, name).id;
    desk.system().acting_as(Actor::Person { id, role: Role::Agent })
}

fn ask(desk: &TrialDesk, subject: &str, severity: Option<Severity>) -> TicketId {
    let kim = Person::Address { email: "kim@customer.test".to_owned(), name: None };
    let mut new = NewTicket::request(kim, subject, Body::plain("Help."), Channel::App);
    new.area = Some("session_replay".to_owned());
    new.severity = severity;
    let ctx = desk.system().acting_as(Actor::Anonymous);
    let done = desk.change(ctx, move |tx, ctx| desk::tickets::open(tx, ctx, &new));
    done.unwrap().stored.ticket.id
}

fn update(desk: &TrialDesk, who: &str, id: TicketId, update: Update) {
    desk.change(acting(desk, who), move |tx, ctx| desk::tickets::update(tx, ctx, id, &update))
        .unwrap();
}

fn assign(desk: &TrialDesk, id: TicketId, to: &str) {
    let assignee = Some(Some(person(desk, to).id));
    update(desk, to, id, Update { assignee, ..Update::default() });
}

fn answer(desk: &TrialDesk, who: &str, id: TicketId) {
    let body = Body::plain("Try again.");
    let reply = Reply { body, public: Some(true), author: None, details: None };
    update(desk, who, id, Update { comment: Some(reply), ..Update::default() });
}

fn ticket(desk: &TrialDesk, id: TicketId) -> Stored {
    desk.look(desk.system(), move |tx, ctx| desk::tickets::show(tx, ctx, id)).unwrap()
}

fn sheet(desk: &TrialDesk, week: Date) -> Result<Sheet, Error> {
    desk.look(desk.system(), move |tx, ctx| desk::handovers::read(tx, ctx, "replay", week))
}

/// Number, mark and outcome of each line.
fn told(desk: &TrialDesk, week: Date) -> Vec<(i64, Option<Mark>, Option<Outcome>)> {
    let sheet = sheet(desk, week).unwrap();
    let line =
        |entry: &desk::handovers::Entry| (entry.line.ticket.0, entry.line.mark, entry.line.outcome);
    sheet.entries.iter().map(line).collect()
}

fn mark(
    desk: &TrialDesk,
    id: TicketId,
    mark: Option<Mark>,
    until: Option<Date>,
) -> Result<(), Error> {
    let marking = Marking { mark, until, word: "asked for a file".to_owned() };
    desk.change(acting(desk, "bo"), move |tx, ctx| {
        desk::handovers::mark(tx, ctx, "replay", WEEK, id, &marking).map(|_| ())
    })
}

/// What was sent about handovers.
fn handed_over(desk: &TrialDesk) -> Vec<Delivery> {
    let all = desk.look(desk.system(), |tx, _| desk::deliveries::all_sent(tx, DeliveryId(0), 500));
    let all = all.unwrap().into_iter().map(|queued| queued.delivery);
    all.filter(|delivery| delivery.kind == "handover").collect()
}

fn advance_to(desk: &TrialDesk, at: &str) {
    desk.advance(at.parse::<jiff::Timestamp>().unwrap().duration_since(desk.clock().now()));
}

/// ROT-07: four open hours before Monday 00:00 is Friday 20:00; what is left goes on, with one notice.
#[test]
fn what_is_left_moves_to_the_next_hero_with_one_notice() {
    each_desk(|desk| {
        activate(desk, &handbook());
        let critical = Some(Severity::Critical);
        let (his, free, done) = (
            ask(desk, "Blank", critical),
            ask(desk, "Cut off", critical),
            ask(desk, "Slow", critical),
        );
        let low = ask(desk, "A wish", None);
        for id in [his, done, low] {
            assign(desk, id, "bo");
        }
        advance_to(desk, "2026-06-12T18:59:59Z");
        assert!(sheet(desk, WEEK).unwrap().handover.drawn_at.is_none());
        assert!(matches!(mark(desk, his, Some(Mark::Told), None), Err(Error::NotFound)));

        advance_to(desk, "2026-06-12T19:00:00Z");

        // In the order of work; what is low is not handed over.
        let all = [his, free, done].map(|id| (id.0, None, None));
        assert_eq!(told(desk, WEEK), all);
        let late = ask(desk, "Late", critical);
        mark(desk, his, Some(Mark::Waiting), Some(date(2026, 6, 17))).unwrap();
        mark(desk, done, Some(Mark::Done), None).unwrap();
        mark(desk, late, Some(Mark::Told), None).unwrap();
        answer(desk, "bo", done);
        assert!(matches!(mark(desk, low, Some(Mark::Told), None), Err(Error::NotFound)));
        for until in [None, Some(date(2026, 6, 12))] {
            let refused = mark(desk, free, Some(Mark::Waiting), until).unwrap_err();
            assert!(matches!(&refused, Error::Invalid(errors) if errors[0].field == "until"));
        }

        advance_to(desk, "2026-06-14T23:00:00Z");

        let (left, settled) = (Some(Outcome::Left), Some(Outcome::Settled));
        let mut lines = told(desk, WEEK);
        lines.sort_by_key(|line| line.0);
        let mut expected = [
            (his.0, Some(Mark::Waiting), left),
            (free.0, None, left),
            (done.0, Some(Mark::Done), settled),
            (late.0, Some(Mark::Told), left),
        ];
        expected.sort_by_key(|line| line.0);
        assert_eq!(lines, expected);
        let (bo, cy) = (person(desk, "bo"), person(desk, "cy"));
        assert_eq!(ticket(desk, his).ticket.assignee, Some(cy.id));
        // What nobody had stays in the queue; what is not handed over stays with Bo.
        assert_eq!(ticket(desk, free).ticket.assignee, None);
        assert_eq!(ticket(desk, low).ticket.assignee, Some(bo.id));
        assert_eq!(ticket(desk, done).ticket.assignee, Some(bo.id));
        let notices = handed_over(desk);
        assert_eq!(notices.len(), 1);
        assert_eq!(notices[0].to, ["cy@acme.test"]);
        assert_eq!(notices[0].subject, "You are hero of Session replay");
        let text = &notices[0].text;
        assert!(text.starts_with("You are hero of Session replay until Mon 22 Jun, 00:00 London time (BST). Bo handed over 3; 1 came without a word.\n"), "{text}");
        assert!(text.contains("Blank: waits until Wed 17 Jun; asked for a file\n"), "{text}");
        assert!(text.contains("Cut off: without a word\n"), "{text}");
        assert!(text.contains("Late: next owner told; asked for a file\n"), "{text}");
        assert!(text.ends_with("http://desk.test/rota/replay/2026-06-08/handover\n"), "{text}");
        let refused = mark(desk, free, Some(Mark::Told), None).unwrap_err();
        assert!(matches!(&refused, Error::Invalid(errors) if errors[0].field == "mark"));
        // The log says who did it, and replays to the same.
        let log =
            desk.look(desk.system(), move |tx, ctx| desk::tickets::events(tx, ctx, his)).unwrap();
        let moved = log.last().unwrap();
        assert_eq!((moved.actor_kind.as_str(), moved.actor_id.as_str()), ("rule", "handover"));
        desk.advance(HOUR);
        assert_eq!(handed_over(desk).len(), 1);
    });
}

/// ROT-07: after a downtime over two boundaries both happen, in order, once; also when a start finds them first.
#[test]
fn a_downtime_over_the_boundary_delays_and_loses_nothing() {
    each_desk(|desk| {
        activate(desk, &handbook());
        let id = ask(desk, "Blank", Some(Severity::Critical));
        assign(desk, id, "bo");

        // The clock jumps, nobody is woken, and somebody starts the program with another handbook.
        desk.clock().move_to("2026-06-24T12:00:00Z".parse().unwrap());
        activate(desk, &format!("{}\n[work]\nhandover = '8h'\n", handbook()));
        desk.advance(SignedDuration::ZERO);

        let told: Vec<(String, String)> = handed_over(desk)
            .into_iter()
            .map(|one| (one.at.to_string(), one.to.concat()))
            .collect();
        let cy = ("2026-06-14T23:00:00Z".to_owned(), "cy@acme.test".to_owned());
        let bo = ("2026-06-21T23:00:00Z".to_owned(), "bo@acme.test".to_owned());
        assert_eq!(told, [cy, bo]);
        assert_eq!(ticket(desk, id).ticket.assignee, Some(person(desk, "bo").id));
        // The week that runs follows the new handbook.
        let running = sheet(desk, date(2026, 6, 22)).unwrap().handover;
        assert_eq!(running.draw_at.to_string(), "2026-06-26T15:00:00Z");
        assert!(running.drawn_at.is_none());
    });
}

/// ROT-07, D-28
#[test]
fn without_a_next_hero_nothing_moves_and_whoever_stands_in_is_told() {
    each_desk(|desk| {
        activate(desk, &handbook());
        let id = ask(desk, "Blank", Some(Severity::Critical));
        assign(desk, id, "bo");
        let cy = person(desk, "cy").id;
        let away = Days { from: date(2026, 6, 15), to: date(2026, 6, 19) };
        desk.change(acting(desk, "cy"), move |tx, ctx| {
            desk::rota::absent(tx, ctx, cy, away).map(|_| ())
        })
        .unwrap();

        advance_to(desk, "2026-06-14T23:00:00Z");

        // The hero of the week before stands in: that is Bo.
        let notices = handed_over(desk);
        assert_eq!(notices.len(), 1);
        assert_eq!(notices[0].to, ["bo@acme.test"]);
        assert!(
            notices[0].text.starts_with("Nobody is hero of Session replay now"),
            "{:?}",
            notices[0]
        );
        assert_eq!(ticket(desk, id).ticket.assignee, Some(person(desk, "bo").id));
    });
}

/// ROT-07
#[test]
fn where_the_same_person_goes_on_nothing_moves_and_nobody_is_told() {
    each_desk(|desk| {
        activate(desk, &handbook());
        let id = ask(desk, "Blank", Some(Severity::Critical));
        assign(desk, id, "bo");
        let new = NewOverride {
            holder: "bo@acme.test".to_owned(),
            from: "2026-06-14T00:00".to_owned(),
            to: "2026-06-16T00:00".to_owned(),
            reason: String::new(),
        };
        desk.change(acting(desk, "cy"), move |tx, ctx| {
            desk::rota::give(tx, ctx, "replay", &new).map(|_| ())
        })
        .unwrap();

        advance_to(desk, "2026-06-14T23:00:00Z");

        assert!(handed_over(desk).is_empty());
        let handover = sheet(desk, WEEK).unwrap().handover;
        assert_eq!(handover.from, handover.to);
        assert_eq!(told(desk, WEEK), [(id.0, None, Some(Outcome::Left))]);
        // A team without a rota and a week ahead have no sheet.
        assert!(matches!(sheet(desk, date(2026, 6, 22)), Err(Error::NotFound)));
        let other = desk.look(desk.system(), |tx, ctx| {
            desk::handovers::read(tx, ctx, "support", WEEK).map(|_| ())
        });
        assert!(matches!(other, Err(Error::NotFound)));
    });
}
