//! One connection, made again when it breaks.

use std::error::Error as _;
use std::sync::Arc;

use ::postgres::Client;
use ::postgres::error::{DbError, Severity, SqlState};

use super::Server;
use super::statements::{Statements, borrowed, read};
use crate::{Error, Param, Row};

/// A connection and the statements it knows.
pub(crate) struct Link {
    server: Arc<Server>,
    connection: Option<Connection>,
    is_accident: bool,
}

struct Connection {
    client: Client,
    statements: Statements,
}

impl Link {
    pub(crate) fn new(server: Arc<Server>) -> Self {
        Self { server, connection: None, is_accident: false }
    }

    /// Whether the last failure was a deadlock, a broken connection or the like: trying again may well succeed.
    pub(crate) fn is_worth_retrying(&self) -> bool {
        self.is_accident
    }

    /// Begins a transaction, connecting first if there is no connection.
    pub(crate) fn begin(&mut self, is_write: bool) -> Result<(), Error> {
        self.is_accident = false;
        if self.connection.is_none() {
            let client = self.server.connect()?;
            self.connection = Some(Connection { client, statements: Statements::default() });
        }
        // A read sees one picture of the data, as it does on SQLite.
        let sql =
            if is_write { "BEGIN" } else { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" };
        self.attempt(|connection| connection.client.batch_execute(sql))
    }

    /// Commits. What fails here is never tried again: the change may have been kept.
    pub(crate) fn commit(&mut self) -> Result<(), Error> {
        let connection = self.connection.as_mut().ok_or(Error::Closed)?;
        match connection.client.batch_execute("COMMIT") {
            Ok(()) => Ok(()),
            Err(error)
                if error.as_db_error().is_none() || is_broken(&connection.client, &error) =>
            {
                self.connection = None;
                Err(Error::InDoubt(error))
            }
            Err(error) => Err(Error::Commit(Arc::new(error))),
        }
    }

    /// Rolls back. When even that fails, the server does it as it finds the connection gone.
    pub(crate) fn roll_back(&mut self) {
        let undone =
            self.connection.as_mut().is_some_and(|it| it.client.batch_execute("ROLLBACK").is_ok());
        if !undone {
            self.connection = None;
        }
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, Error> {
        self.attempt(|Connection { client, statements }| {
            let statement = statements.prepare(client, sql, params)?;
            client.execute(&statement, &borrowed(params))
        })
    }

    pub(crate) fn query(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, Error> {
        let rows = self.attempt(|Connection { client, statements }| {
            let statement = statements.prepare(client, sql, params)?;
            client.query(&statement, &borrowed(params))
        })?;
        rows.iter().map(read).collect()
    }

    /// Talks to the server and remembers what kind of failure it was.
    fn attempt<T>(
        &mut self,
        talk: impl FnOnce(&mut Connection) -> Result<T, ::postgres::Error>,
    ) -> Result<T, Error> {
        let connection = self.connection.as_mut().ok_or(Error::Closed)?;
        let error = match talk(connection) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        if is_stale(error.code()) {
            connection.statements.clear();
        }
        let is_broken = is_broken(&connection.client, &error);
        self.is_accident = is_broken || is_conflict(error.code()) || is_stale(error.code());
        if is_broken {
            self.connection = None;
        }
        Err(match error.code() {
            Some(&SqlState::READ_ONLY_SQL_TRANSACTION) => Error::ReadOnly,
            _ => Error::Postgres(error),
        })
    }
}

/// The connection can no longer be used; the server may have said why before it closed it.
fn is_broken(client: &Client, error: &::postgres::Error) -> bool {
    let severity = error.as_db_error().and_then(DbError::parsed_severity);
    let is_lost = error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
    client.is_closed()
        || error.is_closed()
        || is_lost
        || matches!(severity, Some(Severity::Fatal | Severity::Panic))
}

/// Two transactions were in each other's way, and this one gave way.
fn is_conflict(code: Option<&SqlState>) -> bool {
    matches!(code, Some(&SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE))
}

/// A prepared statement no longer fits, because another node has migrated.
fn is_stale(code: Option<&SqlState>) -> bool {
    matches!(code, Some(&SqlState::FEATURE_NOT_SUPPORTED | &SqlState::INVALID_SQL_STATEMENT_NAME))
}
