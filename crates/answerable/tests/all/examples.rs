//! What the guide for the host's developer says runs as it stands there, and what it signs is believed. (CH-01)
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use testkit::{Caller, DEMO_KEY, Program};

#[path = "../../../../examples/widget/sign.rs"]
mod sign;

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const GUIDE: &str = include_str!("../../../../docs/widget.md");

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/widget")
}

/// The block of code in a language that stands after a heading in the guide.
fn block(after: &str, language: &str) -> String {
    let rest = GUIDE.split_once(after).unwrap().1;
    let code = rest.split_once(&format!("```{language}\n")).unwrap().1;
    code.split_once("```").unwrap().0.to_owned()
}

/// A server of an app, ended with the test.
struct App(Child, SocketAddr);

impl App {
    fn start(program: &str, file: &Path, desk: &str) -> Self {
        let free = TcpListener::bind("localhost:0").unwrap().local_addr().unwrap();
        let mut child = Command::new(program)
            .arg(file)
            .env("PORT", free.port().to_string())
            .env("ANSWERABLE_URL", desk)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let mut app = Self(child, free);
        // It says where it is as soon as somebody can come.
        let mut said = String::new();
        BufReader::new(stdout).read_line(&mut said).unwrap();
        assert!(said.contains(&free.port().to_string()), "{said}");
        // A name has two addresses on most machines.
        let there = TcpStream::connect(("localhost", free.port())).unwrap();
        app.1 = there.peer_addr().unwrap();
        app
    }

    fn get(&self, path: &str) -> testkit::Answer {
        Caller::to(self.1).with("Host", "localhost").get(path).expect(200)
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A ticket that somebody with this token asks for.
#[track_caller]
fn ask(desk: &Program, token: &str) -> Value {
    let app = desk.as_anybody().with("Authorization", &format!("Bearer {token}"));
    let body = json!({ "request": { "subject": "s", "comment": { "body": "b" }, "context": { "page": "/flags" } } });
    app.post("requests.json", &body).expect(201).at("/request")
}

#[track_caller]
fn is_dana(desk: &Program, token: &str) {
    let request = ask(desk, token);
    assert_eq!(request["identity"]["verified"], true, "{request}");
    let person = desk.as_admin().get("users/search.json?external_id=user-7").expect(200);
    assert_eq!(person.at("/users/0/email"), "dana@fernlight.test");
    let organization = desk.as_admin().get("organizations.json").expect(200);
    assert_eq!(organization.at("/organizations/0/external_id"), "org-3");
}

#[test]
fn the_servers_of_the_example_sign_what_the_desk_believes() {
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        for (program, file) in [("node", "server.mjs"), ("python3", "server.py")] {
            let url = format!("http://{}", desk.address());
            let app = App::start(program, &examples().join(file), &url);
            let token = app.get("/answerable-identity").at("/token");
            is_dana(desk, token.as_str().unwrap());
            let page = app.get("/");
            let policy = page.header("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none'") && policy.contains(&url), "{policy}");
            assert!(page.text().contains(&format!("src=\"{url}/widget.js\"")));
        }
        let (key, secret) = DEMO_KEY;
        let exp = u64::try_from(desk.seconds()).unwrap() + 300;
        let claims = json!({ "sub": "user-7", "email": "dana@fernlight.test", "organization": { "id": "org-3" } });
        is_dana(desk, &sign::sign(key, secret, &claims, exp));
    });
}

/// The guide's own words, copied out of it.
#[test]
fn the_code_in_the_guide_signs_what_the_desk_believes() {
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        let folder = std::env::temp_dir().join(format!("answerable-guide-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let python = block("**Python**", "python").replace("http.server.HTTPServer((", "print(sign({\"sub\": \"user-7\", \"email\": \"dana@fernlight.test\", \"organization\": {\"id\": \"org-3\"}}))\n0 and http.server.HTTPServer((");
        std::fs::write(folder.join("app.py"), python).unwrap();
        let node = block("**Node**", "js");
        let call = "\nconsole.log(sign({ sub: \"user-7\", email: \"dana@fernlight.test\", organization: { id: \"org-3\" } }));\n";
        std::fs::write(folder.join("sign.mjs"), node + call).unwrap();
        for (program, file) in [("python3", "app.py"), ("node", "sign.mjs")] {
            let said = Command::new(program).arg(folder.join(file)).output().unwrap();
            assert!(said.status.success(), "{said:?}");
            is_dana(desk, String::from_utf8(said.stdout).unwrap().trim());
        }
        let _ = std::fs::remove_dir_all(&folder);
        let rust = std::fs::read_to_string(examples().join("sign.rs")).unwrap();
        assert!(rust.contains(&block("**Rust**", "rust")), "the guide shows what is compiled here");
    });
}
