//! A `PostgreSQL` of our own: a temporary data directory, a free port, gone when we are.
//!
//! The server lives under a small guard, a shell that holds the other end of a pipe. When the pipe closes, the guard
//! stops the server and deletes the directory. A pipe closes however its owner ends: by return, panic, Ctrl-C or kill.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::commands::{find, is_root, run};
use crate::packages::Package;

/// Run by the user who owns the server; arguments are the folder of the programs, the port and the value of `fsync`.
const GUARD: &str = r#"
set -eu
dir=$(mktemp -d -t answerable-postgres.XXXXXX 2>/dev/null || mktemp -d /tmp/answerable-postgres.XXXXXX)
clean_up() {
    "$1/pg_ctl" --pgdata="$dir/data" --mode=immediate stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}
trap 'clean_up "$1"' EXIT
trap 'exit 1' HUP INT TERM
complain() { cat "$dir/log" >&2; exit 1; }
"$1/initdb" --pgdata="$dir/data" --username=postgres --auth=trust --locale=C --encoding=UTF8 --no-sync \
    >"$dir/log" 2>&1 || complain
cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $2
unix_socket_directories = '$dir'
max_connections = 200
fsync = $3
CONF
"$1/pg_ctl" --pgdata="$dir/data" --log="$dir/log" --wait start >/dev/null 2>&1 </dev/null || complain
echo ready
read -r _ || true
"#;

/// Whether a commit has to survive a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// As in production; what a benchmark has to measure.
    Full,
    /// Fast and forgetful, for tests.
    None,
}

/// A running server; dropping it stops it and deletes its data.
#[derive(Debug)]
pub(crate) struct Postgres {
    guard: Child,
    programs: PathBuf,
    port: u16,
}

impl Postgres {
    /// Starts a server on a free port and waits until it answers.
    pub(crate) fn start(durability: Durability) -> Result<Self> {
        let programs = Package::Postgres.place().context("PostgreSQL is not installed")?;
        let port = free_port()?;
        let mut guard = as_owner()?
            .arg(&programs)
            .arg(port.to_string())
            .arg(if durability == Durability::Full { "on" } else { "off" })
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .context("the guard of the temporary PostgreSQL could not be started")?;

        let mut answer = String::new();
        if let Some(stdout) = guard.stdout.take() {
            BufReader::new(stdout).read_line(&mut answer)?;
        }
        if answer.trim() != "ready" {
            let status = guard.wait()?;
            bail!("the temporary PostgreSQL did not start ({status}); its own words are above");
        }
        Ok(Self { guard, programs, port })
    }

    /// The address of one database of the server.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Creates an empty database and gives its address.
    pub(crate) fn create(&self, database: &str) -> Result<String> {
        let port = self.port.to_string();
        let server = ["--host=127.0.0.1", "--username=postgres", "--port", &port];
        run(Command::new(self.programs.join("createdb")).args(server).arg(database))?;
        Ok(self.url(database))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        if let Err(error) = self.guard.wait() {
            eprintln!("the temporary PostgreSQL may still be running: {error}");
        }
    }
}

/// A shell with the guard's script, as a user `PostgreSQL` accepts: it refuses to run as root.
fn as_owner() -> Result<Command> {
    if !is_root()? {
        let mut command = Command::new("sh");
        command.args(["-c", GUARD, "guard"]);
        return Ok(command);
    }
    if let Some(runuser) = find("runuser") {
        let mut command = Command::new(runuser);
        command.args(["-u", "postgres", "--", "sh", "-c", GUARD, "guard"]);
        return Ok(command);
    }
    let su = find("su")
        .context("PostgreSQL refuses to run as root, and neither runuser nor su is here")?;
    let mut command = Command::new(su);
    command.args(["-s", "/bin/sh", "-c", GUARD, "postgres", "guard"]);
    Ok(command)
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}
