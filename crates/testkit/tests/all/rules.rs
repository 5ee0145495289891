//! Triggers and automations on both engines: they act once, in order, end, and leave a log that replays.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use desk::rules::{Input, Run, Trial};
use desk::texts::Body;
use desk::tickets::{NewTicket, Person, Reply, Update};
use desk::{Ctx, Error, Page};
use domain::actions::{Object, Used, Value};
use domain::rules::Rule;
use domain::{Actor, Channel, Event, Role, RuleId, Severity, Status, Ticket, TicketId, User};
use jiff::SignedDuration;
use testkit::{TrialDesk, each_desk};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn person(desk: &TrialDesk, name: &str) -> User {
    let email = format!("{name}@acme.test");
    desk.look(desk.system(), move |tx, _| desk::sessions::candidate(tx, &email)).unwrap().unwrap()
}

fn acting(desk: &TrialDesk, name: &str, role: Role) -> Ctx {
    let id = person(desk, name).id;
    desk.system().acting_as(Actor::Person { id, role })
}

fn admin(desk: &TrialDesk) -> Ctx {
    acting(desk, "ada", Role::Admin)
}

fn ask(desk: &TrialDesk, subject: &str, severity: Option<Severity>) -> TicketId {
    let person = Person::Address { email: "kim@customer.test".to_owned(), name: None };
    let mut new = NewTicket::request(person, subject, Body::plain("It broke."), Channel::App);
    new.severity = severity;
    let ctx = desk.system().acting_as(Actor::Anonymous);
    desk.change(ctx, move |tx, ctx| desk::tickets::open(tx, ctx, &new)).unwrap().stored.ticket.id
}

fn update(desk: &TrialDesk, id: TicketId, update: Update) -> Ticket {
    let ctx = acting(desk, "ada", Role::Agent);
    let done = desk.change(ctx, move |tx, ctx| desk::tickets::update(tx, ctx, id, &update));
    done.unwrap().stored.ticket
}

fn tag(desk: &TrialDesk, id: TicketId, tag: &str) -> Ticket {
    update(desk, id, Update { add_tags: vec![tag.to_owned()], ..Update::default() })
}

fn reply(desk: &TrialDesk, id: TicketId, status: Status) -> Ticket {
    let body = Body::plain("Try again.");
    let comment = Some(Reply { body, public: Some(true), author: None, details: None });
    update(desk, id, Update { comment, status: Some(status), ..Update::default() })
}

fn ticket(desk: &TrialDesk, id: TicketId) -> Ticket {
    let stored = desk.look(desk.system(), move |tx, ctx| desk::tickets::show(tx, ctx, id));
    stored.unwrap().ticket
}

fn actions(list: &[(&str, &str)]) -> Vec<Object> {
    let one = |(field, value): &(&str, &str)| {
        let parts: Vec<String> = value.split('|').map(str::to_owned).collect();
        let value = match parts.as_slice() {
            [one] => Value::One(one.clone()),
            _ => Value::Many(parts),
        };
        Object { field: (*field).to_owned(), value }
    };
    list.iter().map(one).collect()
}

fn input(title: &str, condition: &str, does: &[(&str, &str)]) -> Input {
    Input {
        title: Some(title.to_owned()),
        condition: Some(condition.to_owned()),
        actions: Some(actions(does)),
        active: Some(true),
        ..Input::default()
    }
}

fn make(desk: &TrialDesk, used: Used, input: Input) -> Result<Rule, Error> {
    desk.change(admin(desk), move |tx, ctx| desk::rules::create(tx, ctx, used, &input))
}

fn trigger(desk: &TrialDesk, title: &str, condition: &str, does: &[(&str, &str)]) -> RuleId {
    make(desk, Used::Trigger, input(title, condition, does)).unwrap().id
}

fn automation(desk: &TrialDesk, title: &str, condition: &str, does: &[(&str, &str)]) -> RuleId {
    make(desk, Used::Automation, input(title, condition, does)).unwrap().id
}

fn runs(desk: &TrialDesk, id: RuleId) -> Vec<Run> {
    desk.look(admin(desk), move |tx, ctx| desk::rules::runs(tx, ctx, id, &Page::first(100)))
        .unwrap()
}

fn outcomes(desk: &TrialDesk, id: RuleId) -> Vec<String> {
    runs(desk, id).into_iter().map(|run| run.outcome).collect()
}

/// What the log names, and that it adds up to what is stored.
fn log(desk: &TrialDesk, id: TicketId) -> Vec<String> {
    let log = desk.look(desk.system(), move |tx, ctx| desk::tickets::events(tx, ctx, id)).unwrap();
    let events = log.iter().map(|one| (one.at, &one.event));
    assert_eq!(Ticket::replay(id, events).unwrap(), ticket(desk, id));
    log.iter()
        .filter(|one| matches!(one.event, Event::Applied(_)))
        .map(|one| format!("{} {}", one.actor_kind, one.actor_id))
        .collect()
}

#[test]
fn a_trigger_acts_in_the_change_that_it_asks_for_and_once() {
    each_desk(|desk| {
        let rule = trigger(
            desk,
            "Sort criticals",
            "update:created severity:critical",
            &[("group_id", "2"), ("current_tags", "sorted"), ("priority", "urgent")],
        );

        let id = ask(desk, "Flags are off", Some(Severity::Critical));
        let other = ask(desk, "A question", None);

        let first = ticket(desk, id);
        assert_eq!(first.tags, ["sorted"]);
        assert_eq!(first.team.0, 2);
        assert_eq!(first.level_override.as_ref().unwrap().reason, "trigger Sort criticals");
        assert_eq!(ticket(desk, other).tags, Vec::<String>::new());
        assert_eq!(log(desk, id), ["rule Sort criticals"]);
        assert_eq!(outcomes(desk, rule), ["acted"]);
        tag(desk, id, "more");
        assert_eq!(outcomes(desk, rule), ["acted"], "it is not new any more");
    });
}

#[test]
fn triggers_act_by_position_and_see_what_the_ones_before_them_did() {
    each_desk(|desk| {
        // Made in the wrong order: the second one looks for what the first one adds.
        trigger(
            desk,
            "Second",
            "tags:first changed:tags -tags:second",
            &[("current_tags", "second")],
        );
        trigger(desk, "First", "changed:tags -tags:first", &[("current_tags", "first")]);
        let id = ask(desk, "Order", None);

        let after = tag(desk, id, "go");

        assert_eq!(after.tags, ["first", "go", "second"]);
        assert_eq!(log(desk, id), ["rule First", "rule Second"]);
    });
}

#[test]
fn triggers_that_undo_each_other_end_and_say_so() {
    each_desk(|desk| {
        let on = trigger(desk, "On", "changed:tags -tags:x", &[("current_tags", "x")]);
        let off = trigger(desk, "Off", "changed:tags tags:x", &[("remove_tags", "x")]);
        let id = ask(desk, "Round and round", None);

        let after = tag(desk, id, "go");

        assert_eq!(after.tags, ["go"]);
        assert_eq!(log(desk, id), ["rule On", "rule Off"]);
        assert_eq!(outcomes(desk, on), ["acted", "stopped"]);
        assert_eq!(outcomes(desk, off), ["acted"]);
        assert!(runs(desk, on)[1].details[0].contains("other triggers undid"));
    });
}

#[test]
fn many_triggers_stop_at_a_limit_and_the_change_itself_stays() {
    each_desk(|desk| {
        for n in 0..60 {
            let tag = format!("t{n}");
            trigger(desk, &tag, "update:changed", &[("current_tags", &tag)]);
        }
        let id = ask(desk, "Many", None);

        let after = tag(desk, id, "go");

        assert_eq!(after.tags.len(), 51, "50 of them and the change itself");
        assert_eq!(outcomes(desk, RuleId(51)), ["stopped"]);
    });
}

/// SLA-05, PR-11: what the desk does not allow is left out and said
#[test]
fn what_the_desk_refuses_is_left_out_and_written_down() {
    each_desk(|desk| {
        let rule = trigger(
            desk,
            "Solve it",
            "update:created",
            &[("status", "solved"), ("assignee_id", "3"), ("current_tags", "seen")],
        );
        let id = ask(desk, "Promised", Some(Severity::Critical));

        let after = ticket(desk, id);
        assert_eq!(after.tags, ["seen"], "the rest happens");
        assert_eq!(after.status, Status::Open, "somebody has it, and an answer is promised");
        assert!(after.current_clock().is_some());
        let run = &runs(desk, rule)[0];
        assert_eq!(run.outcome, "refused");
        assert!(run.details.iter().any(|why| why.contains("only people give")), "{run:?}");
        log(desk, id);
    });
}

/// SLA-05: a rule's words are a note, stop no clock, leave nowhere and are nobody's answer
#[test]
fn a_rule_writes_notes_and_tells_our_own_people() {
    each_desk(|desk| {
        let bo = person(desk, "bo").id.to_string();
        trigger(
            desk,
            "Look here",
            "update:created",
            &[
                (
                    "comment_value",
                    "**{{ticket.title}}** by {{ticket.requester.email}} {{nobody.knows}}",
                ),
                ("notification_user", &format!("{bo}||About #{{{{ticket.id}}}}")),
                ("notification_group", "1|New|{{ticket.title}}"),
            ],
        );

        let id = ask(desk, "Flags [off](http://x)", Some(Severity::Critical));

        let after = ticket(desk, id);
        assert_eq!(after.replied_at, None);
        assert!(after.current_clock().is_some());
        let said = desk
            .look(desk.system(), move |tx, ctx| {
                desk::tickets::comments(tx, ctx, id, &Page::first(10))
            })
            .unwrap();
        let note = &said[1];
        assert!(!note.public);
        assert_eq!(
            note.body,
            "**Flags \\[off\\](http://x)** by kim@customer.test {{nobody.knows}}"
        );
        let posts = desk.sent("notification");
        let post =
            posts.iter().find(|post| post.channel == "slack" && post.subject == "New").unwrap();
        assert!(post.text.starts_with("Flags [off](http://x)\n"), "{}", post.text);
        let mail = posts.iter().find(|post| post.channel == "email").unwrap();
        assert_eq!(mail.to, ["bo@acme.test"]);
        assert!(mail.text.contains(&format!("Look here”: About #{id}")), "{}", mail.text);
        assert!(desk.sent("reply").is_empty());
    });
}

#[test]
fn a_change_is_told_from_what_was_before() {
    each_desk(|desk| {
        let rule = trigger(
            desk,
            "Back from pending",
            "was_status:pending changed:status update:by_customer update:public_comment",
            &[("current_tags", "again")],
        );
        let id = ask(desk, "Again", None);
        reply(desk, id, Status::Pending);
        assert_eq!(outcomes(desk, rule), [""; 0]);
        let kim = ticket(desk, id).requester;
        let body = Body::plain("Still broken.");
        let comment = Some(Reply { body, public: None, author: None, details: None });
        let writes = Update { comment, ..Update::default() };
        let ctx = desk.system().acting_as(Actor::Person { id: kim, role: Role::EndUser });
        desk.change(ctx, move |tx, ctx| desk::tickets::update(tx, ctx, id, &writes)).unwrap();

        assert_eq!(ticket(desk, id).tags, ["again"]);
        assert_eq!(outcomes(desk, rule), ["acted"]);
    });
}

#[test]
fn an_automation_acts_when_its_time_has_come_and_once() {
    each_desk(|desk| {
        let rule = automation(
            desk,
            "Ask again",
            "status:pending in_status<48hours -tags:asked",
            &[("current_tags", "asked"), ("comment_value", "Waits since {{ticket.status}}.")],
        );
        let id = ask(desk, "Waiting", None);
        reply(desk, id, Status::Pending);
        desk.advance(HOUR * 48);
        assert_eq!(ticket(desk, id).tags, Vec::<String>::new(), "longer than 48 hours, not 48");

        desk.advance(SignedDuration::from_secs(1));

        assert_eq!(ticket(desk, id).tags, ["asked"]);
        assert_eq!(log(desk, id), ["rule Ask again"]);
        desk.advance(HOUR * 72);
        assert_eq!(outcomes(desk, rule), ["acted"]);
    });
}

#[test]
fn an_automation_finds_the_tickets_that_were_there_before_it() {
    each_desk(|desk| {
        let ids: Vec<TicketId> = (0..5).map(|n| ask(desk, &format!("Old {n}"), None)).collect();
        desk.advance(HOUR * 30);
        let rule =
            automation(desk, "Old ones", "created<24hours -tags:old", &[("current_tags", "old")]);
        desk.advance(SignedDuration::ZERO);

        for id in ids {
            assert_eq!(ticket(desk, id).tags, ["old"]);
        }
        assert_eq!(runs(desk, rule).len(), 5);
        // One that is changed so that it fits is looked at an hour later.
        let late = ask(desk, "Late", None);
        desk.advance(HOUR * 30);
        let without = Update { remove_tags: vec!["old".to_owned()], ..Update::default() };
        assert_eq!(update(desk, late, without).tags, Vec::<String>::new());
        desk.advance(HOUR);
        assert_eq!(ticket(desk, late).tags, ["old"]);
    });
}

#[test]
fn an_automation_that_would_not_end_is_refused() {
    each_desk(|desk| {
        let refused = |condition: &str, does: &[(&str, &str)]| -> String {
            match make(desk, Used::Automation, input("X", condition, does)) {
                Err(Error::Invalid(errors)) => errors[0].description.clone(),
                other => panic!("{condition}: {other:?}"),
            }
        };
        let add = [("current_tags", "x")];
        assert!(refused("status:open", &add).contains("needs one about time"));
        assert!(refused("created<24hours", &add).contains("nothing stops it"));
        assert!(refused("created<24hours tags:x", &add).contains("nothing stops it"));
        assert!(refused("created<24hours -tags:y", &add).contains("nothing stops it"));
        assert!(refused("created<24hours changed:status -tags:x", &add).contains("only a trigger"));
        assert!(refused("created<24hours colour:red", &add).contains("no such property"));
        for (condition, does) in [
            ("created<24hours -tags:x", ("current_tags", "x")),
            ("created<24hours tags:x", ("remove_tags", "x")),
            ("in_status<24hours status:solved", ("status", "closed")),
            ("in_status<24hours status<pending", ("status", "pending")),
            ("assigned<24hours -priority:high", ("priority", "high")),
            ("created<24hours created>25hours", ("comment_value", "A day old.")),
            ("due<+2hours assignee:none", ("assignee_id", "3")),
        ] {
            make(desk, Used::Automation, input("X", condition, &[does])).unwrap();
        }
    });
}

#[test]
fn a_trial_tells_what_would_have_been_and_changes_nothing() {
    each_desk(|desk| {
        let id = ask(desk, "Tried", Some(Severity::Critical));
        tag(desk, id, "vip");
        reply(desk, id, Status::Pending);
        let before = ticket(desk, id);
        let try_it = |used: Used, condition: &str, does: &[(&str, &str)]| -> Trial {
            let input = input("Tried", condition, does);
            desk.look(admin(desk), move |tx, ctx| desk::rules::trial(tx, ctx, used, None, &input))
                .unwrap()
        };

        let found = try_it(
            Used::Trigger,
            "changed:tags tags:vip",
            &[("priority", "urgent"), ("comment_value", "VIP")],
        );

        assert_eq!((found.tickets, found.found.len()), (1, 1));
        let kinds: Vec<&str> = found.found[0].events.iter().map(Event::kind).collect();
        assert!(
            kinds.contains(&"priority_overridden") && kinds.contains(&"commented"),
            "{kinds:?}"
        );
        assert_eq!(try_it(Used::Trigger, "tags:nothing", &[("priority", "urgent")]).found.len(), 0);
        let found = try_it(
            Used::Automation,
            "status:pending in_status>1hours -tags:x",
            &[("current_tags", "x")],
        );
        assert_eq!(found.found.len(), 1);
        assert_eq!(ticket(desk, id), before, "nothing is changed");
        let sent = desk.sent("notification").len();
        try_it(Used::Trigger, "tags:vip", &[("notification_group", "1||Hello")]);
        assert_eq!(desk.sent("notification").len(), sent, "nothing is sent");
    });
}

#[test]
fn rules_are_for_admins_and_have_an_end() {
    each_desk(|desk| {
        let refused = desk.change(acting(desk, "bo", Role::Agent), |tx, ctx| {
            desk::rules::create(
                tx,
                ctx,
                Used::Trigger,
                &input("X", "status:open", &[("status", "pending")]),
            )
        });
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        // Stopping one stops it, and whoever names what is gone is told at its own log.
        let rule = trigger(desk, "Tag", "update:created", &[("current_tags", "new")]);
        let stop = Input { active: Some(false), ..Input::default() };
        desk.change(admin(desk), move |tx, ctx| {
            desk::rules::update(tx, ctx, Used::Trigger, rule, &stop)
        })
        .unwrap();
        let id = ask(desk, "Quiet", None);
        assert_eq!(ticket(desk, id).tags, Vec::<String>::new());
    });
}
