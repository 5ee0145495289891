//! The list one came from, and the tickets before and after this one in it.

use super::Seen;
use crate::components::ticket_header::TicketHeader;
use crate::lists::{self, Beside, CameFrom};
use crate::problem::Problem;
use crate::routes;
use crate::visitor::Visitor;
use crate::words::Text;

/// The way back, on and before.
pub(super) struct Way {
    /// Where the list is, at this ticket's row.
    pub(super) back: String,
    /// What it is called, and this ticket's place in it.
    pub(super) label: String,
    next: Option<String>,
    previous: Option<String>,
}

impl Way {
    /// The list that the address names; else the one of the page one came from, or one's own queue.
    pub(super) async fn read(visitor: &Visitor, seen: &Seen, from: &str) -> Result<Self, Problem> {
        let stored = &seen.whole.stored;
        let id = stored.ticket.id;
        let from = CameFrom::read(&visitor.path, id).or_else(|| CameFrom::read(from, id));
        let beside = match from {
            Some(from) => lists::beside(visitor, &from, stored).await?,
            None => None,
        };
        Ok(match beside {
            Some(Beside { back, label, before, after, .. }) => {
                Self { back, label, next: after, previous: before }
            }
            None => Self {
                back: routes::HOME.to_owned(),
                label: seen.reader.words.say(Text::YourQueue).to_owned(),
                next: None,
                previous: None,
            },
        })
    }

    /// The header with the ways on and back.
    pub(super) fn around<'a>(&'a self, header: &TicketHeader<'a>) -> TicketHeader<'a> {
        TicketHeader {
            next: self.next.as_deref(),
            previous: self.previous.as_deref(),
            ..header.clone()
        }
    }
}
