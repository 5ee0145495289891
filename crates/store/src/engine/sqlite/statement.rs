//! Statements on SQLite.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection};

use crate::{Error, Param, Row, Value};

impl ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Param::Null => ValueRef::Null,
            Param::Int(number) => ValueRef::Integer(number),
            Param::Bool(truth) => ValueRef::Integer(truth.into()),
            Param::Text(text) => ValueRef::Text(text.as_bytes()),
            Param::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Runs a statement of ours that takes and gives nothing, such as `COMMIT`.
pub(crate) fn command(connection: &Connection, sql: &'static str) -> Result<(), Error> {
    connection.prepare_cached(sql)?.raw_execute()?;
    Ok(())
}

pub(crate) fn execute(
    connection: &Connection,
    sql: &str,
    params: &[Param<'_>],
) -> Result<u64, Error> {
    let mut statement = prepare(connection, sql, params)?;
    if statement.column_count() == 0 {
        let changed = statement.raw_execute().map_err(refused)?;
        return Ok(changed as u64);
    }
    // With RETURNING each changed row is given back.
    let mut rows = statement.raw_query();
    let mut changed = 0;
    while rows.next().map_err(refused)?.is_some() {
        changed += 1;
    }
    Ok(changed)
}

pub(crate) fn query(
    connection: &Connection,
    sql: &str,
    params: &[Param<'_>],
) -> Result<Vec<Row>, Error> {
    let mut statement = prepare(connection, sql, params)?;
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(refused)? {
        let values =
            (0..columns).map(|column| row.get_ref(column).map_err(Error::from).and_then(value));
        found.push(Row::new(values.collect::<Result<_, _>>()?));
    }
    Ok(found)
}

/// Prepares a statement and binds its values.
///
/// To SQLite `$2` is a name, numbered by where it first stands in the text, so a value is bound by the number in the
/// name and not by its place.
fn prepare<'c>(
    connection: &'c Connection,
    sql: &str,
    params: &[Param<'_>],
) -> Result<CachedStatement<'c>, Error> {
    let mut statement = connection.prepare_cached(sql)?;
    if in_order(sql) == Some(params.len()) && statement.parameter_count() == params.len() {
        for (place, param) in (1..).zip(params) {
            statement.raw_bind_parameter(place, param)?;
        }
        return Ok(statement);
    }
    let mut named = 0;
    for place in 1..=statement.parameter_count() {
        let name = statement.parameter_name(place).and_then(|name| name.strip_prefix('$'));
        let number = name.and_then(|name| name.parse::<usize>().ok()).unwrap_or(0);
        let Some(param) = number.checked_sub(1).and_then(|index| params.get(index)) else {
            return Err(Error::Parameters { named: number, given: params.len() });
        };
        statement.raw_bind_parameter(place, param)?;
        named = named.max(number);
    }
    if named == params.len() {
        Ok(statement)
    } else {
        Err(Error::Parameters { named, given: params.len() })
    }
}

/// How many parameters a text has, if they first stand in it as `$1`, `$2`, `$3` …: then a place is the number in its
/// name, and the names, which SQLite looks up one after another, need not be asked for.
fn in_order(sql: &str) -> Option<usize> {
    let mut last = 0;
    for part in sql.split('$').skip(1) {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let number: usize = part[..digits].parse().ok()?;
        if number > last + 1 {
            return None;
        }
        last = last.max(number);
    }
    Some(last)
}

fn value(value: ValueRef<'_>) -> Result<Value, Error> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => Value::Text(
            String::from_utf8(text.to_vec())
                .map_err(|error| Error::corrupt("a text column", error))?,
        ),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    })
}

fn refused(error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ReadOnly) => Error::ReadOnly,
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn the_order_of_parameters_is_seen_in_the_text() {
        assert_eq!(in_order("SELECT 1"), Some(0));
        assert_eq!(in_order("VALUES ($1, $2, $3)"), Some(3));
        assert_eq!(in_order("SET a = $1, b = $2 WHERE c = $1"), Some(2));
        assert_eq!(in_order("SET a = $2 WHERE id = $1"), None);
        assert_eq!(in_order("SELECT '$'"), None);
    }
}
