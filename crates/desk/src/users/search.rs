//! The search for people: words, and `key:value` pairs.

use domain::Role;
use store::users::Filter;

/// What is searched for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    /// What people must match.
    pub(super) filter: Filter,
    /// The organization they must be in, by number or name.
    pub(super) organization: Option<String>,
}

/// Reads a query such as `role:agent "ada love" email:ada@acme.test`. What cannot be read is searched for as words.
pub(super) fn parse(text: &str) -> Query {
    let mut query = Query::default();
    for token in tokens(text) {
        let filter = &mut query.filter;
        match token.split_once(':') {
            Some(("type", _)) => {}
            Some(("email" | "user", value)) if value.contains('@') && !value.contains('*') => {
                filter.email = Some(value.to_owned());
            }
            Some(("role", value)) if !roles(value).is_empty() => filter.roles = roles(value),
            Some(("external_id", value)) if !value.is_empty() => {
                filter.external_ids.push(value.to_owned());
            }
            Some(("tags" | "tag", value)) if !value.is_empty() => {
                filter.tag = Some(value.to_owned());
            }
            Some(("organization" | "organization_id", value)) if !value.is_empty() => {
                query.organization = Some(value.to_owned());
            }
            Some(("name" | "email" | "user", value)) => filter.words.extend(words(value)),
            Some(_) | None => filter.words.extend(words(&token)),
        }
    }
    query.filter.words.truncate(10);
    query
}

/// The roles an API word stands for.
pub fn roles(word: &str) -> Vec<Role> {
    match word {
        "end-user" | "end_user" => vec![Role::EndUser],
        "agent" => vec![Role::Light, Role::Agent],
        "admin" => vec![Role::Admin],
        _ => Vec::new(),
    }
}

/// Every word matches by its beginning, so an asterisk at its end says nothing more.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace()
        .map(|word| word.trim_matches('*').to_owned())
        .filter(|word| !word.is_empty())
}

/// Parts between spaces; quotes keep spaces.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut token = String::new();
    let mut is_quoted = false;
    for letter in text.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            c if c.is_whitespace() && !is_quoted => tokens.push(std::mem::take(&mut token)),
            c => token.push(c),
        }
    }
    tokens.push(token);
    tokens.retain(|token| !token.is_empty());
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_pairs_are_told_apart() {
        let query =
            parse(r#"type:user role:agent organization:"Acme Inc" Ada lov* email:ada@acme.test"#);

        assert_eq!(query.filter.roles, [Role::Light, Role::Agent]);
        assert_eq!(query.filter.words, ["Ada", "lov"]);
        assert_eq!(query.filter.email.as_deref(), Some("ada@acme.test"));
        assert_eq!(query.organization.as_deref(), Some("Acme Inc"));
    }

    #[test]
    fn what_is_not_understood_is_searched_for() {
        assert_eq!(parse("role:king").filter.words, ["role:king"]);
        assert_eq!(parse("\"ada love").filter.words, ["ada", "love"]);
        assert_eq!(parse(" * ").filter, Filter::default());
    }
}
