//! The last ids taken, kept by the writer between commits.
//!
//! There is one writer, so it need not ask the table for every id: it reads each counter once, counts on, and writes
//! what it used before each commit. A closure that is rolled back gives its ids back, and a commit that fails forgets
//! everything, so that the table is read again.

use rusqlite::Connection;

use super::statement;
use crate::{Error, Kind, params};

/// The counter of the export order, beside those of the kinds.
const CHANGE: &str = "change";
/// How many counters there are.
const COUNT: usize = Kind::ALL.len() + 1;

/// The counters; cheap to copy, so that a step can be taken back.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counters([Counter; COUNT]);

#[derive(Clone, Copy, Default)]
struct Counter {
    last: Option<i64>,
    is_used: bool,
}

impl Counters {
    /// Takes ids of a kind and gives the last of them.
    pub(crate) fn take(
        &mut self,
        connection: &Connection,
        kind: Kind,
        count: i64,
    ) -> Result<i64, Error> {
        self.advance(connection, kind as usize, kind.as_str(), count)
    }

    /// Takes the next place in the export order.
    pub(crate) fn take_change(&mut self, connection: &Connection) -> Result<i64, Error> {
        self.advance(connection, COUNT - 1, CHANGE, 1)
    }

    fn advance(
        &mut self,
        connection: &Connection,
        place: usize,
        name: &str,
        count: i64,
    ) -> Result<i64, Error> {
        let counter = &mut self.0[place];
        let last = match counter.last {
            Some(last) => last,
            None => {
                let rows = statement::query(
                    connection,
                    "SELECT last FROM ids WHERE kind = $1",
                    params![name],
                )?;
                rows.first().map_or(Ok(0), |row| row.get(0))?
            }
        };
        counter.last = Some(last + count);
        counter.is_used = true;
        Ok(last + count)
    }

    /// Writes what was used; to be called before a commit.
    pub(crate) fn save(&mut self, connection: &Connection) -> Result<(), Error> {
        for (place, counter) in self.0.iter_mut().enumerate().filter(|(_, counter)| counter.is_used)
        {
            let name = Kind::ALL.get(place).map_or(CHANGE, |kind| kind.as_str());
            statement::execute(
                connection,
                "INSERT INTO ids (kind, last) VALUES ($1, $2) ON CONFLICT (kind) DO UPDATE SET last = excluded.last",
                params![name, counter.last],
            )?;
            counter.is_used = false;
        }
        Ok(())
    }
}
