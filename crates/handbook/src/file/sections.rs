//! TOML tables with their lines: every question asked of a table is remembered, and what was never asked for is an
//! unknown key.

use std::{borrow::Cow, cell::RefCell, collections::BTreeSet};

use jiff::civil::Date;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::Problem;
use crate::nearest::hint;

/// Where problems are collected, and offsets become lines.
pub(super) struct Reader<'t> {
    text: &'t str,
    problems: RefCell<Vec<Problem>>,
}

/// A value and the line it is on.
#[derive(Clone, Debug)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) line: usize,
}

/// A table of the file. A section the file leaves out is an empty one.
pub(super) struct Section<'t, 'r> {
    reader: &'r Reader<'t>,
    /// Its path, like `team.hero`.
    pub(super) path: String,
    pub(super) line: usize,
    table: Option<&'r DeTable<'t>>,
    known: RefCell<BTreeSet<&'static str>>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, problems: RefCell::default() }
    }

    pub(super) fn line_at(&self, offset: usize) -> usize {
        1 + self.text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count()
    }

    pub(super) fn problem(&self, line: usize, reason: impl Into<String>) {
        self.problems.borrow_mut().push(Problem { line, reason: reason.into() });
    }

    /// What was found so far, in the order of the lines.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by(|one, other| (one.line, &one.reason).cmp(&(other.line, &other.reason)));
        // A value that is asked for twice complains twice.
        problems.dedup();
        problems
    }

    pub(super) fn root<'r>(&'r self, table: &'r DeTable<'t>) -> Section<'t, 'r> {
        Section {
            reader: self,
            path: String::new(),
            line: 1,
            table: Some(table),
            known: RefCell::default(),
        }
    }
}

impl<'t, 'r> Section<'t, 'r> {
    /// The path of a key in messages.
    pub(super) fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Says what is wrong with a key's value.
    pub(super) fn refuse(&self, key: &str, line: usize, reason: impl std::fmt::Display) {
        self.reader.problem(line, format!("{}: {reason}", self.at(key)));
    }

    /// Says of the whole section that something is wrong.
    pub(super) fn refuse_all(&self, reason: impl Into<String>) {
        self.reader.problem(self.line, reason);
    }

    /// The value of a key. Asking makes the key a known one.
    fn get(&self, key: &'static str) -> Option<&'r Spanned<DeValue<'t>>> {
        self.known.borrow_mut().insert(key);
        self.table?.get(key)
    }

    /// Whether the key is there, whatever its value.
    pub(super) fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// The line of a key's value, or of the section without it.
    pub(super) fn line_of_key(&self, key: &'static str) -> usize {
        self.get(key).map_or(self.line, |value| self.line_of(value))
    }

    /// A default, as if it stood in the file.
    pub(super) fn made_up(&self, text: &str) -> Located<String> {
        Located { value: text.to_owned(), line: self.line }
    }

    fn line_of(&self, value: &Spanned<DeValue<'_>>) -> usize {
        self.reader.line_at(value.span().start)
    }

    /// The value as `convert` sees it, or a problem that says what was expected.
    fn one<T>(
        &self,
        key: &'static str,
        expected: &str,
        convert: impl Fn(&'r DeValue<'t>) -> Option<T>,
    ) -> Option<Located<T>> {
        let value = self.get(key)?;
        self.convert(key, value, expected, convert)
    }

    fn convert<T>(
        &self,
        key: &str,
        value: &'r Spanned<DeValue<'t>>,
        expected: &str,
        convert: impl Fn(&'r DeValue<'t>) -> Option<T>,
    ) -> Option<Located<T>> {
        let line = self.line_of(value);
        let converted = convert(value.get_ref());
        if converted.is_none() {
            let found = kind_of(value.get_ref());
            self.refuse(key, line, format_args!("expected {expected}, found {found}"));
        }
        converted.map(|value| Located { value, line })
    }

    pub(super) fn text(&self, key: &'static str) -> Option<Located<String>> {
        self.one(key, "text in quotes", |value| value.as_str().map(str::to_owned))
    }

    /// A text that must be there and say something.
    pub(super) fn required(&self, key: &'static str) -> Option<Located<String>> {
        if self.get(key).is_none() {
            self.refuse_all(format!("{} is missing", self.at(key)));
        }
        let text = self.text(key)?;
        if text.value.trim().is_empty() {
            self.refuse(key, text.line, "must not be empty");
            return None;
        }
        Some(text)
    }

    /// A text that `parse` understands.
    pub(super) fn parsed<T>(
        &self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<Located<T>> {
        let text = self.text(key)?;
        self.understood(key, &text, parse)
    }

    /// What `parse` makes of a text already found.
    pub(super) fn understood<T>(
        &self,
        key: &str,
        text: &Located<String>,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<Located<T>> {
        match parse(&text.value) {
            Ok(value) => Some(Located { value, line: text.line }),
            Err(reason) => {
                self.refuse(key, text.line, reason);
                None
            }
        }
    }

    pub(super) fn number(&self, key: &'static str) -> Option<Located<f64>> {
        self.one(key, "a number", |value| match value {
            DeValue::Float(float) => float.as_str().parse().ok(),
            DeValue::Integer(_) => {
                whole(value).and_then(|whole| i32::try_from(whole).ok()).map(f64::from)
            }
            _ => None,
        })
    }

    pub(super) fn flag(&self, key: &'static str) -> Option<Located<bool>> {
        self.one(key, "true or false", DeValue::as_bool)
    }

    pub(super) fn id(&self, key: &'static str) -> Option<Located<i64>> {
        self.one(key, "a whole number above zero", |value| whole(value).filter(|id| *id > 0))
    }

    /// A date, in quotes or bare.
    pub(super) fn date(&self, key: &'static str) -> Option<Located<Date>> {
        let text = self.one(key, "a date like \"2026-03-01\"", date_text)?;
        self.understood(key, &text, date)
    }

    pub(super) fn dates(&self, key: &'static str) -> Option<Vec<Located<Date>>> {
        let items = self.items(key)?;
        let texts = items
            .iter()
            .filter_map(|item| self.convert(key, item, "a date like \"2026-12-25\"", date_text));
        Some(texts.filter_map(|text| self.understood(key, &text, date)).collect())
    }

    pub(super) fn texts(&self, key: &'static str) -> Option<Vec<Located<String>>> {
        let as_text = |item| {
            self.convert(key, item, "text in quotes", |value| value.as_str().map(str::to_owned))
        };
        Some(self.items(key)?.iter().filter_map(as_text).collect())
    }

    /// A list, or a single text that stands for a list of one.
    pub(super) fn one_or_more(&self, key: &'static str) -> Vec<Located<String>> {
        match self.get(key).map(Spanned::get_ref) {
            Some(DeValue::String(_)) => self.text(key).into_iter().collect(),
            Some(_) => self.texts(key).unwrap_or_default(),
            None => Vec::new(),
        }
    }

    fn items(&self, key: &'static str) -> Option<&'r [Spanned<DeValue<'t>>]> {
        let list = self.one(key, "a list", DeValue::as_array)?;
        Some(list.value.as_ref())
    }

    /// The table under a key, empty if the file leaves it out.
    pub(super) fn section(&self, key: &'static str) -> Section<'t, 'r> {
        self.optional_section(key).unwrap_or_else(|| self.below(key, self.line, None))
    }

    pub(super) fn optional_section(&self, key: &'static str) -> Option<Section<'t, 'r>> {
        let table = self.one(key, "a table", DeValue::as_table)?;
        Some(self.below(key, table.line, Some(table.value)))
    }

    /// The tables under a key, like each `[[team]]`.
    pub(super) fn sections(&self, key: &'static str) -> Vec<Section<'t, 'r>> {
        let table = |item| self.convert(key, item, "a table", DeValue::as_table);
        let tables = self.items(key).unwrap_or_default().iter().filter_map(table);
        tables.map(|table| self.below(key, table.line, Some(table.value))).collect()
    }

    fn below(&self, key: &str, line: usize, table: Option<&'r DeTable<'t>>) -> Section<'t, 'r> {
        Section { reader: self.reader, path: self.at(key), line, table, known: RefCell::default() }
    }

    /// Complains about every key nobody asked for.
    pub(super) fn close(&self) {
        let known = self.known.borrow();
        for key in self.table.into_iter().flat_map(|table| table.keys()) {
            let name: &str = key.get_ref();
            if !known.contains(name) {
                let line = self.reader.line_at(key.span().start);
                self.reader.problem(
                    line,
                    format!(
                        "unknown key \"{}\"{}",
                        self.at(name),
                        hint(name, known.iter().copied())
                    ),
                );
            }
        }
    }
}

fn whole(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

fn date_text(value: &DeValue<'_>) -> Option<String> {
    let text: Cow<'_, str> = match value {
        DeValue::String(text) => Cow::Borrowed(text),
        DeValue::Datetime(date) => Cow::Owned(date.to_string()),
        _ => return None,
    };
    Some(text.into_owned())
}

/// Strictly `2026-03-01`: other spellings of ISO dates are not for people.
fn date(text: &str) -> Result<Date, String> {
    let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
    date.ok_or_else(|| format!("\"{text}\" is not a date like \"2026-03-01\""))
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
