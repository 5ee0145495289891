//! What goes into a statement and what comes out of it, the same on both engines.

use jiff::Timestamp;

use crate::Error;

/// A value bound to `$n` of a statement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Param<'a> {
    /// NULL of whatever type the place wants.
    Null,
    /// A `BIGINT`: ids, counts, seconds and instants in microseconds.
    Int(i64),
    /// A `BOOLEAN`.
    Bool(bool),
    /// A `TEXT`.
    Text(&'a str),
    /// A `BYTEA`.
    Bytes(&'a [u8]),
}

impl From<i64> for Param<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<i32> for Param<'_> {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<u32> for Param<'_> {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}

impl From<bool> for Param<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Param<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Param<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(value)
    }
}

impl<'a> From<&'a Vec<u8>> for Param<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl From<Timestamp> for Param<'_> {
    /// An instant is stored as microseconds since the epoch.
    fn from(value: Timestamp) -> Self {
        Self::Int(value.as_microsecond())
    }
}

impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<'a> From<&'a Option<String>> for Param<'a> {
    fn from(value: &'a Option<String>) -> Self {
        value.as_deref().into()
    }
}

/// A value read from a row, before the caller says what it should be.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// NULL.
    Null,
    /// A whole number; also a truth value, as 0 or 1.
    Int(i64),
    /// A floating number, from ranking functions.
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Int(_) => "a whole number",
            Self::Real(_) => "a floating number",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
        }
    }
}

/// What can be read from a column.
pub trait FromValue: Sized {
    /// The words an error uses for what was wanted.
    const WANTED: &'static str;

    /// The value as this type, or nothing when it is something else.
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for i64 {
    const WANTED: &'static str = "a whole number";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }
}

impl FromValue for f64 {
    const WANTED: &'static str = "a floating number";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Real(number) => Some(*number),
            _ => None,
        }
    }
}

impl FromValue for bool {
    const WANTED: &'static str = "true or false";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            _ => None,
        }
    }
}

impl FromValue for String {
    const WANTED: &'static str = "text";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl FromValue for Vec<u8> {
    const WANTED: &'static str = "bytes";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }
}

impl FromValue for Timestamp {
    const WANTED: &'static str = "an instant in microseconds";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Int(micros) => Self::from_microsecond(*micros).ok(),
            _ => None,
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    const WANTED: &'static str = T::WANTED;

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::from_value(other).map(Some),
        }
    }
}

/// One row of an answer; its values are already in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    values: Vec<Value>,
}

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self { values }
    }

    /// The value of a column, counted from 0.
    ///
    /// # Errors
    ///
    /// [`Error::Column`] when there is no such column or it holds something else.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T, Error> {
        let value = self.values.get(index);
        value.and_then(T::from_value).ok_or_else(|| Error::Column {
            index,
            wanted: T::WANTED,
            found: value.map_or("nothing at all", Value::kind),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_another_kind_is_an_error_that_names_the_column() {
        let row = Row::new(vec![Value::Text("x".to_owned()), Value::Int(2)]);

        assert_eq!(
            row.get::<i64>(0).unwrap_err().to_string(),
            "column 0 holds text, not a whole number"
        );
        assert_eq!(
            row.get::<bool>(1).unwrap_err().to_string(),
            "column 1 holds a whole number, not true or false"
        );
        assert_eq!(
            row.get::<i64>(2).unwrap_err().to_string(),
            "column 2 holds nothing at all, not a whole number"
        );
    }
}
