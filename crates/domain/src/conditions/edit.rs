//! Changing a query part by part, as chips and selects do.

use super::{Condition, Query};

impl Query {
    /// Each part as it is typed, and the query without it.
    pub fn chips(&self) -> Vec<(String, Self)> {
        let parts = match &self.condition {
            // Alternatives are one part.
            Condition::Any(_) => std::slice::from_ref(&self.condition),
            other => other.parts(),
        };
        let chip = |(place, part): (usize, &Condition)| {
            let others = parts.iter().enumerate().filter(|(other, _)| *other != place);
            let rest = Condition::all(others.map(|(_, part)| part.clone()).collect());
            (part.to_string(), Self { condition: rest, ..self.clone() })
        };
        parts.iter().enumerate().map(chip).collect()
    }

    /// The value of a property, if it has exactly one: `status:open`.
    pub fn value_of(&self, property: &str) -> Option<String> {
        let value = |(text, _): (String, Self)| {
            let value = text.strip_prefix(property)?.strip_prefix(':')?.to_owned();
            (!value.contains([' ', ')'])).then_some(value)
        };
        self.chips().into_iter().find_map(value)
    }

    /// The query with another value of a property in place of all it had; an empty one takes it out.
    pub fn with(&self, property: &str, value: &str) -> Self {
        let is_other = |(text, _): &(String, Self)| property_of(text) != Some(property);
        let mut kept: Vec<String> =
            self.chips().into_iter().filter(is_other).map(|(text, _)| grouped(text)).collect();
        if !value.is_empty() {
            kept.push(format!("{property}:{value}"));
        }
        let condition = Self::parse(&kept.join(" ")).query.condition;
        Self { condition, ..self.clone() }
    }

    /// The query in another order; without a word in that of its list.
    pub fn ordered(&self, order: Option<super::Order>) -> Self {
        Self { order, ..self.clone() }
    }
}

/// Alternatives stay one part beside others.
fn grouped(text: String) -> String {
    if text.contains(" OR ") && !text.starts_with('(') { format!("({text})") } else { text }
}

fn property_of(text: &str) -> Option<&str> {
    let end = text.find([':', '<', '>'])?;
    Some(&text[..end])
        .filter(|name| name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_changed_part_by_part() {
        let query = Query::parse("status<solved flag tags:a tags:b order_by:due").query;

        let chips: Vec<(String, String)> =
            query.chips().into_iter().map(|(text, rest)| (text, rest.to_string())).collect();

        assert_eq!(
            chips,
            [
                (
                    "status<solved".to_owned(),
                    "flag tags:a tags:b order_by:due sort:desc".to_owned()
                ),
                (
                    "flag".to_owned(),
                    "status<solved tags:a tags:b order_by:due sort:desc".to_owned()
                ),
                (
                    "tags:a tags:b".to_owned(),
                    "status<solved flag order_by:due sort:desc".to_owned()
                ),
            ]
        );
        assert_eq!(
            query.with("status", "open").to_string(),
            "flag tags:a tags:b status:open order_by:due sort:desc"
        );
        assert_eq!(query.with("tags", "").to_string(), "status<solved flag order_by:due sort:desc");
        assert_eq!(query.with("status", "open").value_of("status").as_deref(), Some("open"));
        assert_eq!(query.value_of("status"), None);
        assert_eq!(query.value_of("tags"), None);
        let either = Query::parse("a OR b").query;
        assert_eq!(either.with("status", "open").to_string(), "(a OR b) status:open");
    }
}
