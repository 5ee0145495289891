//! What placeholders stand for: `{{ticket.requester.first_name}}` in prepared words.
//!
//! Only what a text names is looked up. What goes to others than our own notes sees no note: those never leave.

use std::collections::HashMap;

use domain::{User, UserId, placeholders};
use store::Tx;
use store::comments::Whose;
use store::tickets::Stored;

use crate::{Ctx, Error};

/// Who reads the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A customer, a channel, another program: only what is public.
    Others,
    /// One of our own notes.
    Ourselves,
}

/// How many comments `{{ticket.comments_formatted}}` has.
const MOST_COMMENTS: i64 = 20;

/// The values of the placeholders in some texts. A name that is not among them means nothing.
pub fn values(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: &Stored,
    texts: &[&str],
    audience: Audience,
) -> Result<HashMap<String, String>, Error> {
    let mut asked = Asked { tx, ctx, stored, audience };
    let mut values = HashMap::new();
    for name in texts.iter().flat_map(|text| placeholders::names(text)) {
        if !values.contains_key(name)
            && let Some(value) = asked.value(name)?
        {
            values.insert(name.to_owned(), value);
        }
    }
    Ok(values)
}

/// Prepared words in Markdown with what they name filled in.
pub fn filled(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: &Stored,
    text: &str,
    audience: Audience,
) -> Result<String, Error> {
    let values = values(tx, ctx, stored, &[text], audience)?;
    Ok(placeholders::fill(text, |name| {
        values.get(name).map(|value| placeholders::in_markdown(value))
    }))
}

struct Asked<'a, 't, 's> {
    tx: &'t mut Tx<'s>,
    ctx: &'a Ctx,
    stored: &'a Stored,
    audience: Audience,
}

impl Asked<'_, '_, '_> {
    fn value(&mut self, name: &str) -> Result<Option<String>, Error> {
        let ticket = &self.stored.ticket;
        let word = |word: Option<&str>| Some(word.unwrap_or_default().to_owned());
        let link = || format!("{}/requests/{}", self.ctx.base_url, ticket.id);
        Ok(match name {
            "ticket.id" => Some(ticket.id.to_string()),
            "ticket.title" | "ticket.subject" => Some(self.stored.subject.clone()),
            "ticket.status" => word(Some(ticket.status.as_str())),
            "ticket.priority" => word(Some(ticket.priority.as_str())),
            "ticket.severity" => word(ticket.severity.map(domain::Severity::as_str)),
            "ticket.area" => word(ticket.area.as_deref()),
            "ticket.kind" => word(ticket.kind.map(domain::Kind::as_str)),
            "ticket.tags" => Some(ticket.tags.join(" ")),
            "ticket.url" | "ticket.link" => Some(link()),
            "ticket.account" => Some(self.ctx.handbook.company.name.clone()),
            "ticket.description" => self.description()?,
            "ticket.latest_comment" | "ticket.latest_public_comment" => {
                let only_public = name != "ticket.latest_comment";
                self.comments(1, only_public)?.pop().map(|(_, text)| text).or(Some(String::new()))
            }
            "ticket.comments_formatted" => Some(self.conversation()?),
            "ticket.group.name" => store::teams::load(self.tx, ticket.team)?.map(|team| team.name),
            "ticket.organization.name" => match ticket.organization {
                Some(id) => store::organizations::load(self.tx, id)?.map(|found| found.name),
                None => Some(String::new()),
            },
            _ => return self.other(name),
        })
    }

    fn other(&mut self, name: &str) -> Result<Option<String>, Error> {
        let ticket = &self.stored.ticket;
        if let Some(id) = name.strip_prefix("ticket.ticket_field_") {
            let Ok(id) = id.parse() else { return Ok(None) };
            return self.field(id);
        }
        let (who, what) = match name.rsplit_once('.') {
            Some(("ticket.requester", what)) => (Some(ticket.requester), what),
            Some(("ticket.assignee", what)) => (ticket.assignee, what),
            Some(("current_user", what)) => (self.ctx.actor.user(), what),
            _ => return Ok(None),
        };
        let user = match who {
            Some(id) => store::users::load(self.tx, id)?,
            None => None,
        };
        Ok(of_person(user.as_ref(), what))
    }

    /// A custom field's value; nothing for a field that is not there.
    fn field(&mut self, id: i64) -> Result<Option<String>, Error> {
        let fields = store::fields::all(self.tx, "ticket")?;
        if !fields.iter().any(|field| field.id.0 == id) {
            return Ok(None);
        }
        let values = store::tickets::field_values(self.tx, &[self.stored.ticket.id])?;
        let value =
            values.into_iter().find(|(_, field, _)| *field == id).map(|(_, _, value)| value);
        Ok(Some(match value.map(|text| serde_json::from_str(&text).unwrap_or_default()) {
            None | Some(serde_json::Value::Null) => String::new(),
            Some(serde_json::Value::String(text)) => text,
            Some(serde_json::Value::Array(list)) => {
                list.iter().filter_map(|one| one.as_str()).collect::<Vec<_>>().join(", ")
            }
            Some(other) => other.to_string(),
        }))
    }

    fn is_shown(&self, comment: &store::comments::Comment, only_public: bool) -> bool {
        comment.public || (self.audience == Audience::Ourselves && !only_public)
    }

    fn description(&mut self) -> Result<Option<String>, Error> {
        let first = store::comments::load(self.tx, self.stored.first_comment)?;
        let first = first.filter(|first| self.is_shown(first, false));
        Ok(Some(first.map(|first| first.body).unwrap_or_default()))
    }

    /// The last comments that may be read, oldest first: who wrote and what.
    fn comments(&mut self, most: i64, only_public: bool) -> Result<Vec<(UserId, String)>, Error> {
        let page =
            store::page::Page { descending: true, ..store::page::Page::first(MOST_COMMENTS) };
        let whose = if only_public || self.audience == Audience::Others {
            Whose::Customers(self.ctx.now)
        } else {
            Whose::Ours
        };
        let mut found = store::comments::page(self.tx, self.stored.ticket.id, whose, &page)?;
        found.truncate(usize::try_from(most).unwrap_or(1));
        found.reverse();
        Ok(found.into_iter().map(|one| (one.author, one.body)).collect())
    }

    fn conversation(&mut self) -> Result<String, Error> {
        let said = self.comments(MOST_COMMENTS, false)?;
        let ids: Vec<UserId> = said.iter().map(|(author, _)| *author).collect();
        let people = store::users::many(self.tx, &ids)?;
        let name = |id: UserId| {
            people.iter().find(|user| user.id == id).map_or("", |user| user.name.as_str())
        };
        let lines = said.iter().map(|(author, text)| format!("{}: {}", name(*author), text.trim()));
        Ok(lines.collect::<Vec<_>>().join("\n\n"))
    }
}

/// Something of a person; nobody has nothing, and what a person has not means nothing.
fn of_person(user: Option<&User>, what: &str) -> Option<String> {
    let name = user.map(|user| user.name.trim()).unwrap_or_default();
    let value = match what {
        "name" => name,
        "first_name" => name.split_whitespace().next().unwrap_or_default(),
        "last_name" => name.split_once(char::is_whitespace).map_or("", |(_, last)| last.trim()),
        "email" => user.and_then(|user| user.email.as_deref()).unwrap_or_default(),
        "id" => return Some(user.map(|user| user.id.to_string()).unwrap_or_default()),
        _ => return None,
    };
    Some(value.to_owned())
}
