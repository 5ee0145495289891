//! The log is the truth: whatever happens to tickets, replaying their events gives what is stored, on both engines.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::cell::RefCell;
use std::collections::BTreeMap;

use desk::organizations::Input;
use desk::replay::{Batch, Scope};
use desk::texts::Body;
use desk::tickets::{NewTicket, Person, Reply, Said, Update};
use desk::{Ctx, Error};
use domain::replay::Sum;
use domain::{
    Actor, Channel, ClockState, Event, Level, OrganizationId, Role, Severity, Status, Ticket,
    TicketId, UserId,
};
use jiff::SignedDuration;
use testkit::{TrialDesk, each_desk};

/// A generator with a seed, so that both engines live through the same story.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[usize::try_from(self.roll(list.len() as u64)).unwrap()]
    }
}

struct Story<'d> {
    desk: &'d TrialDesk,
    dice: Dice,
    /// Dice of their own, so that stories without regrets stay as they are.
    regrets: Dice,
    tickets: Vec<(TicketId, UserId)>,
    agents: Vec<UserId>,
}

impl<'d> Story<'d> {
    fn begin(desk: &'d TrialDesk, seed: u64) -> Self {
        let agents = desk
            .look(desk.system(), |tx, ctx| {
                let mut agents = Vec::new();
                for email in ctx.handbook.teams.iter().flat_map(|team| &team.members) {
                    agents.extend(desk::sessions::candidate(tx, email)?.map(|user| user.id));
                }
                Ok(agents)
            })
            .unwrap();
        Self { desk, dice: Dice(seed), regrets: Dice(!seed), tickets: Vec::new(), agents }
    }

    /// The organization that all customers belong to.
    fn organization(&self) -> OrganizationId {
        let new = Input {
            name: Some("Example".into()),
            domains: Some(vec!["example.test".into()]),
            ..Input::default()
        };
        let made = self
            .desk
            .change(self.desk.system(), move |tx, ctx| desk::organizations::create(tx, ctx, &new));
        made.unwrap().id
    }

    /// The organization's plan becomes another one.
    fn plan(&mut self, id: OrganizationId) {
        let flag = self.dice.roll(2) == 0;
        let fact = *self.dice.pick(&["trial", "card"]);
        let fields = serde_json::json!({ fact: flag }).as_object().cloned().unwrap_or_default();
        let change = Input { fields, ..Input::default() };
        self.desk
            .change(self.desk.system(), move |tx, ctx| {
                desk::organizations::update(tx, ctx, id, &change).map(|_| ())
            })
            .unwrap();
    }

    /// Another handbook is put in force.
    fn activate(&self, text: &str) {
        let handbook = handbook::Handbook::parse(text).unwrap();
        let (parsed, text) = (handbook.clone(), text.to_owned());
        self.desk
            .change(self.desk.system(), move |tx, ctx| {
                desk::handbooks::activate(tx, ctx, &parsed, &text)
            })
            .unwrap();
        self.desk.set_handbook(handbook);
    }

    fn as_person(&self, id: UserId, role: Role) -> Ctx {
        self.desk.ctx(Actor::Person { id, role }, Channel::Api)
    }

    fn ask(&mut self) {
        let email = format!("customer{}@example.test", self.dice.roll(4));
        let mut new = NewTicket::request(
            Person::Address { email, name: None },
            "Something is wrong",
            Body::plain("It does not work."),
            Channel::Web,
        );
        new.severity = *self.dice.pick(&[
            None,
            Some(Severity::Critical),
            Some(Severity::High),
            Some(Severity::Low),
        ]);
        let ctx = self.desk.ctx(Actor::Anonymous, Channel::Web);
        let done =
            self.desk.change(ctx, move |tx, ctx| desk::tickets::open(tx, ctx, &new)).unwrap();
        self.tickets.push((done.stored.ticket.id, done.stored.ticket.requester));
    }

    fn act(&mut self) {
        let (id, requester) = *self.dice.pick(&self.tickets);
        let agent = *self.dice.pick(&self.agents);
        let role = *self.dice.pick(&[Role::Agent, Role::Admin]);
        let says = |public| {
            Some(Reply {
                body: Body::markdown("**Words**"),
                public: Some(public),
                author: None,
                details: None,
            })
        };
        let now = self.desk.clock().now();
        let (ctx, update) = match self.dice.roll(16) {
            0..=2 => {
                let status = *self.dice.pick(&[None, Some(Status::Pending), Some(Status::Solved)]);
                let undoable = self.dice.roll(2) == 0;
                let said = Update { comment: says(true), status, ..Update::default() };
                let ctx = self.as_person(agent, role);
                (if undoable { ctx.pressed() } else { ctx }, said)
            }
            3 => {
                (self.as_person(agent, role), Update { comment: says(false), ..Update::default() })
            }
            4 | 5 => (
                self.as_person(requester, Role::EndUser),
                Update { comment: says(true), ..Update::default() },
            ),
            6 => {
                let status =
                    *self.dice.pick(&[Status::Open, Status::Pending, Status::Solved, Status::New]);
                (self.as_person(agent, role), Update { status: Some(status), ..Update::default() })
            }
            7 => {
                let hold_until = Some(now + SignedDuration::from_hours(24 * 10));
                let update = Update { status: Some(Status::Hold), hold_until, ..Update::default() };
                (self.as_person(agent, role), update)
            }
            8 => {
                let severity = Some(*self.dice.pick(&[
                    None,
                    Some(Severity::Critical),
                    Some(Severity::Medium),
                ]));
                (self.as_person(agent, role), Update { severity, ..Update::default() })
            }
            9 => {
                let level =
                    *self.dice.pick(&[Level::Low, Level::Normal, Level::High, Level::Urgent]);
                (
                    self.as_person(agent, role),
                    Update {
                        level: Some(domain::ByHand { level, reason: "try".into(), until: None }),
                        ..Update::default()
                    },
                )
            }
            10 => {
                let until = Some(now + SignedDuration::from_hours(30));
                let level = domain::ByHand { level: Level::High, reason: "a day".into(), until };
                (self.as_person(agent, role), Update { level: Some(level), ..Update::default() })
            }
            11 => (
                self.as_person(agent, role),
                Update { assignee: Some(Some(agent)), ..Update::default() },
            ),
            12 | 13 => return self.escalate(id, agent),
            14 => return self.merge(id, agent),
            _ => return self.set_aside(id, agent),
        };
        let undoable = ctx.pressed_by.is_some();
        tolerate(self.desk.change(ctx.clone(), move |tx, ctx| {
            desk::tickets::update(tx, ctx, id, &update).map(|_| ())
        }));
        if undoable && self.dice.roll(2) == 0 {
            self.undo(id, ctx);
        }
    }

    /// The last reply is taken back, at once or after something else has happened.
    fn undo(&mut self, id: TicketId, ctx: Ctx) {
        if self.dice.roll(2) == 0 {
            let tags = Update { add_tags: vec!["seen".to_owned()], ..Update::default() };
            tolerate(self.desk.change(ctx.clone(), move |tx, ctx| {
                desk::tickets::update(tx, ctx, id, &tags).map(|_| ())
            }));
        }
        let log =
            self.desk.look(self.desk.system(), move |tx, ctx| desk::tickets::events(tx, ctx, id));
        let said = log.unwrap().iter().rev().find_map(|one| match one.event {
            Event::Commented { comment, answer: true, .. } => Some(comment),
            _ => None,
        });
        let Some(comment) = said else { return };
        let undone = self
            .desk
            .change(ctx, move |tx, ctx| desk::tickets::take_back(tx, ctx, id, comment).map(|_| ()));
        match undone {
            // The reply was refused, and the last one is another's or has left.
            Err(Error::NotFound | Error::Conflict(_)) => {}
            undone => tolerate(undone),
        }
    }

    /// One or two tickets go on in another one; or one of them stands for itself again.
    fn merge(&mut self, target: TicketId, agent: UserId) {
        let ctx = self.as_person(agent, Role::Agent);
        let mut sources: Vec<TicketId> = (0..=self.dice.roll(2))
            .map(|_| self.dice.pick(&self.tickets).0)
            .filter(|id| *id != target)
            .collect();
        sources.dedup();
        let back = self.dice.roll(3) == 0;
        tolerate(self.desk.change(ctx, move |tx, ctx| {
            if back || sources.is_empty() {
                desk::tickets::unmerge(tx, ctx, target).map(|_| ())
            } else {
                let said = Said::default();
                desk::tickets::merge(tx, ctx, target, &sources, &said).map(|_| ())
            }
        }));
    }

    /// Spam, no spam, or a message that becomes a ticket of its own.
    fn set_aside(&mut self, id: TicketId, agent: UserId) {
        let ctx = self.as_person(agent, Role::Agent);
        match self.dice.roll(3) {
            0 => tolerate(
                self.desk
                    .change(ctx, move |tx, ctx| desk::tickets::mark_spam(tx, ctx, id).map(|_| ())),
            ),
            1 => {
                tolerate(self.desk.change(ctx, move |tx, ctx| {
                    desk::tickets::unmark_spam(tx, ctx, id).map(|_| ())
                }));
            }
            _ => self.split(id, ctx),
        }
    }

    /// Whoever changed a ticket last takes that back now and then, if it can be.
    fn take_back(&mut self) {
        if self.regrets.roll(3) > 0 {
            return;
        }
        let (id, _) = *self.regrets.pick(&self.tickets);
        let log =
            self.desk.look(self.desk.system(), move |tx, ctx| desk::tickets::events(tx, ctx, id));
        let Some(last) = log.unwrap().pop() else { return };
        let Some(person) = last.person() else { return };
        let ctx = self.as_person(person, Role::Agent);
        match self
            .desk
            .change(ctx, move |tx, ctx| desk::undos::take_back(tx, ctx, id, last.audit).map(|_| ()))
        {
            Err(Error::Conflict(_)) => {}
            other => tolerate(other),
        }
    }

    fn split(&mut self, id: TicketId, ctx: Ctx) {
        let log =
            self.desk.look(self.desk.system(), move |tx, ctx| desk::tickets::events(tx, ctx, id));
        let asked = log.unwrap().iter().rev().find_map(|one| match one.event {
            Event::Commented { comment, ask: true, .. } => Some(comment),
            _ => None,
        });
        let Some(comment) = asked else { return };
        match self.desk.change(ctx, move |tx, ctx| {
            desk::tickets::split(tx, ctx, id, comment, "Something else")
        }) {
            Ok(done) => {
                let ticket = done.stored.ticket;
                self.tickets.push((ticket.id, ticket.requester));
            }
            Err(error) => tolerate(Err(error)),
        }
    }

    fn escalate(&mut self, id: TicketId, agent: UserId) {
        let ctx = self.as_person(agent, Role::Agent);
        let back = self.dice.roll(3) == 0;
        let teams =
            self.desk.look(self.desk.system(), |tx, _| desk::tickets::beside::teams(tx)).unwrap();
        let team = self.dice.pick(&teams).id;
        tolerate(self.desk.change(ctx, move |tx, ctx| {
            if back {
                desk::tickets::deescalate(tx, ctx, id).map(|_| ())
            } else {
                let note = Body::plain("why, tried, expected");
                desk::tickets::escalate(tx, ctx, id, team, &note, true).map(|_| ())
            }
        }));
    }
}

/// The rules may refuse; anything else is a fault.
fn tolerate(outcome: Result<(), Error>) {
    match outcome {
        Ok(()) | Err(Error::Refused(_) | Error::Invalid(_)) => {}
        Err(error) => panic!("{error:?}"),
    }
}

fn check(desk: &TrialDesk, id: TicketId) -> Vec<String> {
    let system = desk.system();
    let stored =
        desk.look(system.clone(), move |tx, ctx| desk::tickets::show(tx, ctx, id)).unwrap().ticket;
    let log = desk.look(system, move |tx, ctx| desk::tickets::events(tx, ctx, id)).unwrap();

    let replayed =
        Ticket::replay(id, log.iter().map(|envelope| (envelope.at, &envelope.event))).unwrap();
    assert_eq!(replayed, stored, "the log adds up to what is stored");
    assert!(log.iter().zip(1..).all(|(envelope, seq)| envelope.seq == seq), "no gap in the log");
    assert!(log.windows(2).all(|pair| pair[0].id < pair[1].id), "ids rise");
    let current = stored.clocks.iter().filter(|clock| clock.is_current()).count();
    assert!(current <= 1, "one current clock at most: {:?}", stored.clocks);
    let answered = log.iter().any(|one| matches!(one.event, Event::Commented { answer: true, .. }));
    let met = stored.clocks.iter().any(|clock| clock.state == ClockState::Met);
    assert!(answered || !met, "nothing is met without a reply");
    log.iter().map(|one| format!("{} {} {}", one.at, one.actor_kind, one.event.kind())).collect()
}

/// NF-03, SLA-08: the same story on both engines gives the same log, and every log its projection
#[test]
fn replaying_a_log_gives_the_stored_ticket() {
    for seed in 1..=3 {
        let seen: RefCell<Option<BTreeMap<i64, Vec<String>>>> = RefCell::new(None);
        each_desk(|desk| {
            let mut story = Story::begin(desk, seed);
            story.ask();
            for _ in 0..150 {
                match story.dice.roll(8) {
                    0 => story.ask(),
                    1 | 2 => {
                        let hours = story.dice.roll(60);
                        desk.advance(SignedDuration::from_hours(i64::try_from(hours).unwrap()));
                    }
                    _ => {
                        story.act();
                        story.take_back();
                    }
                }
            }
            desk.advance(SignedDuration::from_hours(24 * 60));

            let logs: BTreeMap<i64, Vec<String>> =
                story.tickets.iter().map(|(id, _)| (id.0, check(desk, *id))).collect();
            if let Some(before) = seen.borrow().as_ref() {
                assert_eq!(before, &logs, "both engines tell the same story");
            }
            *seen.borrow_mut() = Some(logs);
            testkit::recount::agrees(desk);
        });
    }
}

/// How many times everything is read, a page at a time.
fn batches(desk: &TrialDesk, scope: Scope) -> Vec<Batch> {
    let mut all = Vec::new();
    let mut scope = scope;
    loop {
        let batch =
            desk.look(desk.system(), move |tx, ctx| desk::replay::read(tx, ctx, scope)).unwrap();
        scope.before = batch.next;
        all.push(batch);
        if scope.before.is_none() {
            return all;
        }
    }
}

/// NF-05: a story under two handbooks, with plans that change; each change set decided anew by the handbook that was
/// live gives what was recorded, and another handbook gives something else
#[test]
fn the_handbooks_that_were_live_explain_every_recorded_decision() {
    let quicker = testkit::HANDBOOK
        .replace("first_reply = \"12h\"", "first_reply = \"6h\"")
        .replace("organization.trial", "organization.card")
        .replace("pending_solves_after = \"7d\"", "pending_solves_after = \"6d\"");
    each_desk(|desk| {
        let mut story = Story::begin(desk, 7);
        let organization = story.organization();
        story.ask();
        for turn in 0..300 {
            if turn == 150 {
                story.activate(&quicker);
            }
            match story.dice.roll(9) {
                0 => story.ask(),
                1 | 2 => {
                    let hours = story.dice.roll(50);
                    desk.advance(SignedDuration::from_hours(i64::try_from(hours).unwrap()));
                }
                3 => story.plan(organization),
                _ => {
                    story.act();
                    story.take_back();
                }
            }
        }
        desk.advance(SignedDuration::from_hours(24 * 3));
        let live = desk.look(desk.system(), |tx, _| desk::replay::live_handbooks(tx)).unwrap();
        let present = desk.handbook();

        let read = batches(desk, Scope::newest(None, 7));

        let unexplained: Vec<TicketId> =
            read.iter().flat_map(|batch| batch.unexplained(&live, &present)).collect();
        assert_eq!(unexplained, []);
        let mut sum = Sum::default();
        for one in read.iter().flat_map(|batch| batch.compare(&present)) {
            sum.add(&one.differences, one.breaches);
        }
        assert_eq!(sum.tickets, story.tickets.len() as u64);
        assert!(sum.different > 0 && sum.deadlines.sooner > 0, "{sum:?}");
        assert!(sum.different < sum.tickets, "what began under it is the same: {sum:?}");
    });
}

/// Triggers and automations of all sorts act in between: their change sets are explained as well.
#[test]
fn what_rules_did_is_explained_too() {
    use domain::actions::{Object, Used, Value};
    let rules = [
        (Used::Trigger, "changed:status status:pending", "current_tags", "waits"),
        (Used::Trigger, "update:by_customer -tags:wrote", "current_tags", "wrote"),
        (Used::Trigger, "changed:tags tags:wrote", "priority", "high"),
        (Used::Trigger, "update:public_comment", "area", "session_replay"),
        (Used::Trigger, "changed:team", "comment_value", "It is with {{ticket.group.name}} now."),
        (Used::Trigger, "update:created", "status", "solved"),
        (Used::Trigger, "changed:assignee", "severity", "low"),
        (Used::Trigger, "was_status:solved status:open", "assignee_id", ""),
        (Used::Automation, "in_status<30hours status:open -tags:slow", "current_tags", "slow"),
        (Used::Automation, "in_status<60hours status:pending", "status", "solved"),
        (Used::Automation, "solved<20hours status:solved", "status", "closed"),
    ];
    each_desk(|desk| {
        let mut story = Story::begin(desk, 11);
        let organization = story.organization();
        for (used, condition, field, value) in rules {
            let value = Value::One(value.to_owned());
            let input = desk::rules::Input {
                title: Some(condition.to_owned()),
                condition: Some(condition.to_owned()),
                actions: Some(vec![Object { field: field.to_owned(), value }]),
                active: Some(true),
                ..desk::rules::Input::default()
            };
            let make = move |tx: &mut desk::Tx<'_>, ctx: &Ctx| {
                desk::rules::create(tx, ctx, used, &input).map(|_| ())
            };
            desk.change(desk.system(), make).unwrap();
        }
        story.ask();
        for _ in 0..300 {
            match story.dice.roll(9) {
                0 => story.ask(),
                1 | 2 => {
                    let hours = story.dice.roll(50);
                    desk.advance(SignedDuration::from_hours(i64::try_from(hours).unwrap()));
                }
                3 => story.plan(organization),
                _ => story.act(),
            }
        }
        let live = desk.look(desk.system(), |tx, _| desk::replay::live_handbooks(tx)).unwrap();
        let present = desk.handbook();

        let read = batches(desk, Scope::newest(None, 7));

        let unexplained: Vec<TicketId> =
            read.iter().flat_map(|batch| batch.unexplained(&live, &present)).collect();
        assert_eq!(unexplained, []);
        let mut acted = 0;
        for (id, _) in story.tickets.clone() {
            let log = desk.look(desk.system(), move |tx, ctx| desk::tickets::events(tx, ctx, id));
            // A ticket that was deleted has no log for anybody.
            let Ok(log) = log else { continue };
            acted += log.iter().filter(|one| matches!(one.event, Event::Applied(_))).count();
            let stored = desk.look(desk.system(), move |tx, ctx| desk::tickets::show(tx, ctx, id));
            let events = log.iter().map(|one| (one.at, &one.event));
            assert_eq!(Ticket::replay(id, events).unwrap(), stored.unwrap().ticket);
        }
        assert!(acted > 100, "{acted}");
    });
}

/// Only what was opened since then, also where an older ticket has changed since.
#[test]
fn a_replay_goes_back_as_far_as_it_is_told() {
    each_desk(|desk| {
        let mut story = Story::begin(desk, 7);
        story.ask();
        desk.advance(SignedDuration::from_hours(1));
        let since = desk.clock().now();
        let scope = Scope::newest(Some(since), 2);
        let handbook = desk.handbook();
        assert!(batches(desk, scope).iter().all(|batch| batch.compare(&handbook).is_empty()));
        let old = story.tickets[0].0;
        story.ask();
        story.ask();
        story.ask();
        let agent = story.as_person(story.agents[0], Role::Agent);
        let update = Update { add_tags: vec!["old".into()], ..Update::default() };
        desk.change(agent, move |tx, ctx| desk::tickets::update(tx, ctx, old, &update)).unwrap();

        let read = batches(desk, scope);

        let seen: Vec<TicketId> = read
            .iter()
            .flat_map(|batch| batch.compare(&handbook))
            .map(|one| one.differences.ticket)
            .collect();
        let mut expected: Vec<TicketId> = story.tickets[1..].iter().map(|(id, _)| *id).collect();
        expected.reverse();
        assert_eq!(seen, expected, "the newest first");
    });
}

/// A requester who was erased is no obstacle, and nobody but an agent may replay.
#[test]
fn a_customer_may_not_replay() {
    each_desk(|desk| {
        let mut story = Story::begin(desk, 7);
        story.ask();
        let customer = story.as_person(story.tickets[0].1, Role::EndUser);
        let refused =
            desk.look(customer, |tx, ctx| desk::replay::read(tx, ctx, Scope::newest(None, 10)));
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    });
}

/// NF-02: everything that left, left once
#[test]
fn nothing_is_sent_twice() {
    each_desk(|desk| {
        let mut story =
            Story { desk, dice: Dice(99), regrets: Dice(1), tickets: Vec::new(), agents: vec![] };
        for _ in 0..5 {
            story.ask();
        }
        for _ in 0..5 {
            desk.advance(SignedDuration::from_hours(13));
        }
        let sent = desk
            .look(desk.system(), |tx, _| {
                desk::deliveries::all_sent(tx, domain::DeliveryId(0), 1000)
            })
            .unwrap();
        for (id, _) in &story.tickets {
            let of_ticket = |kind: &str| {
                sent.iter()
                    .filter(|one| one.delivery.ticket == Some(*id) && one.delivery.kind == kind)
                    .count()
            };
            assert_eq!(of_ticket("acknowledgement"), 1);
            assert!(of_ticket("breach") <= 1);
        }
        assert_eq!(
            desk.look(desk.system(), |tx, _| desk::deliveries::unsent(tx, "pending")).unwrap(),
            0
        );
    });
}
