//! The end of every list statement: where the page begins, its order, its size.

use crate::Sql;
use crate::page::{KeyValue, Page, Start};

/// Ends a statement that already has a `WHERE`, ordered by the id alone.
pub(crate) fn by_id(sql: &mut Sql<'_>, page: &Page, id: &'static str) {
    let (sign, direction) = signs(page);
    if let Start::After(key) | Start::Before(key) = &page.start {
        sql.push(" AND ").push(id).push(sign).bind(key.id);
    }
    sql.push(" ORDER BY ").push(id).push(direction);
    cut(sql, page);
}

/// Ends a statement that already has a `WHERE`, ordered by a text and then the id.
pub(crate) fn by_text<'a>(
    sql: &mut Sql<'a>,
    page: &'a Page,
    column: &'static str,
    id: &'static str,
) {
    let (sign, direction) = signs(page);
    if let Start::After(key) | Start::Before(key) = &page.start {
        let text = match &key.value {
            Some(KeyValue::Text(text)) => text.as_str(),
            Some(KeyValue::Int(_) | KeyValue::Place(_)) | None => "",
        };
        sql.push(" AND (").push(column).push(", ").push(id).push(")").push(sign);
        sql.push("(").bind(text).push(", ").bind(key.id).push(")");
    }
    sql.push(" ORDER BY ").push(column).push(direction).push(", ").push(id).push(direction);
    cut(sql, page);
}

/// Turns rows that were read backwards into list order.
pub(crate) fn in_order<T>(mut rows: Vec<T>, page: &Page) -> Vec<T> {
    if page.reads_backwards() {
        rows.reverse();
    }
    rows
}

/// The first text that is greater than every text with this prefix.
pub(crate) fn after_prefix(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

fn signs(page: &Page) -> (&'static str, &'static str) {
    if page.reads_descending() { (" < ", " DESC") } else { (" > ", "") }
}

fn cut(sql: &mut Sql<'_>, page: &Page) {
    sql.push(" LIMIT ").bind(page.size);
    if let Start::Offset(offset) = page.start
        && offset > 0
    {
        sql.push(" OFFSET ").bind(offset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_prefix_is_behind_all_its_texts() {
        assert!(after_prefix("ada").as_str() > "adaé");
        assert!(after_prefix("ada").as_str() < "adb");
    }
}
