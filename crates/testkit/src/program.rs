//! The real program, started as its users start it.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{Caller, Engine, HANDBOOK, Place};

/// How long a start may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// How a demo is started.
#[derive(Clone, Debug)]
pub struct Start {
    /// Where the clock stands, in RFC 3339.
    pub now: String,
    /// The text of the handbook.
    pub handbook: String,
    /// More arguments.
    pub more: Vec<String>,
}

impl Start {
    /// A demo whose clock stands at an instant.
    pub fn at(now: &str) -> Self {
        Self { now: now.to_owned(), handbook: HANDBOOK.to_owned(), more: Vec::new() }
    }
}

/// A running demo; it is killed when this is dropped.
pub struct Program {
    child: Mutex<Child>,
    address: SocketAddr,
    email: String,
    password: String,
    token: String,
    complaints: PathBuf,
}

impl Program {
    /// Starts the program over a database and waits until it is ready.
    ///
    /// # Panics
    ///
    /// When it does not come up, with what it complained about.
    pub fn start(binary: &str, place: &Place, start: &Start) -> Self {
        let file = |name: &str| place.folder().join(name);
        let (handbook, credentials, complaints) =
            (file("handbook.toml"), file("credentials.json"), file("complaints.txt"));
        fs::write(&handbook, &start.handbook).expect("the handbook can be written");
        let _ = fs::remove_file(&credentials);
        let mut child = Command::new(binary)
            .args(["demo", "--empty", "--listen", "127.0.0.1:0", "--now", &start.now])
            .args(["--database-url", place.url()])
            .arg("--handbook")
            .arg(&handbook)
            .arg("--credentials-file")
            .arg(&credentials)
            .args(&start.more)
            .current_dir(place.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&complaints).expect("a file for complaints can be made"))
            .spawn()
            .expect("the program can be started");
        let read = wait(&mut child, &credentials, &complaints);
        let text = |key: &str| read[key].as_str().unwrap_or_default().to_owned();
        let address = text("url").trim_start_matches("http://").parse();
        Self {
            address: address.expect("the credentials name an address"),
            email: text("email"),
            password: text("password"),
            token: text("token"),
            child: Mutex::new(child),
            complaints,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The token that the credentials file names.
    pub fn api_token(&self) -> &str {
        &self.token
    }

    /// The address that the credentials file names.
    pub fn admin_email(&self) -> &str {
        &self.email
    }

    /// What it wrote to standard error so far.
    pub fn complaints(&self) -> String {
        fs::read_to_string(&self.complaints).unwrap_or_default()
    }

    /// Nobody in particular.
    pub fn as_anybody(&self) -> Caller {
        Caller::new(self.address)
    }

    /// The admin, by token.
    pub fn as_admin(&self) -> Caller {
        self.as_user(&self.email)
    }

    /// The admin, by password.
    pub fn as_admin_by_password(&self) -> Caller {
        self.as_anybody().password(&self.email, &self.password)
    }

    /// Somebody by address: a token belongs to the installation, the address says as whom.
    pub fn as_user(&self, email: &str) -> Caller {
        self.as_anybody().token(email, &self.token)
    }

    /// What the clock shows.
    #[track_caller]
    pub fn now(&self) -> String {
        let now = self.as_anybody().get("/demo/clock").expect(200).at("/now");
        now.as_str().unwrap_or_default().to_owned()
    }

    /// Moves the clock to an instant; what falls due on the way is done.
    #[track_caller]
    pub fn set_clock(&self, to: &str) {
        self.as_anybody().post("/demo/clock", &json!({ "set": to })).expect(200);
    }

    /// Moves the clock by a span such as `72h`.
    #[track_caller]
    pub fn advance(&self, by: &str) {
        self.as_anybody().post("/demo/clock", &json!({ "advance": by })).expect(200);
    }

    /// Everything that left, oldest first.
    #[track_caller]
    pub fn outbox(&self) -> Vec<Value> {
        let deliveries = self.as_anybody().get("/demo/outbox.json").expect(200).at("/deliveries");
        deliveries.as_array().cloned().unwrap_or_default()
    }

    /// What left about a ticket, of one kind.
    #[track_caller]
    pub fn sent(&self, ticket: i64, kind: &str) -> Vec<Value> {
        let mut all = self.outbox();
        all.retain(|one| one["ticket_id"] == ticket && one["kind"] == kind);
        all
    }

    /// Puts a mail into the support mailbox and says what became of it.
    #[track_caller]
    pub fn inbox(&self, raw: impl AsRef<[u8]>) -> Value {
        let caller = self.as_anybody();
        caller
            .send("POST", "/demo/inbox/email", Some("message/rfc822"), raw.as_ref())
            .expect(200)
            .json()
    }

    /// Ends it as a power cut would.
    pub fn kill(&self) -> ExitStatus {
        let mut child = self.child.lock().expect("nobody panics while looking at the program");
        let _ = child.kill();
        child.wait().expect("the program can be waited for")
    }
}

impl Drop for Program {
    #[expect(clippy::print_stderr, reason = "who reads a failed test wants to know")]
    fn drop(&mut self) {
        self.kill();
        let complaints = self.complaints();
        if thread::panicking() && !complaints.is_empty() {
            eprintln!("the program wrote:\n{complaints}");
        }
    }
}

/// Waits for the credentials file, which is written whole once the program is ready.
fn wait(child: &mut Child, credentials: &Path, complaints: &Path) -> Value {
    let since = Instant::now();
    loop {
        if let Ok(text) = fs::read_to_string(credentials) {
            return serde_json::from_str(&text).expect("the credentials file is whole");
        }
        let told = || fs::read_to_string(complaints).unwrap_or_default();
        if let Some(status) = child.try_wait().expect("the program can be looked at") {
            panic!("the program ended with {status} instead of coming up: {}", told());
        }
        if since.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("the program did not come up within {PATIENCE:?}: {}", told());
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Runs a story on both engines, each time against a program with a database of its own.
pub fn on_each_engine(binary: &str, now: &str, story: impl Fn(&Program)) {
    on_each_engine_with(binary, &Start::at(now), story);
}

/// Runs a story on both engines under a handbook of its own.
pub fn on_each_engine_with(binary: &str, start: &Start, story: impl Fn(&Program)) {
    for engine in Engine::ALL {
        on(engine, binary, start, &story);
    }
}

/// Runs a story on SQLite alone, where the engine cannot matter.
pub fn on_sqlite(binary: &str, now: &str, story: impl Fn(&Program)) {
    on_sqlite_with(binary, &Start::at(now), story);
}

/// Runs a story on SQLite alone under a handbook of its own.
pub fn on_sqlite_with(binary: &str, start: &Start, story: impl Fn(&Program)) {
    on(Engine::Sqlite, binary, start, &story);
}

#[expect(clippy::print_stderr, reason = "who reads a failed test wants to know")]
fn on(engine: Engine, binary: &str, start: &Start, story: &impl Fn(&Program)) {
    let place = Place::fresh(engine);
    let told = catch_unwind(AssertUnwindSafe(|| {
        let program = Program::start(binary, &place, start);
        story(&program);
    }));
    if let Err(panic) = told {
        eprintln!("that was on {engine:?}");
        resume_unwind(panic);
    }
}
