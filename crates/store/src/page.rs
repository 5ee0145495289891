//! Which part of a list is asked for: paged by key, or by offset where old clients insist.

/// A place in a list ordered by one column and the id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The ordering column's value, unless the id itself orders.
    pub value: Option<KeyValue>,
    /// The row's id.
    pub id: i64,
}

/// A value of an ordering column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyValue {
    /// A number or an instant.
    Int(i64),
    /// A word.
    Text(String),
    /// A place in the order of work: class, deadline, age.
    Place([i64; 3]),
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// So many rows in.
    Offset(i64),
    /// After this row.
    After(Key),
    /// Before this row; the rows still come in list order.
    Before(Key),
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where it begins.
    pub start: Start,
    /// How many rows at most.
    pub size: i64,
    /// Newest or largest first.
    pub descending: bool,
}

impl Page {
    /// The first `size` rows in rising order.
    pub fn first(size: i64) -> Self {
        Self { start: Start::Offset(0), size, descending: false }
    }

    /// Whether rows have to be read backwards and turned round.
    pub(crate) fn reads_backwards(&self) -> bool {
        matches!(self.start, Start::Before(_))
    }

    /// Whether the statement reads falling values.
    pub(crate) fn reads_descending(&self) -> bool {
        self.descending != self.reads_backwards()
    }
}
