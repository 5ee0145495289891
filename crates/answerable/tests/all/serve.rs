//! The desk as it is run for good: started by the command line, mail leaving by SMTP, on both engines.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{Analytics, Answer, AppKeys, Caller, Engine, HANDBOOK, Place, signed};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");
/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A mail server on a real socket: it keeps what it takes, and knows nobody whose address begins with `gone`.
struct MailServer {
    port: u16,
    taken: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let kept = taken.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = kept.clone();
                thread::spawn(move || talk(&stream, &kept));
            }
        });
        Self { port, taken }
    }

    /// The mails to an address so far.
    fn to(&self, address: &str) -> Vec<String> {
        let needle = format!("RCPT TO:<{address}>");
        self.taken.lock().unwrap().iter().filter(|mail| mail.contains(&needle)).cloned().collect()
    }
}

fn talk(mut stream: &TcpStream, taken: &Mutex<Vec<String>>) {
    let mut mail = String::new();
    let mut in_data = false;
    write!(stream, "220 mx.test ESMTP\r\n").unwrap();
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        let verb = line.get(..4).unwrap_or(&line).to_ascii_uppercase();
        mail.push_str(&line);
        mail.push('\n');
        let answer = match (in_data, verb.as_str()) {
            (true, _) if line == "." => {
                taken.lock().unwrap().push(std::mem::take(&mut mail));
                in_data = false;
                "250 2.0.0 taken"
            }
            (true, _) => continue,
            (false, "RCPT") if line.contains("<gone") => "550 5.1.1 nobody here by that name",
            (false, "DATA") => {
                in_data = true;
                "354 go on"
            }
            (false, "MAIL") => {
                mail.clone_from(&line);
                "250 ok"
            }
            (false, "QUIT") => "221 bye",
            (false, _) => "250 ok",
        };
        if write!(stream, "{answer}\r\n").is_err() {
            return;
        }
    }
}

/// A desk that runs until it is dropped.
struct Served {
    child: Child,
    address: SocketAddr,
    token: String,
    /// A key that apps sign with, and one that was revoked: id and secret.
    keys: [(String, String); 2],
}

impl Served {
    fn start(place: &Place, mail: &MailServer) -> Self {
        Self::start_under(HANDBOOK, place, mail)
    }

    fn start_under(handbook: &str, place: &Place, mail: &MailServer) -> Self {
        let file = |name: &str| place.folder().join(name).display().to_string();
        std::fs::write(file("handbook.toml"), handbook).unwrap();
        let common = ["--database-url".to_owned(), place.url().to_owned()];
        let keys = ["--key-file".to_owned(), file("desk.key")];
        let link = told(
            BINARY,
            &["agent", "create", "--email", "root@desk.test", "--name", "Root", "--role", "admin"],
            &[&common[..], &keys].concat(),
        );
        assert!(link.contains("/welcome/"), "{link}");
        let token = told(
            BINARY,
            &["token", "create", "--email", "root@desk.test"],
            &[&common[..], &keys].concat(),
        );
        let key = |words: &[&str]| {
            let words = [&["identity", "key"], words].concat();
            told(BINARY, &words, &[&common[..], &keys].concat())
        };
        let [good, revoked] = [(); 2].map(|()| made(&key(&["create"])));
        key(&["revoke", &revoked.0]);
        let listed = key(&["list"]);
        assert!(
            listed.contains(&format!("{} HS256", good.0)) && listed.contains("revoked"),
            "{listed}"
        );
        assert!(!listed.contains(&good.1), "a secret is shown once");
        std::fs::write(file("app.pem"), AppKeys::of(7).pem()).unwrap();
        let public = key(&["create", "--public-key", &file("app.pem")]);
        assert!(public.starts_with("key k"), "{public}");
        // A port that was free a moment ago.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut child = Command::new(BINARY)
            .args(["serve", "--listen", &address.to_string(), "--handbook", &file("handbook.toml")])
            .args(["--smtp-url", &format!("smtp://127.0.0.1:{}?tls=none", mail.port)])
            .args(["--public-url", "https://desk.example.test"])
            .args(&common)
            .args(&keys)
            .env("DESK_POSTHOG_KEY", "phc_key")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(file("complaints.txt")).unwrap())
            .spawn()
            .unwrap();
        let since = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = child.try_wait().unwrap();
            let complaints = std::fs::read_to_string(file("complaints.txt")).unwrap_or_default();
            assert!(
                ended.is_none() && since.elapsed() < PATIENCE,
                "it did not start: {complaints}"
            );
            sleep(Duration::from_millis(20));
        }
        Self { child, address, token, keys: [good, revoked] }
    }

    fn anybody(&self) -> Caller {
        Caller::to(self.address)
    }

    fn admin(&self) -> Caller {
        self.anybody().token("root@desk.test", &self.token)
    }

    fn ask(&self, email: &str) -> i64 {
        let request = json!({
            "requester": { "name": "Dana", "email": email },
            "subject": "The funnel is empty",
            "comment": { "body": "Since this morning my funnel shows nothing." },
            "custom_fields": testkit::fields("critical", ""),
        });
        let answer = self.anybody().post("requests.json", &json!({ "request": request }));
        answer.expect(201).number("/request/id")
    }

    fn reply(&self, id: i64, words: &str) {
        let change = json!({ "ticket": { "status": "pending", "comment": { "body": words } } });
        self.admin().put(&format!("tickets/{id}.json"), &change).expect(200);
    }

    fn ticket(&self, id: i64) -> Value {
        self.admin().get(&format!("tickets/{id}.json")).expect(200).at("/ticket")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The id and the secret of a key that was just made.
fn made(said: &str) -> (String, String) {
    let (id, secret) = said.split_once('\n').unwrap();
    let word = |line: &str, before: &str| line.strip_prefix(before).unwrap().trim().to_owned();
    (word(id, "key "), word(secret, "secret "))
}

/// What a command prints.
fn told(binary: &str, words: &[&str], more: &[String]) -> String {
    let output = Command::new(binary).args(words).args(more).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Waits for what happens by itself.
#[track_caller]
fn soon<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(since.elapsed() < PATIENCE, "waited in vain for {what}");
        sleep(Duration::from_millis(50));
    }
}

fn on_each_engine(story: impl Fn(&Served, &MailServer)) {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        let mail = MailServer::start();
        story(&Served::start(&place, &mail), &mail);
    }
}

/// PR-06, SLA-05, CH-03
#[test]
fn what_is_promised_and_answered_leaves_by_smtp() {
    on_each_engine(|desk, mail| {
        let id = desk.ask("dana@fernlight.test");
        let told = soon("the acknowledgement", || mail.to("dana@fernlight.test").pop());
        assert!(
            told.lines()
                .any(|line| line.starts_with("From: ") && line.ends_with("<support@acme.test>")),
            "{told}"
        );
        assert!(told.contains("Auto-Submitted: auto-"), "{told}");
        assert!(told.contains("weekend"), "{told}");

        desk.reply(id, "Please reload the page.");
        let answer = soon("the answer", || {
            mail.to("dana@fernlight.test").into_iter().find(|mail| mail.contains("reload the page"))
        });
        assert!(answer.contains(&format!("Reply-To: support+t{id}-")), "{answer}");
        assert!(!answer.contains("Auto-Submitted"), "{answer}");
        assert_eq!(mail.to("dana@fernlight.test").len(), 2, "each of them once");
    });
}

/// SLA-05, D-23
#[test]
fn an_answer_that_is_refused_for_good_answered_nothing() {
    on_each_engine(|desk, _| {
        let id = desk.ask("gone@fernlight.test");
        desk.reply(id, "Please reload the page.");

        let ticket = soon("the bounce", || {
            Some(desk.ticket(id)).filter(|ticket| ticket["status"] == "open")
        });

        assert_eq!(ticket["status"], "open");
        let clocks = desk.admin().get(&format!("tickets/{id}/clocks.json")).expect(200);
        assert_eq!(clocks.at("/clocks/0/state"), "running");
        assert_eq!(clocks.at("/clocks/0/kind"), "first");
        assert_eq!(clocks.at("/clocks").as_array().unwrap().len(), 1);
    });
}

/// CS-01, CS-05: asked by mail, answered on the page, told to analytics with the key of the environment
#[test]
fn how_the_help_was_is_asked_by_mail_and_told_to_analytics() {
    for engine in Engine::ALL {
        let (place, mail, analytics) =
            (Place::fresh(engine), MailServer::start(), Analytics::anywhere());
        let handbook = format!(
            "{HANDBOOK}\n[csat]\nafter = \"0h\"\nposthog = {{ host = \"http://{}\", key_env = \"DESK_POSTHOG_KEY\" }}\n",
            analytics.address()
        );
        let desk = Served::start_under(&handbook, &place, &mail);
        let id = desk.ask("dana@fernlight.test");
        desk.reply(id, "Please reload the page.");
        let change = json!({ "ticket": { "status": "solved" } });
        desk.admin().put(&format!("tickets/{id}.json"), &change).expect(200);
        let asked = soon("the survey", || {
            mail.to("dana@fernlight.test")
                .into_iter()
                .find(|mail| mail.contains("How was our help"))
        });
        assert!(asked.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{asked}");

        let asked = asked.replace("=\n", "").replace("=3D", "=");
        let start = asked.find("https://desk.example.test/survey?").unwrap();
        let address: String = asked[start..].chars().take_while(|c| !c.is_whitespace()).collect();
        let path = address.strip_prefix("https://desk.example.test").unwrap();
        let kind = Some("application/x-www-form-urlencoded");
        let thanks = desk.anybody().send("POST", path, kind, b"rating=4&comment=Fast.");

        assert!(thanks.expect(200).text().contains("Thank you"));
        let event = soon("the event", || analytics.taken().pop());
        assert_eq!(event["api_key"], "phc_key");
        assert_eq!(event["properties"]["rating"], 4);
        assert_eq!(event["properties"]["ticketId"], id);
    }
}

#[test]
fn who_guesses_passwords_waits() {
    on_each_engine(|desk, _| {
        let guess = || desk.anybody().password("root@desk.test", "wrong").get("tickets.json");
        for _ in 0..10 {
            guess().expect(401);
        }

        let refused = guess().expect(429);

        assert!(refused.headers.iter().any(|(name, _)| name == "retry-after"));
        desk.admin().get("tickets.json").expect(200);
        desk.anybody().password("else@desk.test", "wrong").get("tickets.json").expect(401);
    });
}

impl Served {
    /// A user of the app, signed for with a key, at this instant.
    fn app_user(&self, key: &(String, String), subject: &str) -> Caller {
        let now = desk::Clock::System.now().as_second();
        let claims =
            json!({ "sub": subject, "email": format!("{subject}@app.test"), "exp": now + 300 });
        let token = signed(&json!({ "alg": "HS256", "kid": key.0 }), &claims, key.1.as_bytes());
        self.anybody().with("Authorization", &format!("Bearer {token}"))
    }
}

fn question() -> Value {
    json!({ "request": { "subject": "The funnel is empty", "comment": { "body": "Help." } } })
}

/// CH-01
#[test]
fn a_key_of_the_command_line_signs_until_it_is_revoked() {
    on_each_engine(|desk, _| {
        let [good, revoked] = &desk.keys;

        let known = desk.app_user(good, "dana").post("requests.json", &question()).expect(201);
        assert_eq!(known.at("/request/identity/verified"), true);

        let mut named = question();
        named["request"]["requester"] = json!({ "email": "dana@app.test" });
        let doubted = desk.app_user(revoked, "dana").post("requests.json", &named).expect(201);
        assert_eq!(doubted.at("/request/identity/reason"), "key_revoked");
        desk.app_user(revoked, "dana").get("requests.json").expect(401);
    });
}

/// A form sent a thousand times a minute: limits by network address and by person, and nobody else is hit.
#[test]
fn who_sends_too_much_waits_and_nobody_else() {
    on_each_engine(|desk, _| {
        let from = |address: &str| desk.anybody().with("X-Forwarded-For", address);
        let anonymous = |caller: &Caller, n: usize| -> Answer {
            let mut body = question();
            body["request"]["requester"] = json!({ "email": format!("visitor{n}@flood.test") });
            caller.post("requests.json", &body)
        };
        let flood = from("198.51.100.7");
        let answers: Vec<Answer> = (0..1_000).map(|n| anonymous(&flood, n)).collect();

        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 60);
        let refused = answers.last().unwrap();
        assert_eq!(refused.status, 429);
        let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        assert_eq!(refused.header("access-control-allow-origin"), Some("*"));
        // What a caller writes in front of the proxy's word changes nothing.
        assert_eq!(anonymous(&from("203.0.113.1, 198.51.100.7"), 1_001).status, 429);
        assert_eq!(anonymous(&from("198.51.100.8"), 1_002).status, 201);
        // Who is signed in is counted as themselves, not with their office.
        let [key, _] = &desk.keys;
        let statuses: Vec<u16> = (0..12)
            .map(|_| {
                desk.app_user(key, "kim")
                    .with("X-Forwarded-For", "198.51.100.9")
                    .post("requests.json", &question())
                    .status
            })
            .collect();
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 10, "{statuses:?}");
        assert_eq!(desk.app_user(key, "lu").post("requests.json", &question()).status, 201);
        desk.admin()
            .post(
                "tickets.json",
                &json!({ "ticket": { "subject": "s", "comment": { "body": "b" } } }),
            )
            .expect(201);
    });
}

/// What is written by strangers beside requests has limits as well: files sent ahead, and what is said about pages.
#[test]
fn who_sends_too_many_files_or_verdicts_waits() {
    on_each_engine(|desk, _| {
        let from = |address: &str| desk.anybody().with("X-Forwarded-For", address);
        let question = json!({ "question": { "title": "t", "details": "d", "answer": "a" } });
        let id = desk.admin().post("questions.json", &question).expect(201).number("/question/id");
        let file = |caller: &Caller| {
            caller.send("POST", "uploads.json?filename=a.txt", Some("text/plain"), b"a").status
        };
        let verdict = |caller: &Caller| {
            let body = json!({ "feedback": { "useful": true } });
            caller.post(&format!("questions/{id}/feedback.json"), &body).status
        };

        let flood = from("198.51.100.7");
        let files: Vec<u16> = (0..70).map(|_| file(&flood)).collect();
        let verdicts: Vec<u16> = (0..30).map(|_| verdict(&flood)).collect();

        assert_eq!(files.iter().filter(|status| **status == 201).count(), 60, "{files:?}");
        assert_eq!(files.last(), Some(&429));
        assert_eq!(verdicts.iter().filter(|status| **status == 204).count(), 20, "{verdicts:?}");
        let refused = flood.send("POST", "uploads.json?filename=a.txt", Some("text/plain"), b"a");
        assert!(refused.header("retry-after").is_some(), "{refused:?}");
        let other = from("198.51.100.8");
        assert_eq!((file(&other), verdict(&other)), (201, 204));
        let [key, _] = &desk.keys;
        assert_eq!(file(&desk.app_user(key, "kim").with("X-Forwarded-For", "198.51.100.7")), 201);
    });
}

/// Links by mail are limited by the address they go to, known or not.
#[test]
fn links_by_mail_are_few() {
    on_each_engine(|desk, mail| {
        desk.ask("dana@fernlight.test");
        let ask = |email: &str| {
            let kind = Some("application/x-www-form-urlencoded");
            let page = desk.anybody().get("/requests/sign-in").expect(200);
            let cookie = page.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
            let text = page.text();
            let proof = text
                .split("name=\"csrf\" value=\"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap()
                .to_owned();
            let body = format!("csrf={proof}&email={}", email.replace('@', "%40"));
            desk.anybody().with("Cookie", &cookie).send(
                "POST",
                "/requests/sign-in",
                kind,
                body.as_bytes(),
            )
        };
        for email in ["dana@fernlight.test", "nobody@fernlight.test"] {
            for _ in 0..3 {
                ask(email).expect(200);
            }
            assert!(ask(email).expect(429).header("retry-after").is_some());
        }
        let link = soon("the link", || {
            mail.to("dana@fernlight.test")
                .into_iter()
                .find(|mail| mail.contains("/requests/sign-in/"))
        });
        assert!(link.contains("https://desk.example.test/requests/sign-in/"), "{link}");
    });
}
