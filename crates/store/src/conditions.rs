//! Conditions as SQL. Every part is true or false, never NULL, as [`Condition::holds`] says of one ticket.

use domain::conditions::{
    Asker, Condition, CustomField, Named, PersonField, Place, Span, TimeField,
};
use domain::{Level, Status};

use crate::engine::Engine;
use crate::search::{self, Asked, Of};
use crate::{Param, Sql};

/// A condition, and who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant {
    /// Which tickets.
    pub condition: Condition,
    /// What "me" and "an hour ago" are.
    pub asker: Asker,
}

/// A part of a statement with values of its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fragment {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
enum Piece {
    Sql(&'static str),
    Int(i64),
    Text(String),
}

impl Fragment {
    /// Appends text of ours.
    pub(crate) fn push(&mut self, sql: &'static str) -> &mut Self {
        self.pieces.push(Piece::Sql(sql));
        self
    }

    /// Appends a number.
    pub(crate) fn int(&mut self, value: i64) -> &mut Self {
        self.pieces.push(Piece::Int(value));
        self
    }

    /// Appends a text.
    pub(crate) fn text(&mut self, value: impl Into<String>) -> &mut Self {
        self.pieces.push(Piece::Text(value.into()));
        self
    }

    /// Appends another part.
    pub(crate) fn extend(&mut self, other: Self) -> &mut Self {
        self.pieces.extend(other.pieces);
        self
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Puts it at the end of a statement.
    pub(crate) fn append_to<'a>(&'a self, sql: &mut Sql<'a>) {
        for piece in &self.pieces {
            match piece {
                Piece::Sql(text) => sql.push(text),
                Piece::Int(number) => sql.bind(Param::Int(*number)),
                Piece::Text(text) => sql.bind(text.as_str()),
            };
        }
    }
}

/// How words are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// They choose the tickets: those of the newest so many texts that have them.
    Lead(i64),
    /// Ticket by ticket: something else has chosen these.
    Each,
}

/// Whether a condition holds for the row `t` of tickets.
pub(crate) fn predicate(engine: Engine, meant: &Meant, look: Look) -> Fragment {
    let mut sql = Fragment::default();
    Writer { engine, asker: &meant.asker, look, sql: &mut sql }.write(&meant.condition);
    sql
}

struct Writer<'a> {
    engine: Engine,
    asker: &'a Asker,
    look: Look,
    sql: &'a mut Fragment,
}

impl Writer<'_> {
    fn write(&mut self, condition: &Condition) {
        match condition {
            Condition::All(parts) => self.join(parts, " AND ", "TRUE"),
            Condition::Any(parts) => self.join(parts, " OR ", "FALSE"),
            Condition::Not(part) => {
                // What must not be there has to be looked for in all texts.
                let look = std::mem::replace(&mut self.look, Look::Each);
                self.sql.push("NOT (");
                self.write(part);
                self.sql.push(")");
                self.look = look;
            }
            Condition::Number(id) => self.number("t.id = ", id.0),
            Condition::Status(op, status) => {
                let all = Status::ALL.iter().filter(|has| op.holds(*has, status));
                self.words("t.status", all.map(|status| status.as_str()));
            }
            Condition::Priority(op, level) => {
                let all = [Level::Low, Level::Normal, Level::High, Level::Urgent];
                let all = all.into_iter().filter(|has| op.holds(has, level));
                self.words("t.priority", all.map(Level::as_str));
            }
            Condition::Kind(kind) => self.same("t.kind", kind.map(domain::Kind::as_str)),
            Condition::Severity(severity) => {
                self.same("t.severity", severity.map(domain::Severity::as_str));
            }
            Condition::Area(area) => self.same("t.area", area.as_deref()),
            Condition::Via(channel) => self.same("t.via", Some(channel.as_str())),
            Condition::ExternalId(name) => self.same("t.external_id", name.as_deref()),
            Condition::Tag(tag) => self.tag(tag.as_deref()),
            Condition::Person(field, who) => self.person(*field, who),
            Condition::Team(which) => self.team(which),
            Condition::Organization(which) => match which {
                Named::None => self.raw("t.organization_id IS NULL"),
                Named::Id(id) => self.known("t.organization_id", *id),
                Named::Me | Named::Name(_) => self.raw("FALSE"),
            },
            Condition::Escalated => self.raw("t.is_escalated"),
            Condition::Time(field, op, when) => {
                self.time(*field, Span::of(*op, *when, self.asker));
            }
            Condition::Text(place, words) => self.says(*place, words),
            Condition::Custom(CustomField::Id(id), value) => self.custom(*id, value.as_deref()),
            // What happened in a change set is no part of a list.
            Condition::Changed(_)
            | Condition::Was(_)
            | Condition::Happened(_)
            | Condition::Custom(CustomField::Type, _)
            | Condition::Other(..)
            | Condition::Unknown(_) => self.raw("FALSE"),
        }
    }

    fn join(&mut self, parts: &[Condition], between: &'static str, empty: &'static str) {
        if parts.is_empty() {
            return self.raw(empty);
        }
        for (index, part) in parts.iter().enumerate() {
            self.sql.push(if index == 0 { "(" } else { between });
            self.write(part);
        }
        self.sql.push(")");
    }

    fn raw(&mut self, sql: &'static str) {
        self.sql.push(sql);
    }

    fn number(&mut self, before: &'static str, value: i64) {
        self.sql.push(before).int(value);
    }

    /// A column that may be NULL has this number.
    fn known(&mut self, column: &'static str, value: i64) {
        self.sql.push("(").push(column).push(" IS NOT NULL AND ").push(column).push(" = ");
        self.sql.int(value).push(")");
    }

    /// A column that may be NULL has this text, or none.
    fn same(&mut self, column: &'static str, value: Option<&str>) {
        self.sql.push("(").push(column);
        match value {
            None => self.sql.push(" IS NULL"),
            Some(value) => self.sql.push(" IS NOT NULL AND ").push(column).push(" = ").text(value),
        };
        self.sql.push(")");
    }

    /// A column has one of these words of ours, written as the partial indexes write them, so that they serve.
    fn words(&mut self, column: &'static str, words: impl Iterator<Item = &'static str>) {
        let words: Vec<_> = words.collect();
        if words.is_empty() {
            return self.raw("FALSE");
        }
        self.sql.push(column).push(" IN (");
        for (index, word) in words.into_iter().enumerate() {
            self.sql.push(if index == 0 { "'" } else { "', '" }).push(word);
        }
        self.sql.push("')");
    }

    fn tag(&mut self, tag: Option<&str>) {
        match tag {
            None => self.raw("NOT EXISTS (SELECT 1 FROM ticket_tags g WHERE g.ticket_id = t.id)"),
            Some(tag) => {
                self.sql.push("t.id IN (SELECT g.ticket_id FROM ticket_tags g WHERE g.tag = ");
                self.sql.text(tag).push(")");
            }
        }
    }

    fn person(&mut self, field: PersonField, who: &Named) {
        let id = match who {
            Named::Me => self.asker.user.map(|user| user.0),
            Named::Id(id) => Some(*id),
            Named::None => {
                return self.raw(match field {
                    PersonField::Requester => "FALSE",
                    PersonField::Assignee => "t.assignee_id IS NULL",
                    PersonField::Submitter => "FALSE",
                    PersonField::Cc => {
                        "NOT EXISTS (SELECT 1 FROM ticket_ccs p WHERE p.ticket_id = t.id)"
                    }
                    PersonField::Commenter => {
                        "NOT EXISTS (SELECT 1 FROM comments p WHERE p.ticket_id = t.id)"
                    }
                });
            }
            Named::Name(_) => None,
        };
        let Some(id) = id else { return self.raw("FALSE") };
        match field {
            PersonField::Requester => self.number("t.requester_id = ", id),
            PersonField::Assignee => self.known("t.assignee_id", id),
            PersonField::Submitter => self.known("t.submitter_id", id),
            PersonField::Cc => {
                self.sql.push("t.id IN (SELECT p.ticket_id FROM ticket_ccs p WHERE p.user_id = ");
                self.sql.int(id).push(")");
            }
            PersonField::Commenter => {
                self.sql.push(
                    "EXISTS (SELECT 1 FROM comments p WHERE p.ticket_id = t.id AND p.author_id = ",
                );
                self.sql.int(id).push(")");
            }
        }
    }

    fn team(&mut self, which: &Named) {
        match which {
            Named::Id(id) => self.number("t.team_id = ", *id),
            Named::Me if self.asker.teams.is_empty() => self.raw("FALSE"),
            Named::Me => {
                for (index, team) in self.asker.teams.iter().enumerate() {
                    self.sql.push(if index == 0 { "t.team_id IN (" } else { ", " }).int(team.0);
                }
                self.sql.push(")");
            }
            Named::None | Named::Name(_) => self.raw("FALSE"),
        }
    }

    fn time(&mut self, field: TimeField, span: Span) {
        let (column, missing, is_there) = match field {
            TimeField::Created => ("t.created_at", "FALSE", "TRUE"),
            TimeField::Updated => ("t.updated_at", "FALSE", "TRUE"),
            TimeField::InStatus => ("COALESCE(t.status_since, t.created_at)", "FALSE", "TRUE"),
            TimeField::Assigned => {
                ("t.assigned_at", "t.assigned_at IS NULL", "t.assigned_at IS NOT NULL")
            }
            TimeField::Solved => ("t.solved_at", "t.solved_at IS NULL", "t.solved_at IS NOT NULL"),
            TimeField::Due => (
                "t.due_sort",
                "t.due_sort = 9223372036854775807",
                "t.due_sort < 9223372036854775807",
            ),
        };
        match span {
            Span::Missing => self.raw(missing),
            Span::Nowhere => self.raw("FALSE"),
            Span::Within(from, until) => {
                self.sql.push("(").push(is_there);
                for (sign, edge) in [(" >= ", from), (" < ", until)] {
                    if let Some(edge) = edge {
                        self.sql.push(" AND ").push(column).push(sign).int(edge.as_microsecond());
                    }
                }
                self.sql.push(")");
            }
        }
    }

    fn says(&mut self, place: Place, words: &[domain::search::Words]) {
        let in_ticket = |column| search::query(self.engine, words, column);
        let (ticket, comment) = match place {
            Place::Anywhere => (in_ticket(None), in_ticket(None)),
            Place::Subject => (in_ticket(Some(0)), None),
            Place::Description => (in_ticket(Some(2)), None),
            // The first message is found by the ticket's own entry.
            Place::Comment => (in_ticket(Some(2)), in_ticket(None)),
        };
        // Nothing but arms that an index can serve, or the engine would look at every ticket.
        let mut arms = Vec::new();
        if let (Place::Anywhere, [one]) = (place, words)
            && let Some(id) = one.number()
        {
            let mut arm = Fragment::default();
            arm.push("t.id = ").int(id);
            arms.push(arm);
        }
        arms.extend(ticket.map(|query| self.in_ticket(query)));
        arms.extend(comment.map(|query| self.in_comment(query)));
        if arms.is_empty() {
            return self.raw("FALSE");
        }
        for (index, arm) in arms.into_iter().enumerate() {
            self.sql.push(if index == 0 { "(" } else { " OR " }).extend(arm);
        }
        self.sql.push(")");
    }

    fn in_ticket(&self, query: Asked) -> Fragment {
        let Look::Lead(texts) = self.look else {
            return search::has(self.engine, Of::Ticket, "t.id", query);
        };
        let mut sql = Fragment::default();
        sql.push("t.id IN (SELECT h.id FROM (");
        sql.extend(search::hits(self.engine, Of::Ticket, query, texts)).push(") h)");
        sql
    }

    fn in_comment(&self, query: Asked) -> Fragment {
        let mut sql = Fragment::default();
        match self.look {
            Look::Each => {
                sql.push("EXISTS (SELECT 1 FROM comments w WHERE w.ticket_id = t.id AND ");
                sql.extend(search::has(self.engine, Of::Comment, "w.id", query)).push(")")
            }
            Look::Lead(texts) => {
                sql.push("t.id IN (SELECT w.ticket_id FROM (");
                sql.extend(search::hits(self.engine, Of::Comment, query, texts));
                sql.push(") h CROSS JOIN comments w WHERE w.id = h.id)")
            }
        };
        sql
    }

    /// A value stands in the table as JSON: a text, a list of texts, or what is neither.
    fn custom(&mut self, field: i64, value: Option<&str>) {
        let Some(value) = value else {
            self.sql.push("NOT EXISTS (SELECT 1 FROM field_values v WHERE v.ticket_id = t.id AND v.field_id = ");
            self.sql.int(field).push(")");
            return;
        };
        let quoted = crate::users::encode(&value);
        self.sql.push("t.id IN (SELECT v.ticket_id FROM field_values v WHERE v.field_id = ");
        self.sql.int(field).push(" AND (v.value = ").text(quoted.as_str());
        if is_bare(value) {
            self.sql.push(" OR v.value = ").text(value);
        }
        // In a list a text begins behind a bracket or a comma and ends before one: inside texts quotes are escaped.
        for (before, after) in [("[", "]"), ("[", ","), (",", ","), (",", "]")] {
            self.sql.push(" OR (v.value >= '[' AND v.value < '\\' AND replace(v.value, ");
            self.sql.text(format!("{before}{quoted}{after}")).push(", '') <> v.value)");
        }
        self.sql.push("))");
    }
}

/// Whether a value is JSON that is neither a text nor a list: then it may stand in the table as it is.
fn is_bare(value: &str) -> bool {
    use serde_json::Value;
    matches!(
        serde_json::from_str(value),
        Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_))
    )
}
