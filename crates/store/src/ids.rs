//! Ids: taken before deciding, small integers, never used twice.
//!
//! An id taken later is larger than one taken before, also when other nodes take theirs meanwhile: comments of a
//! ticket, whose row is locked by whoever adds one, are ordered by their ids.
//!
//! SQLite keeps the last id of each kind in a table, so that a rollback leaves no gap. PostgreSQL has a sequence for
//! each kind, which no transaction waits for; a rollback leaves a gap. Entries are taken many at a time, so their
//! sequence goes in blocks and one step of it is enough.

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What an id is for. Each kind counts on its own from 1.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($(#[$doc])* $name,)*
        }

        impl Kind {
            /// All of them.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its key in the table of ids.
            pub(crate) fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// Takes the next value of its sequence `$1` times.
            pub(crate) fn nextval(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("SELECT nextval('ids_", $word, "') FROM generate_series(1, $1)"),)*
                }
            }
        }
    };
}

kinds! {
    /// A ticket's number.
    Ticket = "ticket",
    /// A person.
    User = "user",
    /// A customer's organization.
    Organization = "organization",
    /// A team.
    Team = "team",
    /// An event or a comment; they share one order.
    Entry = "entry",
    /// A change set.
    Audit = "audit",
    /// A row of the outbox.
    Delivery = "delivery",
    /// A ticket field.
    Field = "field",
    /// A person's place in a team or an organization.
    Membership = "membership",
    /// An address of a person.
    Identity = "identity",
    /// A token.
    Token = "token",
    /// A background job.
    Job = "job",
    /// A stored file.
    Blob = "blob",
    /// A file at a comment.
    Attachment = "attachment",
    /// A raw mail.
    Mail = "mail",
    /// A brand.
    Brand = "brand",
    /// A ticket form.
    Form = "form",
    /// A saved list.
    View = "view",
    /// A macro.
    Macro = "macro",
    /// A trigger or an automation.
    Rule = "rule",
    /// A webhook.
    Webhook = "webhook",
    /// A public question, an answer to one, or what a reader wrote about its page.
    Question = "question",
    /// An answered survey.
    Survey = "survey",
    /// A case of a playbook.
    Case = "case",
    /// An override or a swap of a rota.
    Shift = "shift",
    /// A ticket that somebody gave back.
    Skip = "skip",
    /// Something somebody is told.
    Notice = "notice",
    /// An activation of a handbook.
    Activation = "activation",
    /// A change by an admin.
    Admin = "admin",
    /// Anything else.
    Other = "other",
}

impl Kind {
    /// How many ids one step of its sequence gives on PostgreSQL.
    pub(crate) fn block(self) -> i64 {
        match self {
            Self::Entry => 50,
            _ => 1,
        }
    }

    /// Makes its sequence on PostgreSQL, unless it is there.
    pub(crate) fn create_sequence(self) -> String {
        let (word, block) = (self.as_str(), self.block());
        format!(
            "CREATE SEQUENCE IF NOT EXISTS ids_{word} AS BIGINT INCREMENT BY {block} START WITH 1;\n"
        )
    }
}

/// The first id of these steps of a sequence, if nobody else took a step between them.
pub(crate) fn run(steps: &[i64], block: i64) -> Option<i64> {
    let first = *steps.first()?;
    steps.windows(2).all(|pair| pair[1] == pair[0] + block).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_a_run_when_nobody_took_one_between() {
        assert_eq!(run(&[51, 101, 151], 50), Some(51));
        assert_eq!(run(&[51, 151], 50), None);
        assert_eq!(run(&[], 50), None);
    }
}
