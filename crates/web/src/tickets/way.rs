//! The list one came from, and the tickets before and after this one in it.

use domain::TicketId;

use super::Seen;
use crate::components::ticket_header::TicketHeader;
use crate::form::Form;
use crate::lists;
use crate::problem::Problem;
use crate::routes;
use crate::views::View;
use crate::visitor::Visitor;
use crate::words::Text;

/// The way back, on and before.
pub(super) struct Way {
    /// Where the list is, at this ticket's row.
    pub(super) back: String,
    /// What it is called.
    pub(super) label: String,
    next: Option<String>,
    previous: Option<String>,
}

impl Way {
    /// The list that the address names; else the page one came from, or one's own queue.
    pub(super) async fn read(visitor: &Visitor, seen: &Seen, from: &str) -> Result<Self, Problem> {
        let reader = &seen.reader;
        let (slug, query) = match visitor.query.some("list") {
            Some(slug) => (slug.to_owned(), visitor.query.get("q").to_owned()),
            None => {
                let (path, query) = from.split_once('?').unwrap_or((from, ""));
                let slug = path.strip_prefix("/views/").unwrap_or_default();
                let slug = slug.split('/').next().unwrap_or_default().to_owned();
                let query = Form::read(query.as_bytes()).unwrap_or_default();
                (slug, query.get("q").to_owned())
            }
        };
        let beside = lists::beside(visitor, &slug, &query, &seen.whole.stored).await?;
        let Some(beside) = beside else {
            return Ok(Self {
                back: routes::HOME.to_owned(),
                label: reader.words.say(Text::YourQueue).to_owned(),
                next: None,
                previous: None,
            });
        };
        let to = |id: Option<TicketId>| {
            id.map(|id| format!("{}{}", routes::ticket(id.0), beside.within))
        };
        let label = match (View::named(&slug), beside.title) {
            (Some(view), _) => reader.words.say(view.label()).to_owned(),
            (None, title) => title,
        };
        Ok(Self {
            back: format!("{}#row-{}-link", beside.href, seen.id()),
            label,
            next: to(beside.after),
            previous: to(beside.before),
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
