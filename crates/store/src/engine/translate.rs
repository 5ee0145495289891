//! Migrations in the common dialect, as each engine takes them.
//!
//! The common text is PostgreSQL's. For SQLite the type words change and tables become `STRICT`; text between a line
//! `-- sqlite` or `-- postgres` and a line `-- end` is for that engine only and stays as it is.

/// A migration for PostgreSQL.
pub(crate) fn for_postgres(text: &str) -> String {
    sections(text, "-- postgres", str::to_owned)
}

/// A migration for SQLite.
pub(crate) fn for_sqlite(text: &str) -> String {
    sections(text, "-- sqlite", strict)
}

/// Keeps the common text, changed by `common`, and the sections that begin with the line `ours`.
fn sections(text: &str, ours: &str, common: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut pending = String::new();
    let mut section: Option<&str> = None;
    for line in text.lines() {
        match (section, line.trim()) {
            (None, head @ ("-- sqlite" | "-- postgres")) => {
                out.push_str(&common(&pending));
                pending.clear();
                section = Some(head);
            }
            (Some(_), "-- end") => section = None,
            (None, _) => push_line(&mut pending, line),
            (Some(head), _) if head == ours => push_line(&mut out, line),
            (Some(_), _) => {}
        }
    }
    out.push_str(&common(&pending));
    out
}

fn push_line(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

/// Translates common text for SQLite, statement by statement.
fn strict(text: &str) -> String {
    let mut out = String::new();
    let mut words: Vec<&str> = Vec::new();
    for piece in Pieces(text) {
        if piece == ";" {
            if is_table(&words) {
                out.push_str(" STRICT");
            }
            words.clear();
            out.push_str(piece);
        } else if is_word(piece) {
            words.push(piece);
            out.push_str(translated(piece));
        } else {
            out.push_str(piece);
        }
    }
    out
}

/// Whether a statement of these words makes a table.
fn is_table(words: &[&str]) -> bool {
    words.len() > 2
        && words[0].eq_ignore_ascii_case("create")
        && words[1].eq_ignore_ascii_case("table")
}

fn translated(word: &str) -> &str {
    match word.to_ascii_uppercase().as_str() {
        "BIGINT" | "BOOLEAN" => "INTEGER",
        "BYTEA" => "BLOB",
        _ => word,
    }
}

fn is_word(piece: &str) -> bool {
    piece.starts_with(|first: char| first.is_alphanumeric() || first == '_')
}

/// A text in pieces: words, quoted things and comments whole, everything else one character at a time.
struct Pieces<'a>(&'a str);

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0;
        let first = rest.chars().next()?;
        let length = match first {
            // A doubled quote is two quoted things side by side, which comes to the same.
            '\'' | '"' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            _ if is_word(rest) => {
                rest.find(|next: char| !next.is_alphanumeric() && next != '_').unwrap_or(rest.len())
            }
            _ => first.len_utf8(),
        };
        let (piece, rest) = rest.split_at(length);
        self.0 = rest;
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_tables_are_translated_for_sqlite() {
        let text = "CREATE TABLE notes (\n    id BIGINT PRIMARY KEY, -- a BIGINT; really\n    raw BYTEA,\n    \
                    word TEXT DEFAULT 'BIGINT;it''s'\n);\nCREATE INDEX notes_by_word ON notes (word);\n";

        assert_eq!(
            for_sqlite(text),
            "CREATE TABLE notes (\n    id INTEGER PRIMARY KEY, -- a BIGINT; really\n    raw BLOB,\n    \
             word TEXT DEFAULT 'BIGINT;it''s'\n) STRICT;\nCREATE INDEX notes_by_word ON notes (word);\n"
        );
        assert_eq!(for_postgres(text), text);
    }

    #[test]
    fn a_section_is_for_its_engine_only_and_stays_as_it_is() {
        let text = "SELECT 1;\n-- sqlite\nSELECT 'BIGINT', BIGINT;\n-- end\n-- postgres\nSELECT 3;\n-- end\nSELECT 4;\n";

        assert_eq!(for_sqlite(text), "SELECT 1;\nSELECT 'BIGINT', BIGINT;\nSELECT 4;\n");
        assert_eq!(for_postgres(text), "SELECT 1;\nSELECT 3;\nSELECT 4;\n");
    }
}
