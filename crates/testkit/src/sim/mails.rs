//! Mails: new ones, answers by token or by reference, copies, late ones, automatic ones, and false tokens.

use desk::mailbox::{self, Incoming};
use domain::{Actor, Channel, Status};
use jiff::SignedDuration;
use store::Tx;

use super::broken::Stop;
use super::model::{Case, Rules};
use super::world::{Agent, Planned, World};

/// A mail on its way to us.
#[derive(Clone, Debug)]
pub(super) struct Post {
    raw: String,
    from: String,
    id: String,
    aim: Aim,
}

/// What a mail is to us when it arrives.
#[derive(Clone, Copy, Debug)]
enum Aim {
    /// A question.
    Begin,
    /// Somebody who takes part goes on with a ticket.
    Continue(usize),
    /// An agent answers from their own mail program.
    Answer(usize, usize),
    /// Somebody names a ticket of others.
    Claim,
    /// A machine wrote it.
    Automatic,
}

/// A mail that came, and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Arrived {
    post: Post,
    number: Option<usize>,
}

/// How a mail names a ticket.
enum Name {
    Nothing,
    Token(String),
    Reference(String),
}

impl World {
    fn write(&mut self, from: &str, subject: &str, name: &Name, words: &str) -> Post {
        let count = self.fresh();
        let id = format!("m{count}@mail.test");
        let (to, reference) = match name {
            Name::Nothing => ("support@acme.test".to_owned(), String::new()),
            Name::Token(address) => (address.clone(), String::new()),
            Name::Reference(id) => (
                "support@acme.test".to_owned(),
                format!("In-Reply-To: <{id}>\r\nReferences: <old@mail.test> <{id}>\r\n"),
            ),
        };
        let raw = format!(
            "From: Somebody <{from}>\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\n{reference}\
             Content-Type: text/plain; charset=utf-8\r\n\r\n{words} ({count})\r\n"
        );
        Post { raw, from: from.to_owned(), id, aim: Aim::Begin }
    }

    /// A question by mail; now and then one that a machine wrote.
    pub(super) fn ask_by_mail(&mut self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        let customer = self.somebody();
        let mut post = self.write(&customer.email, "Broken", &Name::Nothing, "It is broken.");
        if self.dice.of_thousand(60) {
            post.raw.insert_str(0, "Auto-Submitted: auto-replied\r\n");
            post.aim = Aim::Automatic;
        }
        self.receive(tx, post)
    }

    /// A customer answers by mail, which takes its time; or somebody else writes about the same ticket.
    pub(super) fn plan_mail(&mut self, number: usize) {
        let thread = &self.threads[number];
        let (email, began_with, copied) =
            (thread.email.clone(), thread.began_with.clone(), thread.copied);
        let Some(letter) = self.outbound.get(&number).cloned() else { return };
        let mut from = email.clone();
        if let Some(place) = copied.filter(|_| self.dice.of_thousand(300)) {
            from.clone_from(&self.customers[place].email);
        }
        let quote = if self.dice.of_thousand(500) {
            "\r\n\r\nOn Mon, 8 Jun 2026 at 10:00, Acme support <support@acme.test> wrote:\r\n> Thank you.\r\n"
        } else {
            ""
        };
        let words = format!("Once more.{quote}");
        let roll = self.dice.roll(100);
        let name = match roll {
            0..55 => Name::Token(letter.reply_to.clone()),
            55..75 => Name::Reference(letter.message_id.clone()),
            _ => match began_with {
                Some(id) => Name::Reference(id),
                None => Name::Token(letter.reply_to.clone()),
            },
        };
        let mut post = self.write(&from, "Re: Broken", &name, &words);
        post.aim = Aim::Continue(number);
        if roll >= 94 {
            // A stranger holds the customer's mail, or makes a token up.
            let stranger = format!("stranger{}@free.test", self.fresh());
            let address = match roll {
                94..96 => letter.reply_to,
                _ => forged(&letter.reply_to),
            };
            let is_own = roll >= 98;
            let from = if is_own { email } else { stranger };
            post = self.write(&from, "Broken", &Name::Token(address), "Let me in.");
            post.aim = if is_own { Aim::Begin } else { Aim::Claim };
        } else if roll >= 91 {
            post.raw.insert_str(0, "Auto-Submitted: auto-replied\r\n");
            post.aim = Aim::Automatic;
        }
        let minutes = if self.dice.of_thousand(100) { 3 * 1440 } else { 20 };
        let late = SignedDuration::from_micros(self.dice.between(0, minutes * 60_000_000));
        self.plan(self.now + late, Planned::Mail(Box::new(post)));
    }

    /// An agent answers from their own mail program. (SLA-05)
    pub(super) fn plan_agents_mail(&mut self, number: usize, agent: &Agent) {
        let Some(letter) = self.outbound.get(&number).cloned() else { return };
        let name = Name::Token(letter.reply_to);
        let mut post = self.write(agent.email, "Re: Broken", &name, "An answer by mail.");
        let place = self.agents.iter().position(|one| one.id == agent.id).unwrap_or_default();
        post.aim = Aim::Answer(number, place);
        self.plan(self.now, Planned::Mail(Box::new(post)));
    }

    /// A copy of a mail that came before. (CH-03)
    pub(super) fn receive_again(&mut self, tx: &mut Tx<'_>, place: usize) -> Result<(), Stop> {
        let Some(arrived) = self.arrived.get(place).cloned() else { return Ok(()) };
        self.step("copy of a mail", format!("{} arrives again", arrived.post.id));
        let received = self.hand_over(tx, &arrived.post)?;
        let expected = arrived.number.map(|number| self.threads[number].id);
        if received.outcome != "duplicate" || received.ticket != expected {
            let wrong = format!("a copy of {} became {received:?}", arrived.post.id);
            return Err(self.broken(tx, arrived.number, wrong));
        }
        Ok(())
    }

    fn hand_over(&self, tx: &mut Tx<'_>, post: &Post) -> Result<mailbox::Received, Stop> {
        let message = mail::parse(post.raw.as_bytes());
        let ctx = self.ctx(Actor::System, Channel::Email);
        let arrival = mailbox::Arrival::handed_in("simulation", self.now);
        let raw = post.raw.clone().into_bytes();
        let incoming = Incoming::of_words(raw, message, mail::Trust::default());
        Ok(tx.attempt(|tx| mailbox::receive(tx, &ctx, &arrival, &incoming))?)
    }

    /// A mail arrives.
    pub(super) fn receive(&mut self, tx: &mut Tx<'_>, post: Post) -> Result<(), Stop> {
        self.step("mail", format!("{} arrives from {}, {:?}", post.id, post.from, post.aim));
        let received = self.hand_over(tx, &post)?;
        let number = match post.aim {
            Aim::Automatic => {
                self.outcome(tx, &received, "automatic")?;
                received.ticket.and_then(|id| self.numbers.get(&id).copied())
            }
            Aim::Begin => Some(self.began(tx, &received, &post, ("created", None))?),
            Aim::Claim => Some(self.began(tx, &received, &post, ("claimed", None))?),
            Aim::Continue(number) => Some(self.continued(tx, &received, &post, number, None)?),
            Aim::Answer(number, agent) => {
                Some(self.continued(tx, &received, &post, number, Some(agent))?)
            }
        };
        if self.dice.of_thousand(70) {
            let place = self.arrived.len();
            self.arrived.push(Arrived { post, number });
            let after = self.delay();
            self.plan(self.now + after, Planned::Again(place));
        }
        Ok(())
    }

    fn outcome(
        &self,
        tx: &mut Tx<'_>,
        received: &mailbox::Received,
        expected: &str,
    ) -> Result<(), Stop> {
        if received.outcome == expected {
            return Ok(());
        }
        let number = received.ticket.and_then(|id| self.numbers.get(&id).copied());
        Err(self.broken(tx, number, format!("it became {received:?} and must be {expected}")))
    }

    /// It is the first of a new ticket.
    fn began(
        &mut self,
        tx: &mut Tx<'_>,
        received: &mailbox::Received,
        post: &Post,
        (outcome, area): (&str, Option<usize>),
    ) -> Result<usize, Stop> {
        self.outcome(tx, received, outcome)?;
        let id = received.ticket.expect("a new ticket has a number");
        let known = self.customers.iter().find(|customer| customer.email == post.from);
        let organization = known.and_then(|customer| customer.organization);
        let internal = self.agents.iter().any(|agent| agent.email == post.from);
        let mut case = Case::new(organization, internal);
        case.area = area;
        let mut thread = self.thread(id, &post.from, case);
        thread.began_with = Some(post.id.clone());
        self.begin(tx, id, thread, |case, rules| case.open(rules, false, ""))
    }

    /// It goes on with a ticket, if that can go on; else a new one follows. (ST-05, ST-06)
    fn continued(
        &mut self,
        tx: &mut Tx<'_>,
        received: &mailbox::Received,
        post: &Post,
        number: usize,
        agent: Option<usize>,
    ) -> Result<usize, Stop> {
        let policy = self.policy();
        let mut case = self.threads[number].case.clone();
        let plan = self.plan_of(case.organization);
        let rules = Rules { policy: &policy, plan, now: self.now };
        if case.deleted {
            let outcome = if agent.is_some() { "claimed" } else { "created" };
            return self.began(tx, received, post, (outcome, None));
        }
        case.advance(&rules, self.now);
        if case.status == Status::Closed {
            if !case.said.is_empty() {
                // It closed on the way, or its customer was asked how the help was; that is written down.
                self.threads[number].case = case;
                self.compare(tx, number)?;
            }
            // What it was about holds on. (ST-06)
            let area = self.threads[number].case.area;
            return self.began(tx, received, post, ("created", area));
        }
        self.outcome(tx, received, "continued")?;
        match agent.filter(|_| self.threads[number].email != post.from) {
            Some(agent) => {
                let teams = self.agents[agent].teams.clone();
                case.answer(&rules, &teams, "An answer by mail.");
                case.wait(&rules, true);
            }
            None => case.ask(&rules),
        }
        self.threads[number].case = case;
        self.compare(tx, number)?;
        if agent.is_none() && self.threads[number].turns <= 0 {
            self.threads[number].turns = 1;
            let after = self.delay();
            self.plan_about(number, Planned::Agent(number), after);
        }
        Ok(number)
    }
}

/// The same address with a token that nobody signed.
fn forged(address: &str) -> String {
    let Some((token, domain)) = address.rsplit_once('@') else { return address.to_owned() };
    let Some((head, tag)) = token.rsplit_once('-') else { return address.to_owned() };
    let first = if tag.starts_with('a') { 'b' } else { 'a' };
    format!("{head}-{first}{}@{domain}", &tag[1..])
}
