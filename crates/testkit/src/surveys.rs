//! How stories end: a ticket is solved, its customer is asked how the help was, and answers by the link of the mail.

use serde_json::{Value, json};

use crate::{Answer, Program};

/// Who asks and who answers where it does not matter.
const KIM: &str = "kim@customer.test";
const ADA: &str = "ada@acme.test";

impl Program {
    /// An agent sets a status.
    #[track_caller]
    pub fn set_status(&self, id: i64, status: &str) {
        self.update(ADA, id, &json!({ "status": status })).expect(200);
    }

    /// A ticket that was answered and solved at once; its number.
    #[track_caller]
    pub fn solved(&self) -> i64 {
        let id = self.ask(KIM, "critical", "");
        self.reply(ADA, id, "Please reload.");
        self.set_status(id, "solved");
        id
    }

    /// How often somebody was asked about a ticket.
    #[track_caller]
    pub fn surveys(&self, id: i64) -> usize {
        self.sent(id, "survey").len()
    }

    /// The path that the mail about a ticket leads to, for a rating.
    ///
    /// # Panics
    ///
    /// When nobody was asked about it.
    #[track_caller]
    pub fn survey_link(&self, id: i64, rating: u8) -> String {
        let mail = self.sent(id, "survey").pop();
        let mail = mail.unwrap_or_else(|| panic!("nobody was asked about {id}"));
        let text = mail["text"].as_str().unwrap_or_default();
        let ends = format!("&rating={rating}");
        let mut links =
            text.split_whitespace().filter_map(|word| word.find("/survey?").map(|at| &word[at..]));
        let found = links.find(|link| link.ends_with(&ends));
        found.unwrap_or_else(|| panic!("no link for {rating} in {text}")).to_owned()
    }

    /// The same without a rating chosen beforehand.
    #[track_caller]
    pub fn plain_survey_link(&self, id: i64) -> String {
        self.survey_link(id, 5).replace("&rating=5", "")
    }

    /// Somebody without any cookie sends the form of a survey.
    #[track_caller]
    pub fn rate(&self, path: &str, rating: &str, comment: &str) -> Answer {
        self.visit().post_bare(path, &[("rating", rating), ("comment", comment)])
    }

    /// How a ticket was rated, as agents see it.
    #[track_caller]
    pub fn rating(&self, id: i64) -> Value {
        self.ticket(id)["satisfaction_rating"].clone()
    }
}
