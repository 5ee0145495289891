//! Places where a database can be: a folder of its own, or a database of its own on a server.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use store::migrate::Migration;
use store::{Error, Options, Store};

/// A table to try the engines with.
pub(crate) const TABLES: &[Migration] = &[Migration {
    number: 1,
    name: "things",
    sql: "CREATE TABLE things (
        id BIGINT PRIMARY KEY,
        word TEXT,
        other TEXT,
        is_it BOOLEAN,
        raw BYTEA,
        at BIGINT
    );
    CREATE INDEX things_by_word ON things (word, id);",
}];

const SERVER: &str = "ANSWERABLE_TEST_POSTGRES";

static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// A place for a database.
pub(crate) struct Place {
    url: String,
    kept: Kept,
}

enum Kept {
    Folder(PathBuf),
    Database { server: String, name: String },
}

/// The instant at which migrations are applied.
pub(crate) fn noon() -> Timestamp {
    "2026-01-05T12:00:00Z".parse().unwrap()
}

impl Place {
    /// A file that does not exist yet.
    fn file_somewhere() -> Self {
        let folder = std::env::temp_dir().join(unique());
        std::fs::create_dir(&folder).unwrap();
        let folder = folder.canonicalize().unwrap();
        Self {
            url: format!("sqlite://{}", folder.join("desk.db").display()),
            kept: Kept::Folder(folder),
        }
    }

    /// An empty database on the server.
    fn database() -> Self {
        let Ok(server) = std::env::var(SERVER) else {
            panic!(
                "set {SERVER} to the URL of a PostgreSQL server where databases may be made, such as \
                 postgres://postgres@127.0.0.1:5432/postgres; `cargo xtask test` does that"
            );
        };
        let name = unique();
        let create = format!(
            "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
        );
        administer(&server, &create);
        let (address, query) = server
            .split_once('?')
            .map_or((server.as_str(), ""), |(address, query)| (address, query));
        let (scheme, host) = address.split_once("://").unwrap();
        let host = host.split('/').next().unwrap();
        Self {
            url: format!("{scheme}://{host}/{name}?{query}"),
            kept: Kept::Database { server, name },
        }
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The file of a database in a folder.
    pub(crate) fn file(&self) -> PathBuf {
        self.url.trim_start_matches("sqlite://").into()
    }

    /// Opens it with the tables to try.
    pub(crate) fn open(&self) -> Store {
        self.try_open(TABLES).unwrap_or_else(|error| panic!("cannot open {}: {error:?}", self.url))
    }

    /// Opens it with other tables.
    pub(crate) fn try_open(&self, migrations: &[Migration]) -> Result<Store, Error> {
        let options = Options { connections: 6, now: Some(noon()), ..Options::default() };
        Store::open_with(&self.url, &options, migrations)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        match &self.kept {
            // A test that failed may still hold the file; what stays is in the folder for temporary things.
            Kept::Folder(folder) => drop(std::fs::remove_dir_all(folder)),
            Kept::Database { server, name } => {
                administer(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
            }
        }
    }
}

fn unique() -> String {
    format!("store_engine_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

fn administer(server: &str, sql: &str) {
    let mut client = postgres::Client::connect(server, postgres::NoTls).unwrap();
    client.batch_execute(sql).unwrap();
}

/// Runs a test on a file and on a server, and says which failed.
pub(crate) fn on_each_engine(test: impl Fn(&Place)) {
    on_sqlite(&test);
    on_postgres(&test);
}

/// Runs a test on a file.
pub(crate) fn on_sqlite(test: impl Fn(&Place)) {
    on("SQLite", &Place::file_somewhere(), test);
}

/// Runs a test on a server.
pub(crate) fn on_postgres(test: impl Fn(&Place)) {
    on("PostgreSQL", &Place::database(), test);
}

#[expect(clippy::print_stderr, reason = "the harness shows it beside the panic")]
fn on(engine: &str, place: &Place, test: impl Fn(&Place)) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| test(place))) {
        eprintln!("on {engine}, at {}", place.url());
        resume_unwind(panic);
    }
}
