//! What people do in stories: they ask, answer and write mails.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Map, Value, json};

use crate::{AREA, Answer, Program, SEVERITY};

static NUMBER: AtomicUsize = AtomicUsize::new(1);

/// A number that was not used before, for names and addresses.
pub fn unique() -> usize {
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

/// A request without credentials, by somebody.
pub fn request(email: &str) -> Map<String, Value> {
    let request = json!({
        "requester": { "name": "Kim", "email": email },
        "subject": "The funnel is empty",
        "comment": { "body": "Since this morning my funnel shows nothing." },
    });
    request.as_object().cloned().unwrap_or_default()
}

/// The custom fields that hold what is known about a request; an empty word leaves a field out.
pub fn fields(severity: &str, area: &str) -> Value {
    let all = [(SEVERITY, severity), (AREA, area)];
    let said = all.iter().filter(|(_, word)| !word.is_empty());
    said.map(|(id, value)| json!({ "id": id, "value": value })).collect()
}

impl Program {
    /// A customer asks through the form; the new ticket's number.
    #[track_caller]
    pub fn ask(&self, email: &str, severity: &str, area: &str) -> i64 {
        let mut request = request(email);
        request.insert("custom_fields".to_owned(), fields(severity, area));
        let answer = self.as_anybody().post("requests.json", &json!({ "request": request }));
        answer.expect(201).number("/request/id")
    }

    /// An organization with some mail domain and these facts; its number.
    #[track_caller]
    pub fn organization(&self, domain: &str, facts: &Value) -> i64 {
        let organization =
            json!({ "name": domain, "domain_names": [domain], "organization_fields": facts });
        let answer =
            self.as_admin().post("organizations.json", &json!({ "organization": organization }));
        answer.expect(201).number("/organization/id")
    }

    /// The ticket as agents see it.
    #[track_caller]
    pub fn ticket(&self, id: i64) -> Value {
        self.as_admin().get(&format!("tickets/{id}.json")).expect(200).at("/ticket")
    }

    /// The ticket's clocks, oldest first.
    #[track_caller]
    pub fn clocks(&self, id: i64) -> Vec<Value> {
        let clocks =
            self.as_admin().get(&format!("tickets/{id}/clocks.json")).expect(200).at("/clocks");
        clocks.as_array().cloned().unwrap_or_default()
    }

    /// The ticket's only clock that still counts: kind, state and deadline.
    #[track_caller]
    pub fn last_clock(&self, id: i64) -> (String, String, String) {
        let clocks = self.clocks(id);
        let last = clocks.last().unwrap_or_else(|| panic!("ticket {id} has no clock"));
        let text = |key: &str| last[key].as_str().unwrap_or_default().to_owned();
        (text("kind"), text("state"), text("due_at"))
    }

    /// Why the ticket is as it is.
    #[track_caller]
    pub fn explanation(&self, id: i64) -> Value {
        self.as_admin()
            .get(&format!("tickets/{id}/explanation.json"))
            .expect(200)
            .at("/explanation")
    }

    /// The ticket's comments, oldest first.
    #[track_caller]
    pub fn comments(&self, id: i64) -> Vec<Value> {
        let comments =
            self.as_admin().get(&format!("tickets/{id}/comments.json")).expect(200).at("/comments");
        comments.as_array().cloned().unwrap_or_default()
    }

    /// Somebody changes the ticket.
    #[track_caller]
    pub fn update(&self, agent: &str, id: i64, ticket: &Value) -> Answer {
        self.as_user(agent).put(&format!("tickets/{id}.json"), &json!({ "ticket": ticket }))
    }

    /// An agent answers the customer.
    #[track_caller]
    pub fn reply(&self, agent: &str, id: i64, words: &str) {
        self.update(agent, id, &json!({ "comment": { "body": words, "public": true } }))
            .expect(200);
    }

    /// An agent leaves a note that no customer may see.
    #[track_caller]
    pub fn note(&self, agent: &str, id: i64, words: &str) {
        self.update(agent, id, &json!({ "comment": { "body": words, "public": false } }))
            .expect(200);
    }

    /// How many tickets there are.
    #[track_caller]
    pub fn ticket_count(&self) -> i64 {
        self.as_admin().get("tickets/count.json").expect(200).number("/count/value")
    }

    /// The address that brings a reply back to the ticket, as the last mail about it names it.
    #[track_caller]
    pub fn reply_address(&self, id: i64) -> String {
        let outbox = self.outbox();
        let about = |one: &&Value| one["ticket_id"] == id && one["channel"] == "email";
        let last =
            outbox.iter().rev().find(about).unwrap_or_else(|| panic!("no mail about ticket {id}"));
        last["headers"]["Reply-To"].as_str().unwrap_or_default().to_owned()
    }
}

/// A mail that somebody writes.
#[derive(Clone, Debug)]
pub struct Mail {
    headers: Vec<(String, String)>,
    body: String,
}

impl Mail {
    /// A plain mail to the support address.
    pub fn from(sender: &str) -> Self {
        let id = format!("<{}.story@mail.test>", unique());
        let mail = Self { headers: Vec::new(), body: "It still does not work.\r\n".to_owned() };
        mail.header("From", sender)
            .header("To", "support@acme.test")
            .header("Subject", "The funnel is empty")
            .header("Message-ID", &id)
            .header("Date", "Mon, 08 Jun 2026 08:00:00 +0000")
    }

    /// With a header, in place of the one of that name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(one, _)| !one.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// To another address.
    #[must_use]
    pub fn to(self, address: &str) -> Self {
        self.header("To", address)
    }

    /// With other words.
    #[must_use]
    pub fn saying(mut self, words: &str) -> Self {
        words.clone_into(&mut self.body);
        self
    }

    /// The bytes on the wire.
    pub fn raw(&self) -> Vec<u8> {
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        let mut raw: String = headers.collect();
        raw.push_str("\r\n");
        raw.push_str(&self.body);
        raw.into_bytes()
    }
}

impl Program {
    /// A mail arrives; what became of it and the ticket's number.
    #[track_caller]
    pub fn receive(&self, mail: &Mail) -> (String, Option<i64>) {
        let answer = self.inbox(mail.raw());
        (answer["outcome"].as_str().unwrap_or_default().to_owned(), answer["ticket_id"].as_i64())
    }
}
