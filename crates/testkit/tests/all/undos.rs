//! What one has just done is taken back, until the ticket changes again, on both engines.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use desk::texts::Body;
use desk::tickets::{Done, NewTicket, Person, Reply, Update};
use desk::undos::{self, Deed};
use desk::{Ctx, Error};
use domain::actions::{Object, Used, Value};
use domain::{Actor, Channel, Level, Role, Severity, Status, Ticket, TicketId};
use jiff::SignedDuration;
use testkit::{TrialDesk, each_desk};

fn acting(desk: &TrialDesk, name: &str) -> Ctx {
    let email = format!("{name}@acme.test");
    let user = desk.look(desk.system(), move |tx, _| desk::sessions::candidate(tx, &email));
    let id = user.unwrap().unwrap().id;
    desk.system().acting_as(Actor::Person { id, role: Role::Agent })
}

fn ask(desk: &TrialDesk) -> TicketId {
    let person = Person::Address { email: "kim@example.test".to_owned(), name: None };
    let mut new = NewTicket::request(person, "It broke", Body::plain("Help."), Channel::App);
    new.severity = Some(Severity::Critical);
    let ctx = desk.system().acting_as(Actor::Anonymous);
    let done = desk.change(ctx, move |tx, ctx| desk::tickets::open(tx, ctx, &new));
    done.unwrap().stored.ticket.id
}

fn change(desk: &TrialDesk, who: &str, id: TicketId, update: Update) -> Done {
    let ctx = acting(desk, who);
    desk.change(ctx, move |tx, ctx| desk::tickets::update(tx, ctx, id, &update)).unwrap()
}

fn load(desk: &TrialDesk, id: TicketId) -> Ticket {
    desk.look(desk.system(), move |tx, ctx| desk::tickets::show(tx, ctx, id)).unwrap().ticket
}

fn take_back(desk: &TrialDesk, who: &str, done: &Done) -> Result<Ticket, Error> {
    let (id, audit) = (done.stored.ticket.id, done.audit);
    let back = move |tx: &mut desk::Tx<'_>, ctx: &Ctx| undos::take_back(tx, ctx, id, audit);
    desk.change(acting(desk, who), back).map(|taken| taken.done.stored.ticket)
}

/// A press on a button of the workspace, and what it can be taken back with.
fn press(desk: &TrialDesk, who: &str, id: TicketId, update: Update) -> Done {
    let ctx = acting(desk, who).pressed();
    desk.change(ctx, move |tx, ctx| desk::tickets::update(tx, ctx, id, &update)).unwrap()
}

fn trigger(desk: &TrialDesk, title: &str, condition: &str, does: &[(&str, Value)]) {
    let actions = does
        .iter()
        .map(|(field, value)| Object { field: (*field).to_owned(), value: value.clone() });
    let input = desk::rules::Input {
        title: Some(title.to_owned()),
        condition: Some(condition.to_owned()),
        actions: Some(actions.collect()),
        active: Some(true),
        ..desk::rules::Input::default()
    };
    let Actor::Person { id, .. } = acting(desk, "ada").actor else { unreachable!() };
    let admin = desk.system().acting_as(Actor::Person { id, role: Role::Admin });
    desk.change(admin, move |tx, ctx| desk::rules::create(tx, ctx, Used::Trigger, &input)).unwrap();
}

/// A trigger that tags, notes and tells the team, and one that acts because of the first.
fn two_triggers(desk: &TrialDesk) {
    let team = load(desk, ask(desk)).team.to_string();
    let one = |text: &str| Value::One(text.to_owned());
    trigger(
        desk,
        "Solved",
        "status:solved",
        &[
            ("current_tags", one("done")),
            ("comment_value", one("Was it a bug?")),
            ("notification_group", Value::Many(vec![team, "Solved".into(), "Look.".into()])),
        ],
    );
    trigger(desk, "Grade", "tags:done", &[("priority", one("low"))]);
}

/// The tickets whose log does not follow from what people and rules did.
fn unexplained(desk: &TrialDesk) -> Vec<TicketId> {
    let read = |tx: &mut desk::Tx<'_>, ctx: &Ctx| {
        let live = desk::replay::live_handbooks(tx)?;
        Ok((desk::replay::read(tx, ctx, desk::replay::Scope::newest(None, 100))?, live))
    };
    let (batch, live) = desk.look(acting(desk, "ada"), read).unwrap();
    assert!(!batch.is_empty());
    batch.unexplained(&live, &desk.handbook())
}

/// What waits to be posted, and when it may leave.
fn posts(desk: &TrialDesk) -> Vec<jiff::Timestamp> {
    let all = desk.look(desk.system(), |tx, _| {
        Ok(store::outbox::in_state(tx, "pending", domain::DeliveryId(0), 100)?)
    });
    let all = all.unwrap().into_iter();
    all.filter(|one| one.delivery.subject == "Solved").map(|one| one.due_at).collect()
}

/// A ticket but for how often and when it changed.
fn standing(ticket: &Ticket) -> Ticket {
    Ticket { seq: 0, updated_at: ticket.created_at, ..ticket.clone() }
}

fn solved() -> Update {
    Update { status: Some(Status::Solved), ..Update::default() }
}

#[test]
fn what_was_solved_too_early_stands_as_before_with_the_same_promise() {
    each_desk(|desk| {
        let id = ask(desk);
        change(desk, "ada", id, Update { add_tags: vec!["beta".to_owned()], ..Update::default() });
        let before = load(desk, id);
        assert!(before.due_at().is_some(), "somebody waits for an answer");
        desk.advance(SignedDuration::from_mins(5));

        let done = change(desk, "ada", id, solved());
        assert!(load(desk, id).due_at().is_none());
        desk.advance(SignedDuration::from_mins(5));
        let after = take_back(desk, "ada", &done).unwrap();

        assert_eq!(standing(&after), standing(&before));
        assert_eq!(after.seq, before.seq + i64::try_from(done.events.len()).unwrap() + 1);
        assert_eq!(load(desk, id), after);
        let log = desk.look(desk.system(), move |tx, ctx| desk::tickets::events(tx, ctx, id));
        let log = log.unwrap();
        let events = log.iter().map(|envelope| (envelope.at, &envelope.event));
        assert_eq!(Ticket::replay(id, events).unwrap(), after, "the log adds up to it");
    });
}

#[test]
fn what_triggers_did_because_of_it_is_taken_back_along() {
    each_desk(|desk| {
        two_triggers(desk);
        let id = ask(desk);
        let before = load(desk, id);
        desk.advance(SignedDuration::from_secs(60));

        let done = press(desk, "ada", id, solved());
        let between = load(desk, id);
        assert_eq!((between.tags.clone(), between.priority), (vec!["done".to_owned()], Level::Low));
        let pressed = desk.clock().now();
        assert_eq!(
            posts(desk),
            [pressed + SignedDuration::from_secs(10)],
            "it waits as a reply does"
        );
        let comments = |desk: &TrialDesk| {
            let ours = store::comments::Whose::Ours;
            let count =
                move |tx: &mut desk::Tx<'_>, _: &Ctx| Ok(store::comments::count(tx, id, ours)?);
            desk.look(desk.system(), count).unwrap()
        };
        assert_eq!(comments(desk), 2);

        let audit = done.audit;
        let back = move |tx: &mut desk::Tx<'_>, ctx: &Ctx| undos::take_back(tx, ctx, id, audit);
        let taken = desk.change(acting(desk, "ada"), back).unwrap();

        assert!(!taken.left);
        assert_eq!(standing(&load(desk, id)), standing(&before));
        assert_eq!((posts(desk).len(), comments(desk)), (0, 1));
        assert_eq!(unexplained(desk), []);
        let log =
            desk.look(desk.system(), move |tx, ctx| desk::tickets::events(tx, ctx, id)).unwrap();
        let calendar = desk.handbook().company_calendar().clone();
        let metrics = domain::Metrics::of(&log, &calendar).unwrap();
        assert_eq!((metrics.solved_at, metrics.first_resolution), (None, None));
    });
}

#[test]
fn what_left_meanwhile_stays_and_that_is_said() {
    each_desk(|desk| {
        two_triggers(desk);
        let id = ask(desk);
        let before = load(desk, id);
        desk.advance(SignedDuration::from_secs(60));

        let done = press(desk, "ada", id, solved());
        desk.advance(SignedDuration::from_secs(11));
        assert!(desk.sent("notification").iter().any(|one| one.subject == "Solved"));
        let audit = done.audit;
        let back = move |tx: &mut desk::Tx<'_>, ctx: &Ctx| undos::take_back(tx, ctx, id, audit);
        let taken = desk.change(acting(desk, "ada"), back).unwrap();

        assert!(taken.left);
        assert_eq!(standing(&load(desk, id)), standing(&before));
    });
}

#[test]
fn a_reply_is_taken_back_with_what_triggers_did_because_of_it() {
    each_desk(|desk| {
        two_triggers(desk);
        let id = ask(desk);
        let before = load(desk, id);
        desk.advance(SignedDuration::from_secs(60));
        let body = Body::plain("Try again.");
        let comment = Some(Reply { body, public: Some(true), author: None, details: None });

        let done = press(desk, "ada", id, Update { comment, ..solved() });
        assert_eq!(load(desk, id).tags, ["done"]);
        let comment = done.events.iter().find_map(|one| match one.event {
            domain::Event::Commented { comment, .. } => Some(comment),
            _ => None,
        });
        let taken = desk.change(acting(desk, "ada"), move |tx, ctx| {
            desk::tickets::take_back(tx, ctx, id, comment.unwrap())
        });

        assert!(!taken.unwrap().left);
        assert_eq!(standing(&load(desk, id)), standing(&before));
        assert_eq!(posts(desk).len(), 0);
        assert_eq!(unexplained(desk), []);
    });
}

#[test]
fn tags_that_were_taken_back_are_not_found_any_more() {
    each_desk(|desk| {
        let id = ask(desk);
        let add_tags = vec!["vip".to_owned()];
        let done = change(desk, "ada", id, Update { add_tags, ..Update::default() });
        let found = |desk: &TrialDesk| {
            desk.look(desk.system(), |tx, ctx| desk::tickets::tags_with(tx, ctx, "v", 9)).unwrap()
        };
        assert_eq!(found(desk), ["vip"]);

        take_back(desk, "ada", &done).unwrap();

        assert_eq!(found(desk), Vec::<String>::new());
    });
}

#[test]
fn nothing_is_taken_back_after_the_next_change_or_by_somebody_else() {
    each_desk(|desk| {
        let id = ask(desk);
        let done = change(desk, "ada", id, solved());
        assert!(matches!(take_back(desk, "dee", &done), Err(Error::Conflict(_))));

        let add_tags = vec!["late".to_owned()];
        change(desk, "dee", id, Update { add_tags, ..Update::default() });
        let before = load(desk, id);
        assert!(matches!(take_back(desk, "ada", &done), Err(Error::Conflict(_))));

        assert_eq!(load(desk, id), before, "nothing was half undone");
    });
}

#[test]
fn an_answer_that_left_is_not_taken_back() {
    each_desk(|desk| {
        let id = ask(desk);
        let reply = Reply {
            body: Body::plain("Try again."),
            public: Some(true),
            author: None,
            details: None,
        };
        let done = change(desk, "ada", id, Update { comment: Some(reply), ..solved() });

        assert!(matches!(take_back(desk, "ada", &done), Err(Error::Conflict(_))));

        let mut deed = Deed::default();
        deed.count(&done);
        assert_eq!((deed.changed, deed.sets), (1, Vec::new()));
    });
}

#[test]
fn what_is_due_meanwhile_comes_due_once_it_is_taken_back() {
    each_desk(|desk| {
        let id = ask(desk);
        let due = load(desk, id).due_at().unwrap();
        let done = change(desk, "ada", id, solved());
        let wait = due.duration_since(desk.clock().now()) + SignedDuration::from_hours(1);
        desk.advance(wait);

        take_back(desk, "ada", &done).unwrap();
        desk.advance(SignedDuration::from_mins(1));

        let ticket = load(desk, id);
        assert_eq!((ticket.status, ticket.due_at()), (Status::New, Some(due)));
        let log = desk.look(desk.system(), move |tx, ctx| desk::tickets::events(tx, ctx, id));
        let breached = log.unwrap().into_iter().filter(|one| one.event.kind() == "breached");
        assert_eq!(breached.map(|one| one.at).collect::<Vec<_>>().len(), 1);
    });
}

#[test]
fn one_has_one_s_own_last_deed_and_nobody_else_s() {
    each_desk(|desk| {
        let id = ask(desk);
        let done = change(desk, "ada", id, solved());
        let mut deed = Deed { what: ("status".into(), "solved".into()), ..Deed::default() };
        deed.count(&done);
        let kept = deed.clone();
        let name = desk
            .change(acting(desk, "ada"), move |tx, ctx| undos::remember(tx, ctx, &kept))
            .unwrap();

        let (one, other) = (name.clone(), name.clone());
        let ada = desk.look(acting(desk, "ada"), |tx, ctx| undos::show(tx, ctx, None)).unwrap();
        let dee = desk.look(acting(desk, "dee"), move |tx, ctx| undos::show(tx, ctx, Some(&one)));
        assert_eq!((ada.id, ada.deed), (name, deed));
        assert!(matches!(dee, Err(Error::NotFound)));

        desk.change(acting(desk, "ada"), move |tx, ctx| undos::forget(tx, ctx, &other)).unwrap();
        let gone = desk.look(acting(desk, "ada"), |tx, ctx| undos::show(tx, ctx, None));
        assert!(matches!(gone, Err(Error::NotFound)));
    });
}

/// A reply can be taken back while it waits; one that left at once cannot, and no way back is offered.
#[test]
fn only_what_has_not_left_is_offered_to_be_taken_back() {
    each_desk(|desk| {
        let reply = || Update {
            comment: Some(Reply {
                body: Body::plain("Try again."),
                public: Some(true),
                author: None,
                details: None,
            }),
            ..Update::default()
        };
        let kept = |done: &Done| {
            let mut deed = Deed::default();
            deed.count(done);
            let look = move |tx: &mut desk::Tx<'_>, ctx: &Ctx| {
                let mut deed = deed.clone();
                undos::drop_what_left(tx, ctx, &mut deed).map(|()| deed.can_be_undone())
            };
            desk.look(acting(desk, "ada"), look).unwrap()
        };
        let (at_once, waits) = (ask(desk), ask(desk));
        let at_once = change(desk, "ada", at_once, reply());
        let waits = press(desk, "ada", waits, reply());

        assert!(!kept(&at_once) && kept(&waits));
        desk.advance(SignedDuration::from_secs(11));
        assert!(!kept(&waits), "it has left");
    });
}
