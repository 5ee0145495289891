//! The words of texts: written with what they are words of, and found again.
//!
//! The index holds tokens that [`domain::search`] has cut; both engines keep them as they are. SQLite has a table of
//! FTS5 without content, PostgreSQL a `tsvector` under a GIN index. Whatever is found is found newest first and only up
//! to a limit, so that a word of every second text costs no more than a rare one; how well it fits is judged in Rust,
//! alike on both engines.

use std::collections::BTreeSet;

use domain::search::{Doc, Needle, Words};

use crate::conditions::Fragment;
use crate::engine::Engine;
use crate::{Error, Sql, Tx, params};

mod backfill;
mod tickets;

pub use backfill::{Progress, progress, step};
pub use tickets::{Ask, Found, Hits, Said, Started, comments, started, tickets};

/// How many texts are looked at where words stand beside other conditions.
pub(crate) const WIDE: i64 = 20_000;

/// What has words. The table is named after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Subject, tags and first message of a ticket.
    Ticket,
    /// A comment that is not the first message of its ticket.
    Comment,
    /// A person: name, addresses, the rest.
    User,
    /// An organization: name, domains, the rest.
    Organization,
    /// A public question: title, question, accepted answer.
    Question,
}

/// Statements for one table of the index; no name of a table is ever put together.
struct Statements {
    sqlite_put: &'static str,
    sqlite_forget: &'static str,
    sqlite_hits: &'static str,
    sqlite_has: (&'static str, &'static str),
    postgres_put: &'static str,
    postgres_forget: &'static str,
    postgres_hits: &'static str,
    postgres_has: &'static str,
}

macro_rules! statements {
    ($table:literal) => {
        Statements {
            sqlite_put: concat!(
                "INSERT OR REPLACE INTO ",
                $table,
                " (rowid, first, second, third) VALUES ($1, $2, $3, $4)"
            ),
            sqlite_forget: concat!("DELETE FROM ", $table, " WHERE rowid = $1"),
            sqlite_hits: concat!("SELECT rowid AS id FROM ", $table, " WHERE ", $table, " MATCH "),
            sqlite_has: (
                concat!("EXISTS (SELECT 1 FROM ", $table, " WHERE ", $table, ".rowid = "),
                concat!(" AND ", $table, " MATCH "),
            ),
            postgres_put: concat!(
                "INSERT INTO ",
                $table,
                " (id, tokens) VALUES ($1, CAST($2 AS tsvector)) ",
                "ON CONFLICT (id) DO UPDATE SET tokens = excluded.tokens"
            ),
            postgres_forget: concat!("DELETE FROM ", $table, " WHERE id = $1"),
            postgres_hits: concat!("SELECT x.id FROM ", $table, " x WHERE x.tokens @@ CAST("),
            postgres_has: concat!("EXISTS (SELECT 1 FROM ", $table, " x WHERE x.id = "),
        }
    };
}

impl Of {
    fn statements(self) -> &'static Statements {
        const TICKETS: Statements = statements!("search_tickets");
        const COMMENTS: Statements = statements!("search_comments");
        const USERS: Statements = statements!("search_users");
        const ORGANIZATIONS: Statements = statements!("search_organizations");
        const QUESTIONS: Statements = statements!("search_questions");
        match self {
            Self::Ticket => &TICKETS,
            Self::Comment => &COMMENTS,
            Self::User => &USERS,
            Self::Organization => &ORGANIZATIONS,
            Self::Question => &QUESTIONS,
        }
    }
}

/// Writes the words of a text, in place of those it had before; they are found once the transaction is committed. Up to three fields, the weightiest first.
pub(crate) fn put(tx: &mut Tx<'_>, of: Of, id: i64, fields: &[&str]) -> Result<(), Error> {
    let doc = Doc::of(fields);
    let statements = of.statements();
    match tx.engine() {
        Engine::Sqlite => {
            let mut texts: Vec<String> = doc.fields().zip(doc.letters()).map(sqlite_text).collect();
            texts.resize(3, String::new());
            tx.execute_late(statements.sqlite_put, id, texts)
        }
        Engine::Postgres => tx.execute_late(statements.postgres_put, id, vec![vector(&doc)]),
    }
}

/// Forgets the words of a text.
pub fn forget(tx: &mut Tx<'_>, of: Of, id: i64) -> Result<(), Error> {
    let sql = match tx.engine() {
        Engine::Sqlite => of.statements().sqlite_forget,
        Engine::Postgres => of.statements().postgres_forget,
    };
    tx.execute_late(sql, id, Vec::new())
}

/// A field as SQLite's index reads it: its tokens, and apart from them and from each other its single characters, so that
/// none of those is part of a phrase.
fn sqlite_text<'t>(
    (tokens, letters): (impl Iterator<Item = &'t str>, BTreeSet<&'t str>),
) -> String {
    const APART: &str = "·";
    let letters = letters.into_iter().flat_map(|letter| [APART, letter]);
    tokens.chain(letters).collect::<Vec<_>>().join(" ")
}

/// A text as PostgreSQL's vector: `'flag':1A 'safari':2C`. Fields and single characters stand apart, so that no phrase spans
/// two.
fn vector(doc: &Doc) -> String {
    use std::fmt::Write as _;
    const APART: usize = 10;
    let mut vector = String::new();
    let mut place = 0;
    for ((tokens, letters), weight) in doc.fields().zip(doc.letters()).zip(["A", "B", "C"]) {
        let mut write = |token: &str, place: usize| {
            // Writing into a string cannot fail. A token holds neither quotes nor backslashes.
            let _ = write!(vector, "'{token}':{place}{weight} ");
        };
        for token in tokens {
            place += 1;
            write(token, place);
        }
        // All of these stand at one place: nothing is next to any of them.
        place += APART;
        for letter in letters {
            write(letter, place);
        }
        place += APART;
    }
    vector
}

/// Words as an engine is asked for them.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    text: String,
    /// Whether SQLite walks along the texts that have them without gathering all of those first. Beginnings of up to six
    /// letters have an index of their own.
    is_walked: bool,
}

/// Letters of the longest beginning with an index of its own.
const WALKED: usize = 6;

/// What an engine is asked for these words, in one field or in any; nothing if there is no letter in them.
pub(crate) fn query(engine: Engine, words: &[Words], field: Option<usize>) -> Option<Asked> {
    let needles: Vec<Needle> = words.iter().filter_map(Words::needle).collect();
    if needles.is_empty() {
        return None;
    }
    let (one, and): (fn(&Needle, usize) -> String, _) = match engine {
        Engine::Sqlite => (for_sqlite, " AND "),
        Engine::Postgres => (for_postgres, " & "),
    };
    let field = field.map_or(0, |field| field + 1);
    let text = needles.iter().map(|needle| one(needle, field)).collect::<Vec<_>>().join(and);
    let is_walked = needles.iter().all(|needle| {
        let last = needle.tokens.last().map_or(0, |token| token.chars().count());
        !is_open(needle) || (3..=WALKED).contains(&last)
    });
    Some(Asked { text, is_walked })
}

/// Whether more tokens than the last one itself are asked for.
fn is_open(needle: &Needle) -> bool {
    needle.is_open && !needle.is_letter()
}

/// `second : "fall back" *`; field 0 is any.
fn for_sqlite(needle: &Needle, field: usize) -> String {
    let column = ["", "first : ", "second : ", "third : "][field.min(3)];
    let open = if is_open(needle) { " *" } else { "" };
    format!("{column}\"{}\"{open}", needle.tokens.join(" "))
}

/// `('fall' <-> 'back':*B)`; field 0 is any.
fn for_postgres(needle: &Needle, field: usize) -> String {
    let weight = ["", "A", "B", "C"][field.min(3)];
    let last = needle.tokens.len() - 1;
    let token = |(index, token): (usize, &String)| {
        let open = if is_open(needle) && index == last { "*" } else { "" };
        let mark = if weight.is_empty() && open.is_empty() { "" } else { ":" };
        format!("'{token}'{mark}{open}{weight}")
    };
    let tokens: Vec<String> = needle.tokens.iter().enumerate().map(token).collect();
    format!("({})", tokens.join(" <-> "))
}

/// Whether the text whose number stands in `id` has this.
pub(crate) fn has(engine: Engine, of: Of, id: &'static str, asked: Asked) -> Fragment {
    let statements = of.statements();
    let mut sql = Fragment::default();
    match engine {
        Engine::Sqlite if asked.is_walked => {
            let (before, between) = statements.sqlite_has;
            sql.push(before).push(id).push(between).text(asked.text).push(")");
        }
        Engine::Sqlite => {
            // All texts are gathered, once, and not for every one that is looked at.
            sql.push(id).push(" IN (").push(statements.sqlite_hits).text(asked.text).push(")");
        }
        Engine::Postgres => {
            sql.push(statements.postgres_has).push(id).push(" AND x.tokens @@ CAST(");
            sql.text(asked.text).push(" AS tsquery))");
        }
    }
    sql
}

/// The numbers of the newest `most` texts that have this.
pub(crate) fn hits(engine: Engine, of: Of, asked: Asked, most: i64) -> Fragment {
    let statements = of.statements();
    let mut sql = Fragment::default();
    match engine {
        Engine::Sqlite => {
            sql.push(statements.sqlite_hits).text(asked.text).push(" ORDER BY rowid DESC LIMIT ");
        }
        Engine::Postgres => {
            sql.push(statements.postgres_hits).text(asked.text);
            sql.push(" AS tsquery) ORDER BY x.id DESC LIMIT ");
        }
    }
    sql.int(most);
    sql
}

/// The numbers of the newest `most` people, organizations or questions that have these words.
pub fn newest(tx: &mut Tx<'_>, of: Of, words: &[Words], most: i64) -> Result<Vec<i64>, Error> {
    let Some(asked) = query(tx.engine(), words, None) else { return Ok(Vec::new()) };
    plan_for_these_words(tx)?;
    let fragment = hits(tx.engine(), of, asked, most);
    let mut sql = Sql::new();
    fragment.append_to(&mut sql);
    tx.query(sql.text(), sql.params())?.iter().map(|row| row.get(0)).collect()
}

/// PostgreSQL chooses how to look for a rare word and for a common one only if it knows the word when it plans.
fn plan_for_these_words(tx: &mut Tx<'_>) -> Result<(), Error> {
    if tx.engine() == Engine::Postgres {
        tx.query("SELECT set_config('plan_cache_mode', 'force_custom_plan', TRUE)", params![])?;
    }
    Ok(())
}
