//! Lists: by offset with a count, or by cursor. The parameters of the request decide.

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk::{Key, KeyValue, Page, Start};
use serde_json::{Map, Value, json};

use crate::answers::Problem;

/// The query of a request: pairs as they came, decoded.
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
    path: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        // The router strips the prefix it is nested under; links want the whole path.
        let original =
            parts.extensions.get::<axum::extract::OriginalUri>().map_or(&parts.uri, |uri| &uri.0);
        Ok(Self::new(original))
    }
}

impl Query {
    pub(crate) fn new(uri: &Uri) -> Self {
        let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()).map(
            |pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decoded(key), decoded(value))
            },
        );
        Self { pairs: pairs.collect(), path: uri.path().to_owned() }
    }

    /// The value of a parameter; the last one counts. Empty, `None` and `undefined` are as good as missing.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let value = self
            .pairs
            .iter()
            .rev()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())?;
        (!matches!(value, "" | "None" | "undefined" | "null")).then_some(value)
    }

    /// All values of a repeated parameter, also written with `[]`.
    pub(crate) fn all(&self, key: &str) -> Vec<&str> {
        let listed = format!("{key}[]");
        self.pairs
            .iter()
            .filter(|(name, _)| name == key || *name == listed)
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The names asked for with `include`.
    pub(crate) fn includes(&self, name: &str) -> bool {
        self.get("include").is_some_and(|list| list.split(',').any(|one| one.trim() == name))
    }

    fn with(&self, base: &str, changes: &[(&str, Option<String>)]) -> String {
        let kept =
            self.pairs.iter().filter(|(key, _)| !changes.iter().any(|(changed, _)| changed == key));
        let kept = kept.map(|(key, value)| format!("{}={}", encoded(key), encoded(value)));
        let set = changes.iter().filter_map(|(key, value)| {
            Some(format!("{}={}", encoded(key), encoded(value.as_ref()?)))
        });
        let query: Vec<String> = kept.chain(set).collect();
        format!("{base}{}.json?{}", self.path.trim_end_matches(".json"), query.join("&"))
    }
}

/// How a list is asked for.
pub(crate) struct Paging {
    /// What the storage is asked for; one row more than a page, to see whether there is another.
    pub page: Page,
    /// The column that orders it, as the client named it.
    pub sort: Option<String>,
    style: Style,
    size: i64,
}

enum Style {
    Offset(i64),
    Cursor { given: bool, backwards: bool },
}

impl Paging {
    /// Whether the answer needs a count.
    pub(crate) fn wants_count(&self) -> bool {
        matches!(self.style, Style::Offset(_))
    }

    /// Reads the parameters. `sorts` are the columns that may order this list.
    pub(crate) fn read(query: &Query, sorts: &[&str]) -> Result<Self, Problem> {
        let cursor = query.get("page[size]").is_some()
            || query.get("page[after]").is_some()
            || query.get("page[before]").is_some();
        if cursor { Self::by_cursor(query, sorts) } else { Self::by_offset(query, sorts) }
    }

    fn by_cursor(query: &Query, sorts: &[&str]) -> Result<Self, Problem> {
        let size = number(query, "page[size]", 100)?;
        if !(1..=100).contains(&size) {
            return Err(Problem::Attribute("page[size] must be between 1 and 100".to_owned()));
        }
        let sort =
            query.get("sort").map(|sort| (sort.trim_start_matches('-'), sort.starts_with('-')));
        let (sort, mut descending) = match sort {
            Some((name, falling)) if sorts.contains(&name) => (Some(name.to_owned()), falling),
            Some((name, _)) => {
                return Err(Problem::Attribute(format!("sort is not valid: {name}")));
            }
            None => (None, false),
        };
        if query.get("sort").is_none() && query.get("sort_order") == Some("desc") {
            descending = true;
        }
        let (start, given, backwards) = match (query.get("page[after]"), query.get("page[before]"))
        {
            (Some(cursor), _) => (Start::After(key(cursor)?), true, false),
            (None, Some(cursor)) => (Start::Before(key(cursor)?), true, true),
            (None, None) => (Start::Offset(0), false, false),
        };
        let page = Page { start, size: size + 1, descending };
        Ok(Self { page, sort, style: Style::Cursor { given, backwards }, size })
    }

    fn by_offset(query: &Query, sorts: &[&str]) -> Result<Self, Problem> {
        let number_of = number(query, "page", 1)?.max(1);
        let size = number(query, "per_page", 100)?.clamp(1, 100);
        if number_of > 1 && number_of.saturating_mul(size) > 10_000 {
            return Err(Problem::Attribute(
                "page is beyond 10,000 records; use page[size] and page[after]".to_owned(),
            ));
        }
        let sort =
            query.get("sort_by").or(query.get("sort").map(|sort| sort.trim_start_matches('-')));
        let sort = sort.filter(|name| sorts.contains(name)).map(str::to_owned);
        let descending = query.get("sort_order") == Some("desc")
            || query.get("sort").is_some_and(|sort| sort.starts_with('-'));
        let page =
            Page { start: Start::Offset((number_of - 1) * size), size: size + 1, descending };
        Ok(Self { page, sort, style: Style::Offset(number_of), size })
    }

    /// The rows a page asks for out of a whole list that is already here, in rising order of `id`.
    pub(crate) fn window<T>(&self, mut rows: Vec<T>, id: impl Fn(&T) -> i64) -> Vec<T> {
        if self.page.descending {
            rows.reverse();
        }
        let size = usize::try_from(self.page.size).unwrap_or(101);
        let falling = self.page.descending;
        match &self.page.start {
            Start::Offset(offset) => {
                rows.into_iter().skip(usize::try_from(*offset).unwrap_or(0)).take(size).collect()
            }
            Start::After(key) => rows
                .into_iter()
                .filter(|row| (id(row) > key.id) != falling && id(row) != key.id)
                .take(size)
                .collect(),
            Start::Before(key) => {
                let mut rows: Vec<T> = rows
                    .into_iter()
                    .filter(|row| (id(row) < key.id) != falling && id(row) != key.id)
                    .collect();
                rows.drain(..rows.len().saturating_sub(size));
                rows
            }
        }
    }

    /// Reads the parameters of an export: by cursor alone, up to `most` a page, the newest first.
    pub(crate) fn read_export(query: &Query, most: i64) -> Result<Self, Problem> {
        let size = number(query, "page[size]", 100)?;
        if !(1..=most).contains(&size) {
            return Err(Problem::Attribute(format!("page[size] must be between 1 and {most}")));
        }
        let (start, given) = match query.get("page[after]") {
            Some(cursor) => (Start::After(key(cursor)?), true),
            None => (Start::Offset(0), false),
        };
        let page = Page { start, size: size + 1, descending: true };
        Ok(Self { page, sort: None, style: Style::Cursor { given, backwards: false }, size })
    }

    /// The number behind which the page begins.
    pub(crate) fn after_id(&self) -> Option<i64> {
        match &self.page.start {
            Start::After(key) => Some(key.id),
            Start::Offset(_) | Start::Before(_) => None,
        }
    }

    /// The first row of the page and how many it has, when it is asked for by offset.
    pub(crate) fn window_of(&self) -> (usize, usize) {
        let offset = match self.page.start {
            Start::Offset(offset) => offset,
            Start::After(_) | Start::Before(_) => 0,
        };
        (usize::try_from(offset).unwrap_or(usize::MAX), usize::try_from(self.size).unwrap_or(100))
    }

    /// Cuts the extra row off and adds what says how to go on. `rows` are the storage's, `key` places a row.
    pub(crate) fn finish<T>(
        &self,
        query: &Query,
        base: &str,
        rows: &mut Vec<T>,
        count: Option<i64>,
        key: impl Fn(&T) -> Key,
    ) -> Map<String, Value> {
        let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > self.size;
        let mut answer = Map::new();
        match self.style {
            Style::Offset(number) => {
                rows.truncate(usize::try_from(self.size).unwrap_or(100));
                let link = |number: i64| query.with(base, &[("page", Some(number.to_string()))]);
                answer.insert(
                    "next_page".into(),
                    if more { link(number + 1).into() } else { Value::Null },
                );
                answer.insert(
                    "previous_page".into(),
                    if number > 1 { link(number - 1).into() } else { Value::Null },
                );
                if let Some(count) = count {
                    answer.insert("count".into(), count.into());
                }
            }
            Style::Cursor { given, backwards } => {
                if more && backwards {
                    rows.remove(0);
                } else if more {
                    rows.pop();
                }
                let (has_more, has_before) = if backwards { (true, more) } else { (more, given) };
                let has_more = has_more && !rows.is_empty();
                let after = rows.last().map(|row| cursor(&key(row)));
                let before = rows.first().map(|row| cursor(&key(row)));
                let link = |name: &str, other: &str, cursor: &Option<String>, there: bool| {
                    if there && cursor.is_some() {
                        Value::from(query.with(base, &[(other, None), (name, cursor.clone())]))
                    } else {
                        Value::Null
                    }
                };
                let next = link("page[after]", "page[before]", &after, has_more);
                let prev = link("page[before]", "page[after]", &before, has_before);
                answer.insert(
                    "meta".into(),
                    json!({ "has_more": has_more, "after_cursor": after, "before_cursor": before }),
                );
                answer.insert("links".into(), json!({ "next": next, "prev": prev }));
            }
        }
        answer
    }
}

fn number(query: &Query, key: &str, default: i64) -> Result<i64, Problem> {
    match query.get(key) {
        None => Ok(default),
        Some(text) => {
            text.parse().map_err(|_| Problem::Attribute(format!("{key} must be an integer")))
        }
    }
}

fn cursor(key: &Key) -> String {
    let value = match &key.value {
        None => Value::Null,
        Some(KeyValue::Int(number)) => (*number).into(),
        Some(KeyValue::Text(text)) => text.clone().into(),
        Some(KeyValue::Place(place)) => json!(place),
    };
    URL_SAFE_NO_PAD.encode(json!([value, key.id]).to_string())
}

fn key(cursor: &str) -> Result<Key, Problem> {
    let wrong = || Problem::Attribute("the cursor is not one of ours".to_owned());
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
    let (value, id): (Value, i64) = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
    let value = match value {
        Value::Null => None,
        Value::Number(number) => Some(KeyValue::Int(number.as_i64().ok_or_else(wrong)?)),
        Value::String(text) => Some(KeyValue::Text(text)),
        _ => return Err(wrong()),
    };
    Ok(Key { value, id })
}

fn decoded(text: &str) -> String {
    let source = text.as_bytes();
    let mut bytes = Vec::with_capacity(source.len());
    let mut at = 0;
    while at < source.len() {
        let escape = source.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        let value = escape.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (source[at], value) {
            (b'%', Some(value)) => {
                bytes.push(value);
                at += 2;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(byte),
        }
        at += 1;
    }
    // No text of ours holds a zero byte, and PostgreSQL refuses it.
    bytes.retain(|byte| *byte != 0);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The part of a whole list that a page asks for. `place` is where a row stands: the ordering value and the id.
pub(crate) fn part<T>(page: &Page, mut rows: Vec<T>, place: impl Fn(&T) -> (i64, i64)) -> Vec<T> {
    rows.sort_by_key(&place);
    if page.descending {
        rows.reverse();
    }
    let size = usize::try_from(page.size).unwrap_or_default();
    let at = |key: &Key| match key.value {
        Some(KeyValue::Int(value)) => (value, key.id),
        Some(KeyValue::Text(_) | KeyValue::Place(_)) | None => (0, key.id),
    };
    match &page.start {
        Start::Offset(offset) => {
            rows.into_iter().skip(usize::try_from(*offset).unwrap_or_default()).take(size).collect()
        }
        Start::After(key) => {
            rows.retain(
                |row| if page.descending { place(row) < at(key) } else { place(row) > at(key) },
            );
            rows.truncate(size);
            rows
        }
        Start::Before(key) => {
            rows.retain(
                |row| if page.descending { place(row) > at(key) } else { place(row) < at(key) },
            );
            rows.split_off(rows.len().saturating_sub(size))
        }
    }
}

fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~[]:,".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(start: Start, size: i64, descending: bool) -> Vec<i64> {
        let rows = vec![3, 1, 4, 2, 5];
        part(&Page { start, size, descending }, rows, |id| (0, *id))
    }

    #[test]
    fn a_part_of_a_whole_list_is_cut_like_one_of_the_storage() {
        let key = |id| Key { value: None, id };
        assert_eq!(ids(Start::Offset(1), 2, false), [2, 3]);
        assert_eq!(ids(Start::After(key(2)), 2, false), [3, 4]);
        assert_eq!(ids(Start::Before(key(4)), 2, false), [2, 3]);
        assert_eq!(ids(Start::After(key(4)), 2, true), [3, 2]);
        assert_eq!(ids(Start::Before(key(2)), 2, true), [4, 3]);
        assert_eq!(ids(Start::Offset(9), 2, false), [0; 0]);
    }

    #[test]
    fn a_page_beyond_all_numbers_is_refused_and_not_a_crash() {
        let query = Query::new(&"/api/v2/users?page=9223372036854775807".parse().unwrap());
        assert!(Paging::read(&query, &[]).is_err());
    }
}
