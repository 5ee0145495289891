//! The desk as it is run for good, with a configuration file: it can be killed and started again.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use super::{free_port, listens, soon};
use crate::{Caller, HANDBOOK, Place};

/// The admin.
const ROOT: &str = "root@desk.test";

/// A desk that runs until it is dropped.
pub struct Served {
    binary: String,
    folder: PathBuf,
    address: SocketAddr,
    token: String,
    child: Option<Child>,
}

impl Served {
    /// Makes a desk with a configuration beside what every desk has; it does not run yet.
    ///
    /// # Panics
    ///
    /// When it cannot be made.
    pub fn prepare(binary: &str, place: &Place, configuration: &str) -> Self {
        let mut desk = Self {
            binary: binary.to_owned(),
            folder: place.folder().to_owned(),
            address: SocketAddr::from(([127, 0, 0, 1], free_port())),
            token: String::new(),
            child: None,
        };
        fs::write(desk.file("handbook.toml"), HANDBOOK).expect("the handbook can be written");
        desk.configure(place.url(), configuration);
        let told = |words: &[&str]| {
            let output = Command::new(binary)
                .args(words)
                .args(["--database-url", place.url()])
                .output()
                .expect("the program can be started");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        told(&["agent", "create", "--email", ROOT, "--name", "Root", "--role", "admin"]);
        desk.token = told(&["token", "create", "--email", ROOT]);
        desk
    }

    /// Writes the configuration.
    ///
    /// # Panics
    ///
    /// When it cannot be written.
    pub fn configure(&self, database_url: &str, configuration: &str) {
        let text = format!(
            "listen = \"{}\"\ndatabase_url = \"{database_url}\"\nkey_file = \"{}\"\nhandbook = \"{}\"\n\
             public_url = \"https://desk.example.test\"\n{configuration}",
            self.address,
            self.file("desk.key").display(),
            self.file("handbook.toml").display()
        );
        fs::write(self.file("answerable.toml"), text).expect("the configuration can be written");
    }

    /// A file beside the desk.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Starts it and waits until it listens.
    ///
    /// # Panics
    ///
    /// When it does not come up, with what it complained about.
    pub fn start(&mut self) {
        let complaints = File::options()
            .create(true)
            .append(true)
            .open(self.file("complaints.txt"))
            .expect("a file for complaints can be made");
        let mut child = self
            .command(&["serve"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(complaints)
            .spawn()
            .expect("the program can be started");
        soon("the desk", || {
            let ended = child.try_wait().expect("the program can be looked at");
            assert!(ended.is_none(), "it did not start: {}", self.complaints());
            listens(self.address.port()).then_some(())
        });
        self.child = Some(child);
    }

    /// A command of the program with this desk's configuration.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(words)
            .arg("--config")
            .arg(self.file("answerable.toml"))
            .current_dir(&self.folder)
            .env_remove("ANSWERABLE_DATABASE_URL");
        command
    }

    /// What a command answers.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub fn told(&self, words: &[&str]) -> Output {
        self.command(words).output().expect("the program can be started")
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// What it complained about so far.
    pub fn complaints(&self) -> String {
        fs::read_to_string(self.file("complaints.txt")).unwrap_or_default()
    }

    /// Nobody in particular.
    pub fn anybody(&self) -> Caller {
        Caller::to(self.address)
    }

    /// The admin.
    pub fn admin(&self) -> Caller {
        self.anybody().token(ROOT, &self.token)
    }

    /// A figure of `/metrics`, with its labels.
    pub fn figure(&self, name: &str) -> Option<i64> {
        let text = self.anybody().get("/metrics").expect(200).text();
        let line =
            text.lines().find(|line| line.rsplit_once(' ').is_some_and(|(own, _)| own == name));
        line?.rsplit_once(' ')?.1.parse().ok()
    }

    /// Every ticket there is, oldest first.
    ///
    /// # Panics
    ///
    /// When the desk does not answer.
    pub fn tickets(&self) -> Vec<Value> {
        let mut all = Vec::new();
        let mut path = "/api/v2/tickets.json?page%5Bsize%5D=100&sort=id".to_owned();
        loop {
            let page = self.admin().get(&path).expect(200).json();
            all.extend(page["tickets"].as_array().cloned().unwrap_or_default());
            let Some(next) = page["links"]["next"].as_str() else { return all };
            let start = next.find("/api/").expect("links lead to the API");
            path = next[start..].to_owned();
        }
    }

    /// What was said on a ticket.
    pub fn comments(&self, ticket: i64) -> Vec<Value> {
        let path = format!("tickets/{ticket}/comments.json?page%5Bsize%5D=100");
        let answer = self.admin().get(&path).expect(200).at("/comments");
        answer.as_array().cloned().unwrap_or_default()
    }
}

impl Drop for Served {
    #[expect(clippy::print_stderr, reason = "who reads a failed test wants to know")]
    fn drop(&mut self) {
        self.kill();
        let complaints = self.complaints();
        if std::thread::panicking() && !complaints.is_empty() {
            eprintln!("the desk wrote:\n{complaints}");
        }
    }
}
