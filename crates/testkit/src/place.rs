//! Places where a database can be: a folder of its own, or a database of its own on a server.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Names the server on which tests make databases.
const SERVER: &str = "ANSWERABLE_TEST_POSTGRES";

static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// The engines that everything runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Engine {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

/// An empty database and a folder beside it; both are gone when this is dropped.
pub struct Place {
    folder: PathBuf,
    url: String,
    database: Option<(String, String)>,
}

impl Place {
    /// A fresh place for a database.
    ///
    /// # Panics
    ///
    /// When the server is not named or does not let us in: a test that needs it must not be skipped.
    pub fn fresh(engine: Engine) -> Self {
        let name = format!(
            "answerable_test_{}_{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let folder = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&folder).expect("a temporary folder can be made");
        match engine {
            Engine::Sqlite => {
                let url = format!("sqlite://{}", folder.join("desk.db").display());
                Self { folder, url, database: None }
            }
            Engine::Postgres => {
                let server = std::env::var(SERVER).unwrap_or_else(|_| {
                    panic!(
                        "set {SERVER} to the URL of a PostgreSQL server where databases may be made, such as \
                         postgres://postgres@127.0.0.1:5432/postgres; `cargo xtask test` does that"
                    )
                });
                let create = format!(
                    "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
                );
                administer(&server, &create);
                let url = url_of(&server, &name);
                Self { folder, url, database: Some((server, name)) }
            }
        }
    }

    /// The database's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A folder for files beside the database.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.database {
            administer(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
        // A test that failed may still hold a file; what stays is in the folder for temporary things.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The address of another database on the same server.
fn url_of(server: &str, name: &str) -> String {
    let (address, query) =
        server.split_once('?').map_or((server, None), |(address, query)| (address, Some(query)));
    let (scheme, rest) = address.split_once("://").expect("the server's URL has a scheme");
    let host = rest.split('/').next().unwrap_or_default();
    match query {
        Some(query) => format!("{scheme}://{host}/{name}?{query}"),
        None => format!("{scheme}://{host}/{name}"),
    }
}

fn administer(server: &str, sql: &str) {
    let mut client = postgres::Client::connect(server, postgres::NoTls)
        .unwrap_or_else(|error| panic!("the server {SERVER} names does not answer: {error}"));
    client.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}
