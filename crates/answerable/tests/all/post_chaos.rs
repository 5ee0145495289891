//! Mail under the worst: the mailbox's server, the mail server and the desk are killed again and again, after an outage
//! of ten days, with every message delivered twice and the mailbox renumbered on the way. Every message becomes one
//! comment of the right ticket. (CH-03, NF-01, NF-02)

use std::collections::{BTreeMap, BTreeSet};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use testkit::servers::{Dovecot, Postfix, Served, soon};
use testkit::{Engine, Place};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// Conversations, and messages of each: the first opens the ticket, the others refer to those before.
const CONVERSATIONS: usize = 100;
const MESSAGES: usize = 5;

/// Numbers that look drawn, the same each time. (splitmix64)
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// A message of a conversation, as it comes by one of two ways.
fn message(conversation: usize, number: usize, way: usize) -> Vec<u8> {
    let id = |number: usize| format!("<c{conversation}-{number}@fernlight.test>");
    let refers = match number {
        0 => String::new(),
        _ => {
            let earlier: Vec<String> = (0..number).map(id).collect();
            format!("In-Reply-To: {}\r\nReferences: {}\r\n", id(number - 1), earlier.join(" "))
        }
    };
    let re = if number == 0 { "" } else { "Re: " };
    // Every other copy has come by another way, which shows in its bytes.
    let received = match (way, (conversation + number) % 2) {
        (1, 0) => "Received: from relay.fernlight.test by mx.acme.test\r\n",
        _ => "",
    };
    format!(
        "{received}From: Kim <kim-{conversation}@fernlight.test>\r\nTo: support@acme.test\r\n\
         Subject: {re}Question {conversation}\r\nMessage-ID: {}\r\n{refers}\
         Date: Mon, 8 Jun 2026 09:00:00 +0000\r\n\r\nMessage {number} of conversation {conversation}.\r\n",
        id(number)
    )
    .into_bytes()
}

/// The order in which they are written: of each conversation in its order, conversations mixed.
fn order(dice: &mut Dice) -> Vec<(usize, usize)> {
    let mut next = [0; CONVERSATIONS];
    let mut order = Vec::new();
    while order.len() < CONVERSATIONS * MESSAGES {
        let drawn = usize::try_from(dice.below(CONVERSATIONS as u64)).expect("a small number");
        if next[drawn] < MESSAGES {
            order.push((drawn, next[drawn]));
            next[drawn] += 1;
        }
    }
    order
}

fn deliver(dovecot: &Dovecot, place: usize, (conversation, number): (usize, usize)) {
    // Names in the order of arrival, for UIDs are given in the order of names.
    for way in 0..2 {
        let name = format!("{}.{way}", 1_780_000_000 + place);
        dovecot.put("support", &name, &message(conversation, number, way));
    }
}

/// What was killed how often.
#[derive(Debug, Default)]
struct Killed {
    desk: usize,
    mailboxes: usize,
    mail_server: usize,
}

#[test]
fn five_hundred_messages_are_five_hundred_comments_on_a_file_whatever_is_killed() {
    weather(Engine::Sqlite);
}

#[test]
fn five_hundred_messages_are_five_hundred_comments_on_a_server_whatever_is_killed() {
    weather(Engine::Postgres);
}

#[expect(clippy::print_stdout, reason = "the figures are what this is for")]
fn weather(engine: Engine) {
    let since = Instant::now();
    let (killed, doubled) = storm(engine);
    let all = CONVERSATIONS * MESSAGES;
    println!(
        "{engine:?}: {all} messages in, each delivered twice; killed: {killed:?}; {all} comments, 0 lost, 0 double, \
         0 in a wrong ticket; {doubled} acknowledgements sent twice; {:.1} s",
        since.elapsed().as_secs_f64()
    );
}

fn storm(engine: Engine) -> (Killed, usize) {
    let place = Place::fresh(engine);
    let postfix = Postfix::start(place.folder(), None);
    let mut dovecot = Dovecot::start(place.folder(), "");
    let tables = format!("smtp_url = \"{}\"\n{}", postfix.url(), dovecot.table("support"));
    let mut desk = Served::prepare(BINARY, &place, &tables);
    let mut dice = Dice(7);
    let mut order = order(&mut dice).into_iter().enumerate();
    let mut killed = Killed::default();

    // The desk was away for ten days; half of the messages wait.
    for (place, one) in order.by_ref().take(CONVERSATIONS * MESSAGES / 2) {
        deliver(&dovecot, place, one);
    }
    desk.start();
    let mut round = 0;
    while order.len() > 0 {
        for (place, one) in order.by_ref().take(25) {
            deliver(&dovecot, place, one);
        }
        round += 1;
        sleep(Duration::from_millis(20 + dice.below(400)));
        match (round, dice.below(6)) {
            (6, _) => {
                dovecot.kill();
                dovecot.renumber("support", 4711);
                dovecot.start_again();
                killed.mailboxes += 1;
            }
            (_, 0) => {
                dovecot.kill();
                dovecot.start_again();
                killed.mailboxes += 1;
            }
            (_, 1) => {
                postfix.kill();
                thread::scope(|scope| {
                    scope.spawn(|| postfix.start_again());
                });
                killed.mail_server += 1;
            }
            _ => {
                desk.kill();
                desk.start();
                killed.desk += 1;
            }
        }
    }
    soon("every message", || {
        sleep(Duration::from_millis(300));
        let count: usize = comments(&desk).values().map(Vec::len).sum();
        (count >= CONVERSATIONS * MESSAGES).then_some(())
    });
    check(&desk);
    // A while later nothing has come twice.
    soon("everything to be decided", || {
        let figure = desk.figure("answerable_mails_waiting");
        figure.filter(|count| *count == 0)
    });
    check(&desk);
    let doubled = acknowledged(&postfix);
    assert!(doubled <= killed.desk, "only what was on its way when the desk was killed");
    (killed, doubled)
}

/// What was said on each ticket, by its subject.
fn comments(desk: &Served) -> BTreeMap<String, Vec<String>> {
    let tickets = desk.tickets();
    let subjects: BTreeSet<&str> =
        tickets.iter().filter_map(|ticket| ticket["subject"].as_str()).collect();
    assert_eq!(subjects.len(), tickets.len(), "a conversation has one ticket");
    let said = tickets.iter().map(|ticket| {
        let said = desk.comments(ticket["id"].as_i64().unwrap_or_default());
        let bodies =
            said.iter().map(|one| one["body"].as_str().unwrap_or_default().trim().to_owned());
        (ticket["subject"].as_str().unwrap_or_default().to_owned(), bodies.collect())
    });
    said.collect()
}

fn check(desk: &Served) {
    let found = comments(desk);
    for conversation in 0..CONVERSATIONS {
        let said = found.get(&format!("Question {conversation}"));
        let expected: Vec<String> = (0..MESSAGES)
            .map(|number| format!("Message {number} of conversation {conversation}."))
            .collect();
        assert_eq!(said, Some(&expected));
    }
    assert_eq!(found.len(), CONVERSATIONS);
    assert_eq!(desk.figure("answerable_mails_undecided"), Some(0));
    assert_eq!(desk.figure("answerable_mailbox_unarchived{mailbox=\"support\"}"), None);
}

/// Everybody is told, and how many were told twice: those whose mail had left when the desk was killed.
fn acknowledged(postfix: &Postfix) -> usize {
    let mut twice = 0;
    for conversation in 0..CONVERSATIONS {
        let address = format!("kim-{conversation}@fernlight.test");
        let told = soon("an acknowledgement", || {
            sleep(Duration::from_millis(100));
            let told = postfix.delivered(&address).len();
            (told > 0).then_some(told)
        });
        twice += told - 1;
    }
    twice
}
