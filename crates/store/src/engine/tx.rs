//! A transaction, as use cases see it.

use std::sync::Arc;

use super::{Engine, postgres, sqlite};
use crate::{Error, Kind, Param, Row, ids, params};

/// How often a run of ids is tried for on PostgreSQL before giving up.
const RUN_ATTEMPTS: usize = 100;

/// One transaction. It ends when the closure it was given to returns: `Ok` commits, `Err` rolls back.
///
/// Once a statement has failed the transaction can only be rolled back, on both engines; use `ON CONFLICT` where a
/// conflict is expected.
pub struct Tx<'a> {
    session: Session<'a>,
    is_writer: bool,
    is_aborted: bool,
    has_written: bool,
    change: Option<i64>,
    touched: Vec<Arc<str>>,
    late: Vec<Late>,
    plans: Option<Vec<String>>,
}

/// A statement that is run at the end, with a number and texts as its values.
#[derive(Debug)]
pub(crate) struct Late {
    sql: &'static str,
    id: i64,
    texts: Vec<String>,
}

impl Late {
    /// Its values.
    fn params(&self) -> Vec<Param<'_>> {
        std::iter::once(self.id.into()).chain(self.texts.iter().map(Param::from)).collect()
    }

    pub(crate) fn run(&self, connection: &rusqlite::Connection) -> Result<(), Error> {
        sqlite::statement::execute(connection, self.sql, &self.params()).map(|_| ())
    }
}

/// The connection a transaction runs on.
pub(crate) enum Session<'a> {
    /// The embedded engine.
    Sqlite(&'a rusqlite::Connection, Option<&'a mut sqlite::counters::Counters>),
    /// The server.
    Postgres(&'a mut postgres::Link),
}

impl<'a> Tx<'a> {
    pub(crate) fn writer(session: Session<'a>) -> Self {
        Self {
            session,
            is_writer: true,
            is_aborted: false,
            has_written: false,
            change: None,
            touched: Vec::new(),
            late: Vec::new(),
            plans: None,
        }
    }

    pub(crate) fn reader(session: Session<'a>) -> Self {
        Self { is_writer: false, ..Self::writer(session) }
    }

    /// Whether it may change anything.
    pub(crate) fn is_writer(&self) -> bool {
        self.is_writer
    }

    pub(crate) fn is_aborted(&self) -> bool {
        self.is_aborted
    }

    /// Whether a statement may have changed a row.
    pub(crate) fn has_written(&self) -> bool {
        self.has_written
    }

    /// What was touched, and what is still to be run before the commit.
    pub(crate) fn into_rest(self) -> (Vec<Arc<str>>, Vec<Late>) {
        (self.touched, self.late)
    }

    /// Runs a statement before the commit, on SQLite after everything else that shares it: `$1` is the number, the texts
    /// follow. Nothing in this transaction may look for what it changes.
    ///
    /// A full text index writes out what it has gathered whenever another statement may have to be undone by itself, so
    /// one entry after the other costs much more than all of them in a row.
    ///
    /// # Errors
    ///
    /// As [`Tx::execute`]; on SQLite the commit fails instead.
    pub fn execute_late(
        &mut self,
        sql: &'static str,
        id: i64,
        texts: Vec<String>,
    ) -> Result<(), Error> {
        self.must_write()?;
        let late = Late { sql, id, texts };
        match self.engine() {
            Engine::Sqlite if self.is_aborted => Err(Error::Aborted),
            Engine::Sqlite => {
                self.late.push(late);
                Ok(())
            }
            Engine::Postgres => self.execute(sql, &late.params()).map(|_| ()),
        }
    }

    /// Runs a statement and says how many rows it changed.
    ///
    /// # Errors
    ///
    /// [`Error::Sqlite`] or [`Error::Postgres`] when the engine refuses it, [`Error::ReadOnly`] when a read writes,
    /// [`Error::Aborted`] when an earlier statement failed.
    pub fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, Error> {
        self.has_written = true;
        self.run(|session| match session {
            Session::Sqlite(connection, _) => sqlite::statement::execute(connection, sql, params),
            Session::Postgres(link) => link.execute(sql, params),
        })
    }

    /// The rows of a statement.
    ///
    /// # Errors
    ///
    /// As [`Tx::execute`].
    pub fn query(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, Error> {
        self.has_written |= !sql.trim_start().starts_with("SELECT");
        self.explain(sql, params)?;
        self.run(|session| match session {
            Session::Sqlite(connection, _) => sqlite::statement::query(connection, sql, params),
            Session::Postgres(link) => link.query(sql, params),
        })
    }

    /// The first row of a statement, if it has one.
    ///
    /// # Errors
    ///
    /// As [`Tx::execute`].
    pub fn query_opt(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Option<Row>, Error> {
        Ok(self.query(sql, params)?.into_iter().next())
    }

    /// The row of a statement that always has one.
    ///
    /// # Errors
    ///
    /// As [`Tx::execute`], and [`Error::NoRow`].
    pub fn query_one(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Row, Error> {
        self.query_opt(sql, params)?.ok_or(Error::NoRow)
    }

    /// Takes an id. It is never given again, and larger than all that were given before.
    ///
    /// # Errors
    ///
    /// As [`Tx::execute`].
    pub fn next_id(&mut self, kind: Kind) -> Result<i64, Error> {
        self.next_ids(kind, 1)
    }

    /// Takes `count` ids in a row and gives the first; `count` is at least 1.
    ///
    /// # Errors
    ///
    /// As [`Tx::execute`], and [`Error::Ids`] when others always came between.
    pub fn next_ids(&mut self, kind: Kind, count: i64) -> Result<i64, Error> {
        self.must_write()?;
        let count = count.max(1);
        match self.engine() {
            Engine::Sqlite => {
                let last =
                    self.count(|counters, connection| counters.take(connection, kind, count))?;
                Ok(last - count + 1)
            }
            Engine::Postgres => {
                let steps = (count - 1) / kind.block() + 1;
                for _ in 0..RUN_ATTEMPTS {
                    let rows = self.query(kind.nextval(), params![steps])?;
                    let steps =
                        rows.iter().map(|row| row.get(0)).collect::<Result<Vec<i64>, Error>>()?;
                    if let Some(first) = ids::run(&steps, kind.block()) {
                        return Ok(first);
                    }
                }
                Err(Error::Ids(count))
            }
        }
    }

    /// This transaction's place in the export order, the same for all it changes. Store it in `changed`.
    ///
    /// # Errors
    ///
    /// As [`Tx::execute`].
    pub fn change_id(&mut self) -> Result<i64, Error> {
        self.must_write()?;
        if let Some(change) = self.change {
            return Ok(change);
        }
        let change = match self.engine() {
            Engine::Sqlite => self.count(super::sqlite::counters::Counters::take_change)?,
            Engine::Postgres => self
                .query_one("SELECT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)", params![])?
                .get(0)?,
        };
        self.change = Some(change);
        Ok(change)
    }

    /// Rows with a smaller `changed` are all there: no transaction still open can commit one below this.
    ///
    /// In a read it fits whatever that read sees. In a write on PostgreSQL ask for it before reading the rows.
    ///
    /// # Errors
    ///
    /// As [`Tx::execute`].
    pub fn stable_before(&mut self) -> Result<i64, Error> {
        let sql = match self.engine() {
            Engine::Sqlite => {
                "SELECT coalesce((SELECT last FROM ids WHERE kind = 'change'), 0) + 1"
            }
            Engine::Postgres => {
                "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)"
            }
        };
        self.query_one(sql, params![])?.get(0)
    }

    /// What a `SELECT` ends with to lock its rows until the transaction ends.
    pub fn lock_suffix(&self) -> &'static str {
        match self.engine() {
            Engine::Sqlite => "",
            Engine::Postgres => " FOR UPDATE",
        }
    }

    /// What a `SELECT` ends with to lock the rows that nobody else has locked and leave out the others.
    pub fn skip_locked(&self) -> &'static str {
        match self.engine() {
            Engine::Sqlite => "",
            Engine::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// Waits until no other transaction holds this name, and holds it until the end of this one.
    ///
    /// # Errors
    ///
    /// As [`Tx::execute`].
    pub fn lock_name(&mut self, name: &str) -> Result<(), Error> {
        self.must_write()?;
        match self.engine() {
            // There is one writer.
            Engine::Sqlite => Ok(()),
            Engine::Postgres => self
                .query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", params![name])
                .map(|_| ()),
        }
    }

    /// Says that something changed, such as "ticket:12". Receivers hear of it once the transaction is committed; what
    /// a read or a rolled back transaction touches is forgotten.
    pub fn touch(&mut self, topic: impl Into<Arc<str>>) {
        let topic = topic.into();
        if self.is_writer && !self.touched.contains(&topic) {
            self.touched.push(topic);
        }
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self.session {
            Session::Sqlite(..) => Engine::Sqlite,
            Session::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a part that may fail without taking the rest along: its `Err` undoes the part alone, and the transaction
    /// goes on.
    ///
    /// # Errors
    ///
    /// What the part gave, [`Error::Aborted`] when it gave `Ok` although one of its statements had failed, and as
    /// [`Tx::execute`].
    pub fn attempt<T, E: From<Error>>(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.must_write()?;
        self.execute("SAVEPOINT part", params![])?;
        let counters = match &self.session {
            Session::Sqlite(_, counters) => counters.as_deref().copied(),
            Session::Postgres(_) => None,
        };
        let (change, touched, late) = (self.change, self.touched.len(), self.late.len());
        let outcome = match part(self) {
            Ok(_) if self.is_aborted => Err(Error::Aborted.into()),
            outcome => outcome,
        };
        if outcome.is_err() {
            self.is_aborted = false;
            self.execute("ROLLBACK TO SAVEPOINT part", params![])?;
            if let (Session::Sqlite(_, Some(now)), Some(before)) = (&mut self.session, counters) {
                **now = before;
            }
            self.change = change;
            self.touched.truncate(touched);
            self.late.truncate(late);
        }
        self.execute("RELEASE SAVEPOINT part", params![])?;
        outcome
    }

    /// Runs a part and says how the engine went about each of its queries, for tests: a lost index is seen there.
    ///
    /// # Errors
    ///
    /// What the part gave.
    #[doc(hidden)]
    pub fn plans_of<T, E: From<Error>>(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<Vec<String>, E> {
        self.plans = Some(Vec::new());
        let outcome = part(self);
        let plans = self.plans.take().unwrap_or_default();
        outcome.map(|_| plans)
    }

    /// Asks for the plan of a query when plans are wanted.
    fn explain(&mut self, sql: &str, params: &[Param<'_>]) -> Result<(), Error> {
        let Some(mut plans) = self.plans.take() else { return Ok(()) };
        let (head, column) = match self.engine() {
            Engine::Sqlite => ("EXPLAIN QUERY PLAN ", 3),
            Engine::Postgres => ("EXPLAIN (COSTS OFF) ", 0),
        };
        let rows = self.query(&format!("{head}{sql}"), params)?;
        let lines = rows.iter().map(|row| row.get(column)).collect::<Result<Vec<String>, _>>()?;
        plans.push(lines.join("\n"));
        self.plans = Some(plans);
        Ok(())
    }

    fn must_write(&self) -> Result<(), Error> {
        if self.is_writer { Ok(()) } else { Err(Error::ReadOnly) }
    }

    /// Takes from the writer's counters.
    fn count(
        &mut self,
        take: impl FnOnce(&mut sqlite::counters::Counters, &rusqlite::Connection) -> Result<i64, Error>,
    ) -> Result<i64, Error> {
        match &mut self.session {
            Session::Sqlite(connection, Some(counters)) => take(counters, connection),
            Session::Sqlite(_, None) | Session::Postgres(_) => Err(Error::ReadOnly),
        }
    }

    fn run<T>(
        &mut self,
        statement: impl FnOnce(&mut Session<'a>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.is_aborted {
            return Err(Error::Aborted);
        }
        let result = statement(&mut self.session);
        self.is_aborted = result.is_err();
        result
    }
}
