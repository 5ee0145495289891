//! The program is killed under load, again and again: what was answered is there, what was repeated is there once, and
//! nobody is told twice. (NF-01, NF-02, NF-03)

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Connection, Engine, Place, Program, Start};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

/// How many customers write at the same time.
const CALLERS: usize = 8;

/// A customer who keeps asking, and repeats what was not answered.
struct Customer {
    name: usize,
    asked: usize,
    in_doubt: Option<usize>,
    /// The ticket that was answered, by question.
    answered: BTreeMap<usize, i64>,
}

impl Customer {
    /// Asks until the program is gone.
    fn ask(&mut self, program: &Program, stop: &AtomicBool) {
        let mut connection = Connection::new(program.address());
        while !stop.load(Ordering::Relaxed) {
            let question = self.in_doubt.take().unwrap_or_else(|| {
                self.asked += 1;
                self.asked
            });
            let request = json!({ "request": {
                "requester": { "name": "Kim", "email": format!("kim-{}@customer.test", self.name) },
                "subject": format!("Question {question} of {}", self.name),
                "comment": { "body": "Is anybody there?" },
                "custom_fields": testkit::fields("critical", "feature_flags"),
            } });
            let headers = [
                ("Content-Type".to_owned(), "application/json".to_owned()),
                ("Idempotency-Key".to_owned(), format!("{}-{question}", self.name)),
            ];
            let body = request.to_string();
            match connection.send("POST", "/api/v2/requests.json", &headers, body.as_bytes()) {
                Ok(answer) => {
                    let id = answer.expect(201).number("/request/id");
                    self.answered.insert(question, id);
                }
                Err(_) => {
                    self.in_doubt = Some(question);
                    return;
                }
            }
        }
    }
}

/// Starts and kills the program under load; what the customers know at the end.
fn crash(place: &Place, times: u64) -> (Program, Vec<Customer>) {
    let start = Start::at(MONDAY);
    let mut customers: Vec<Customer> = (0..CALLERS)
        .map(|name| Customer { name, asked: 0, in_doubt: None, answered: BTreeMap::new() })
        .collect();
    for round in 0..times {
        let program = Program::start(BINARY, place, &start);
        program.as_anybody().get("/readyz").expect(200);
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            let (seen, stop) = (&program, &stop);
            for customer in &mut customers {
                scope.spawn(move || customer.ask(seen, stop));
            }
            // Every round ends somewhere else in the work.
            thread::sleep(Duration::from_millis(10 + round * 37 % 110));
            seen.kill();
            stop.store(true, Ordering::Relaxed);
        });
    }
    let program = Program::start(BINARY, place, &start);
    program.as_anybody().get("/readyz").expect(200);
    (program, customers)
}

/// Every ticket there is, page by page.
fn tickets(program: &Program) -> Vec<Value> {
    let mut all = Vec::new();
    let mut path = "/api/v2/tickets.json?page%5Bsize%5D=100".to_owned();
    loop {
        let page = program.as_admin().get(&path).expect(200).json();
        all.extend(page["tickets"].as_array().cloned().unwrap_or_default());
        let Some(next) = page["links"]["next"].as_str() else { return all };
        let host = format!("http://{}", program.address());
        path = next.strip_prefix(&host).expect("links lead here").to_owned();
    }
}

fn check(program: &Program, customers: &[Customer]) {
    // What was about to leave when the program was killed is tried again after a while.
    program.advance("1h");
    let tickets = tickets(program);
    let ids: BTreeSet<i64> = tickets.iter().filter_map(|ticket| ticket["id"].as_i64()).collect();
    let mut known = BTreeSet::new();
    for customer in customers {
        for (question, id) in &customer.answered {
            assert!(
                ids.contains(id),
                "question {question} of {} was answered and is lost",
                customer.name
            );
            assert!(known.insert(*id), "two questions were answered with ticket {id}");
        }
    }
    let in_doubt = customers.iter().filter(|customer| customer.in_doubt.is_some()).count();
    let extra = ids.len() - known.len();
    assert!(extra <= in_doubt, "{extra} tickets nobody was told of, {in_doubt} answers in doubt");
    let subjects: BTreeSet<&str> =
        tickets.iter().filter_map(|ticket| ticket["subject"].as_str()).collect();
    assert_eq!(subjects.len(), tickets.len(), "a repeated request is one ticket");
    let mut told: BTreeMap<i64, usize> = BTreeMap::new();
    for delivery in program.outbox() {
        if delivery["kind"] == "acknowledgement" {
            *told.entry(delivery["ticket_id"].as_i64().expect("a ticket")).or_default() += 1;
        }
    }
    for ticket in &tickets {
        let id = ticket["id"].as_i64().expect("a number");
        assert_eq!(ticket["priority"], "high", "{ticket}");
        assert!(ticket["group_id"].is_i64(), "{ticket}");
        assert_eq!(told.get(&id), Some(&1), "ticket {id} is acknowledged once");
    }
    assert_eq!(told.len(), tickets.len());
    complete(program, &tickets);
}

/// Each ticket has its events, its comment and its clock; looked at by several, for there are many.
fn complete(program: &Program, tickets: &[Value]) {
    thread::scope(|scope| {
        for part in tickets.chunks(tickets.len().div_ceil(CALLERS).max(1)) {
            scope.spawn(move || {
                for ticket in part {
                    let id = ticket["id"].as_i64().expect("a number");
                    let audits =
                        program.as_admin().get(&format!("tickets/{id}/audits.json")).expect(200);
                    let events = audits.at("/audits/0/events");
                    let events = events.as_array().expect("a list of events");
                    assert!(events.iter().any(|event| event["type"] == "Comment"), "{audits:?}");
                    assert!(
                        events.iter().any(|event| event["field_name"] == "priority"),
                        "{audits:?}"
                    );
                    assert_eq!(program.last_clock(id).1, "running");
                }
            });
        }
    });
}

#[test]
fn killed_ninety_times_under_load_on_a_file_nothing_is_lost_and_nothing_is_said_twice() {
    let place = Place::fresh(Engine::Sqlite);

    let (program, customers) = crash(&place, 90);

    check(&program, &customers);
}

#[test]
fn killed_ten_times_under_load_on_a_server_nothing_is_lost_and_nothing_is_said_twice() {
    let place = Place::fresh(Engine::Postgres);

    let (program, customers) = crash(&place, 10);

    check(&program, &customers);
}
