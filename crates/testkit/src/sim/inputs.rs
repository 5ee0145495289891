//! What customers and the company do, one function an input. A further input is one more function and a way to it.

use desk::Error;
use desk::idempotency::{Key, once};
use desk::organizations::Input;
use desk::texts::Body;
use desk::tickets::{NewTicket, Person, Reply, Update};
use domain::{Actor, Channel, Role, Severity, TicketId};
use jiff::SignedDuration;
use serde_json::{Map, Value};
use store::Tx;

use super::broken::Stop;
use super::model::Case;
use super::policy::{AREAS, Plan};
use super::world::{Customer, Planned, Thread, World};

/// How bad customers say it is; most say nothing.
const SEVERITIES: [Option<Severity>; 8] = [
    None,
    None,
    None,
    Some(Severity::Critical),
    Some(Severity::High),
    Some(Severity::High),
    Some(Severity::Medium),
    Some(Severity::Low),
];

/// A comment as doors bring it.
pub(super) fn reply(words: &str, public: bool) -> Reply {
    Reply { body: Body::plain(words), public: Some(public), author: None, details: None }
}

impl World {
    /// Does what was planned for now.
    pub(super) fn perform(&mut self, tx: &mut Tx<'_>, planned: Planned) -> Result<(), Stop> {
        match planned {
            Planned::Begin => match self.dice.roll(100) {
                0..60 => self.ask_by_form(tx),
                60..92 => self.ask_by_mail(tx),
                92..97 => self.write_first(tx),
                _ => self.ask_ourselves(tx),
            },
            Planned::Customer(number) => self.customer_turns(tx, number),
            Planned::Agent(number) => self.agent_turns(tx, number),
            Planned::Mail(post) => self.receive(tx, *post),
            Planned::Again(place) => self.receive_again(tx, place),
            Planned::PlanChange => self.change_plan(tx),
            Planned::HandbookChange => self.change_handbook(tx),
        }
    }

    pub(super) fn somebody(&mut self) -> Customer {
        let place = self.dice.place(self.customers.len());
        self.customers[place].clone()
    }

    /// A thread that is about to begin.
    pub(super) fn thread(&mut self, id: TicketId, email: &str, case: Case) -> Thread {
        // Most are soon done; some go on and on.
        let turns = *self.dice.pick(&[1, 1, 1, 1, 1, 2, 2, 3, 5]);
        Thread {
            id,
            case,
            ticket: None,
            seen: 0,
            email: email.to_owned(),
            copied: None,
            began_with: None,
            turns,
        }
    }

    /// A request through the form or the API, sometimes sent twice. (CH-01)
    fn ask_by_form(&mut self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        let customer = self.somebody();
        let count = self.fresh();
        let severity = *self.dice.pick(&SEVERITIES);
        let area = Some(self.dice.place(AREAS.len())).filter(|_| self.dice.of_thousand(600));
        let channel = *self.dice.pick(&[Channel::Web, Channel::Api, Channel::App]);
        let copied =
            Some(self.dice.place(self.customers.len())).filter(|_| self.dice.of_thousand(80));
        let copied = copied.filter(|place| self.customers[*place].email != customer.email);
        let person = Person::Address { email: customer.email.clone(), name: None };
        let words = format!("Question {count}: it does not work.");
        let mut new =
            NewTicket::request(person, &format!("Subject {count}"), Body::plain(&words), channel);
        new.severity = severity;
        new.area = area.map(|area| AREAS[area].to_owned());
        new.ccs = copied
            .iter()
            .map(|place| Person::Address {
                email: self.customers[*place].email.clone(),
                name: None,
            })
            .collect();
        self.step("request", format!("{} asks by {channel}, {severity:?}", customer.email));
        let ctx = self.ctx(Actor::Anonymous, channel);
        let key = Key::new("requests", &format!("key {count}"), words.as_bytes());
        let times = if self.dice.of_thousand(60) { 2 } else { 1 };
        let mut answers = Vec::new();
        for _ in 0..times {
            answers.push(tx.attempt(|tx| {
                once(tx, &ctx, Some(&key), |tx| {
                    desk::tickets::open(tx, &ctx, &new)
                        .map(|done| done.stored.ticket.id.to_string())
                })
            })?);
        }
        if answers.iter().any(|(answer, _)| *answer != answers[0].0) {
            return Err(self.broken(tx, None, "the same key twice gave two tickets".to_owned()));
        }
        if self.dice.of_thousand(20) {
            let other = Key::new("requests", &format!("key {count}"), b"other words");
            let outcome = tx.attempt(|tx| once(tx, &ctx, Some(&other), |_| Ok(String::new())));
            if !matches!(outcome, Err(Error::KeyReused)) {
                return Err(self.broken(tx, None, "a key was used for two requests".to_owned()));
            }
        }
        let id = answers[0].0.parse().expect("the answer is the number");
        let mut case = Case::new(customer.organization, false);
        (case.severity, case.area) = (severity, area);
        let mut thread = self.thread(id, &customer.email, case);
        thread.copied = copied;
        self.begin(tx, id, thread, |case, rules| case.open(rules, false, "")).map(|_| ())
    }

    /// An agent writes to a customer who has not asked. (SLA-05)
    fn write_first(&mut self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        let customer = self.somebody();
        let agent = self.dice.place(self.agents.len());
        let agent = self.agents[agent].clone();
        let mark = format!("Greeting {}", self.fresh());
        let person = Person::Address { email: customer.email.clone(), name: None };
        let mut new = NewTicket::request(person, "From us", Body::plain(&mark), Channel::Api);
        (new.author, new.submitter) = (Some(agent.id), Some(agent.id));
        self.step("first word of ours", format!("{} writes to {}", agent.email, customer.email));
        let ctx = self.person(agent.id, Role::Agent, Channel::Api);
        let done = tx.attempt(|tx| desk::tickets::open(tx, &ctx, &new))?;
        let case = Case::new(customer.organization, false);
        let id = done.stored.ticket.id;
        let thread = self.thread(id, &customer.email, case);
        self.begin(tx, id, thread, |case, rules| case.open(rules, true, &mark)).map(|_| ())
    }

    /// One of us needs help: no clock. (SLA-05, SLA-12)
    fn ask_ourselves(&mut self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        let agent = self.dice.place(self.agents.len());
        let agent = self.agents[agent].clone();
        let person = Person::Known(agent.id);
        let mut new = NewTicket::request(person, "Inside", Body::plain("Help us."), Channel::Web);
        let severity = *self.dice.pick(&SEVERITIES);
        new.severity = severity;
        self.step("request of ours", format!("{} asks", agent.email));
        let ctx = self.person(agent.id, Role::Agent, Channel::Web);
        let done = tx.attempt(|tx| desk::tickets::open(tx, &ctx, &new))?;
        let mut case = Case::new(None, true);
        case.severity = severity;
        let id = done.stored.ticket.id;
        let thread = self.thread(id, agent.email, case);
        self.begin(tx, id, thread, |case, rules| case.open(rules, false, "")).map(|_| ())
    }

    /// A customer turns to a ticket: on its page or by mail.
    fn customer_turns(&mut self, tx: &mut Tx<'_>, number: usize) -> Result<(), Stop> {
        if self.dice.of_thousand(500) {
            self.plan_mail(number);
            return Ok(());
        }
        self.step("customer's message", "the customer writes on the ticket's page".to_owned());
        let words = format!("Word {}", self.fresh());
        let copied = self.threads[number].copied.filter(|_| self.dice.of_thousand(300));
        let ticket = store::tickets::load(tx, self.threads[number].id)?;
        let Some(ticket) = ticket.map(|stored| stored.ticket) else { return Ok(()) };
        let author = copied.and(ticket.ccs.first().copied()).unwrap_or(ticket.requester);
        let role = if ticket.internal { Role::Agent } else { Role::EndUser };
        let ctx = self.person(author, role, Channel::Web);
        let update = Update { comment: Some(reply(&words, true)), ..Update::default() };
        let allowed = self.ask_of(
            tx,
            number,
            &ctx,
            |tx, ctx, id| desk::tickets::update(tx, ctx, id, &update).map(|_| ()),
            |case, rules| {
                case.may_change()?;
                case.ask(rules);
                Ok(())
            },
        )?;
        if allowed && self.dice.of_thousand(200) {
            let after = self.delay();
            self.plan_about(number, Planned::Customer(number), after);
        }
        if allowed && self.threads[number].turns <= 0 {
            self.threads[number].turns = 1;
            let after = self.delay();
            self.plan_about(number, Planned::Agent(number), after);
        }
        Ok(())
    }

    /// An organization's plan changes: its open tickets are decided anew. (PR-07)
    fn change_plan(&mut self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        let place = self.dice.place(self.organizations.len());
        let plan = any_plan(&mut self.dice);
        self.step("plan change", format!("organization {place} has {plan:?}"));
        let input = Input { fields: fields(&plan), ..Input::default() };
        let ctx = self.ctx(Actor::System, Channel::Api);
        let id = self.organizations[place].id;
        tx.attempt(|tx| desk::organizations::update(tx, &ctx, id, &input))?;
        let policy = self.policy();
        let before = std::mem::replace(&mut self.organizations[place].plan, plan.clone());
        let changed = format!("{before:?}") != format!("{plan:?}");
        let theirs: Vec<usize> = self
            .live
            .iter()
            .copied()
            .filter(|number| self.threads[*number].case.organization == Some(place))
            .collect();
        for number in theirs {
            let case = &mut self.threads[number].case;
            if changed && !case.status.is_done() && !case.deleted {
                let rules =
                    super::model::Rules { policy: &policy, plan: plan.clone(), now: self.now };
                case.advance(&rules, self.now);
                case.reconsider(&rules);
                self.compare(tx, number)?;
            }
        }
        Ok(())
    }

    /// Another handbook is put in force: it holds for what begins from now on. (SLA-15)
    fn change_handbook(&mut self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        self.policy = self.dice.place(self.policies.len());
        self.step("handbook change", format!("handbook {} is put in force", self.policy));
        let policy = self.policy();
        let ctx = self.ctx(Actor::System, Channel::System);
        tx.attempt(|tx| desk::handbooks::activate(tx, &ctx, &policy.handbook, &policy.text))?;
        Ok(())
    }

    /// Plans the requests of the time until then.
    pub(super) fn plan_requests(&mut self, span: SignedDuration, most: u64) {
        for _ in 0..self.dice.roll(most + 1) {
            let after = self.dice.between(0, i64::try_from(span.as_micros()).unwrap_or_default());
            self.plan(self.now + SignedDuration::from_micros(after), Planned::Begin);
        }
    }
}

/// What an organization may have.
pub(super) fn any_plan(dice: &mut super::dice::Dice) -> Plan {
    Plan {
        mrr: *dice.pick(&[0, 0, 20, 999, 1000, 1999, 2000, 5000]),
        trial: dice.of_thousand(100),
        startup: dice.of_thousand(300),
    }
}

/// The same as the API sends it.
pub(super) fn fields(plan: &Plan) -> Map<String, Value> {
    let name = if plan.startup { "startups" } else { "standard" };
    let fields = [
        ("mrr", Value::from(plan.mrr)),
        ("trial", Value::from(plan.trial)),
        ("plan", Value::from(name)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
