//! Statements whose text depends on what is asked for.

use crate::Param;

/// A statement put together at run time. Input can only be bound, never become text.
#[derive(Clone, Debug, Default)]
pub struct Sql<'a> {
    text: String,
    params: Vec<Param<'a>>,
}

impl<'a> Sql<'a> {
    /// A statement with nothing in it yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends text of ours.
    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends the next `$n` and remembers what it stands for.
    pub fn bind(&mut self, value: impl Into<Param<'a>>) -> &mut Self {
        use std::fmt::Write as _;
        self.params.push(value.into());
        // Writing into a string cannot fail.
        let _ = write!(self.text, "${}", self.params.len());
        self
    }

    /// Appends each item with `separator` between them, or `empty` when there is none. Adds no brackets.
    pub fn join<I: IntoIterator>(
        &mut self,
        items: I,
        separator: &'static str,
        empty: &'static str,
        mut append: impl FnMut(&mut Self, I::Item),
    ) -> &mut Self {
        let mut is_first = true;
        for item in items {
            if !is_first {
                self.push(separator);
            }
            is_first = false;
            append(self, item);
        }
        if is_first { self.push(empty) } else { self }
    }

    /// The statement so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The values of `$1`, `$2` and so on.
    pub fn params(&self) -> &[Param<'a>] {
        &self.params
    }
}

/// The values of a statement: `params![ticket.id.0, &subject]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        (&[$($crate::Param::from($value)),*] as &[$crate::Param<'_>])
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bound_is_numbered_in_order() {
        let mut sql = Sql::new();
        sql.push("SELECT id FROM tickets WHERE team_id = ").bind(7_i64).push(" AND status IN (");
        sql.join(["new", "open"], ", ", "", |sql, status| {
            sql.bind(status);
        });
        sql.push(")");

        assert_eq!(sql.text(), "SELECT id FROM tickets WHERE team_id = $1 AND status IN ($2, $3)");
        assert_eq!(sql.params(), [Param::Int(7), Param::Text("new"), Param::Text("open")]);
    }

    #[test]
    fn joining_nothing_appends_the_text_for_nothing() {
        let mut sql = Sql::new();
        sql.push("WHERE ").join([0_i64; 0], " AND ", "TRUE", |sql, number| {
            sql.bind(number);
        });

        assert_eq!(sql.text(), "WHERE TRUE");
    }
}
