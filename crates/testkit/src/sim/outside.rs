//! The world outside: what left the company, looked at by whoever gets it.

use std::collections::{BTreeMap, BTreeSet};

use domain::DeliveryId;
use domain::notices::What;
use store::Tx;
use store::outbox::Queued;

use super::broken::Stop;
use super::dice::Dice;
use super::model::Letter;
use super::world::World;

/// A word that is in every internal note, and must never be in anything that leaves for a customer.
pub(super) const SECRET: &str = "Between ourselves";

/// How a customer can answer a letter of ours.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    pub(super) reply_to: String,
    pub(super) message_id: String,
}

/// Those who get our letters. They do not forget when our machine crashes.
#[derive(Debug)]
pub(super) struct Outside {
    dice: Dice,
    /// What arrived, with a digest of its words.
    arrived: BTreeMap<DeliveryId, u64>,
    /// What arrived and was perhaps not recorded, so that it may come once more.
    may_repeat: BTreeSet<DeliveryId>,
    /// What was put off, and how often.
    put_off: BTreeMap<DeliveryId, u32>,
    /// Letters taken twice, with the same key.
    pub(super) repeated: u64,
}

impl Outside {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed),
            arrived: BTreeMap::new(),
            may_repeat: BTreeSet::new(),
            put_off: BTreeMap::new(),
            repeated: 0,
        }
    }

    /// Whether the letter is taken this time; the first time it may be put off. Nobody says no for two days.
    fn takes(&mut self, id: DeliveryId) -> bool {
        let times = self.put_off.entry(id).or_default();
        let is_taken = *times >= 3 || !self.dice.of_thousand(15);
        if is_taken {
            self.put_off.remove(&id);
        } else {
            *times += 1;
        }
        is_taken
    }

    /// The machine that sent these went down before it wrote that down.
    pub(super) fn forgotten(&mut self, ids: &[DeliveryId]) {
        self.may_repeat.extend(ids);
    }
}

impl World {
    /// Records what left since, and what was put off.
    pub(super) fn record(&mut self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        let ctx = self.ctx(domain::Actor::System, domain::Channel::System);
        let left = std::mem::take(&mut self.unrecorded);
        desk::deliveries::sent(tx, &ctx, &left)?;
        for queued in std::mem::take(&mut self.refused) {
            desk::deliveries::later(tx, &ctx, &queued, "not now")?;
        }
        Ok(())
    }

    /// Takes what waits to leave.
    pub(super) fn claim(&mut self, tx: &mut Tx<'_>) -> Result<Vec<Queued>, Stop> {
        let ctx = self.ctx(domain::Actor::System, domain::Channel::System);
        let mut claimed = Vec::new();
        loop {
            let some = desk::deliveries::claim(tx, &ctx, "", 200)?;
            if some.is_empty() {
                return Ok(claimed);
            }
            claimed.extend(some);
        }
    }

    /// Everything that was taken leaves, each to somebody who looks at it. Says what is wrong with which ticket.
    pub(super) fn deliver(
        &mut self,
        outside: &mut Outside,
        claimed: Vec<Queued>,
    ) -> Result<(), (Option<usize>, String)> {
        for queued in claimed {
            let id = queued.delivery.id;
            if is_notice(&queued) {
                self.notice_arrives(outside, queued).map_err(|wrong| (None, wrong))?;
                continue;
            }
            let Some(number) = queued.delivery.ticket.and_then(|id| self.numbers.get(&id).copied())
            else {
                return Err((None, format!("nobody caused {queued:?}")));
            };
            if !outside.takes(id) {
                self.refused.push(queued);
                continue;
            }
            self.arrives(outside, number, &queued).map_err(|wrong| (Some(number), wrong))?;
            self.unrecorded.push(id);
        }
        Ok(())
    }

    fn arrives(
        &mut self,
        outside: &mut Outside,
        number: usize,
        queued: &Queued,
    ) -> Result<(), String> {
        let delivery = &queued.delivery;
        let digest = digest(&format!("{} {} {}", delivery.key, delivery.subject, delivery.text));
        let before = outside.arrived.insert(delivery.id, digest);
        if let Some(before) = before {
            if before == digest && outside.may_repeat.remove(&delivery.id) {
                outside.repeated += 1;
                return Ok(());
            }
            return Err(format!("it was sent twice: {delivery:?}"));
        }
        let html = delivery.html.as_deref().unwrap_or_default();
        let all = [&*delivery.subject, &*delivery.text, html, &*delivery.payload];
        if all.iter().any(|part| part.contains(SECRET)) {
            return Err(format!("a note left the company: {delivery:?}"));
        }
        let thread = &mut self.threads[number];
        let letters = &mut thread.case.letters;
        let place = letters.iter().position(|letter| {
            letter.kind == delivery.kind
                && letter.at == delivery.at
                && delivery.text.contains(&letter.holds)
        });
        let Some(place) = place else {
            return Err(format!("it was not to leave: {delivery:?}; to leave were {letters:?}"));
        };
        letters.remove(place);
        if delivery.channel == "email" {
            if delivery.to != [thread.email.clone()] {
                return Err(format!("it went to somebody else: {delivery:?}"));
            }
            let mail = desk::deliveries::outgoing(delivery, &self.secrets.instance);
            let reply_to = mail.reply_to.unwrap_or_default();
            self.outbound.insert(number, Envelope { reply_to, message_id: mail.message_id });
        }
        Ok(())
    }

    /// One of us is told: they alone, without a word of a note, and with no way to answer a customer by.
    fn notice_arrives(&mut self, outside: &mut Outside, queued: Queued) -> Result<(), String> {
        let delivery = &queued.delivery;
        let ours = delivery.to.len() == 1 && delivery.to[0].ends_with("@acme.test");
        let replies = desk::deliveries::outgoing(delivery, &self.secrets.instance).reply_to;
        if !ours || replies.is_some() || delivery.text.contains(SECRET) {
            return Err(format!("a notice left the company: {delivery:?}"));
        }
        if !outside.takes(delivery.id) {
            self.refused.push(queued);
            return Ok(());
        }
        let digest = digest(&format!("{} {} {}", delivery.key, delivery.subject, delivery.text));
        if outside.arrived.insert(delivery.id, digest).is_some()
            && !outside.may_repeat.remove(&delivery.id)
        {
            return Err(format!("it was sent twice: {delivery:?}"));
        }
        self.unrecorded.push(delivery.id);
        Ok(())
    }

    /// Whoever has a ticket is told in person what the team is told else.
    pub(super) fn told_in_person(&mut self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        let is_owed = |letter: &Letter| letter.holds == "is back from hold";
        if !self.threads.iter().any(|thread| thread.case.letters.iter().any(is_owed)) {
            return Ok(());
        }
        for agent in 0..self.agents.len() {
            for notice in store::notices::page(tx, self.agents[agent].id, None, 1_000)? {
                let number = notice.ticket.and_then(|id| self.numbers.get(&id).copied());
                let Some(number) = number.filter(|_| notice.what == What::BackFromHold) else {
                    continue;
                };
                let letters = &mut self.threads[number].case.letters;
                letters.retain(|letter| !is_owed(letter) || letter.at != notice.at);
            }
        }
        Ok(())
    }

    /// At the very end: everything that had to leave has left.
    pub(super) fn nothing_is_left(&mut self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        self.told_in_person(tx)?;
        let owed = self.threads.iter().position(|thread| !thread.case.letters.is_empty());
        if let Some(number) = owed {
            let letters = &self.threads[number].case.letters;
            return Err(self.broken(tx, Some(number), format!("it never left: {letters:?}")));
        }
        for state in ["pending", "failed", "refused"] {
            if desk::deliveries::unsent(tx, state)? > 0 {
                return Err(self.broken(tx, None, format!("the outbox has {state} deliveries")));
            }
        }
        Ok(())
    }
}

/// Whether it tells one of us in person.
fn is_notice(queued: &Queued) -> bool {
    queued.delivery.channel == "email" && queued.delivery.kind == "notification"
}

/// A short digest (FNV-1a) that is the same everywhere.
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
