//! A certificate authority for one test, and tokens as a mailbox's owner's company would give them.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::signed;

/// Signs a certificate for this machine.
pub struct Authority(PathBuf);

impl Authority {
    /// An authority whose files are below a folder.
    ///
    /// # Panics
    ///
    /// When `openssl` is not there.
    pub fn fresh(below: &Path) -> Self {
        let folder = below.join("authority");
        fs::create_dir_all(&folder).expect("a folder can be made");
        let run = |words: &[&str]| {
            let told = Command::new("openssl").args(words).current_dir(&folder).output();
            let told = told.expect("openssl is everywhere where mail servers are");
            assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        };
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let own = ["-x509", "-days", "2", "-subj", "/CN=Test authority", "-keyout", "ca.key"];
        run(&[&["req"][..], &key, &own, &["-out", "ca.pem"]].concat());
        let asks = ["-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"];
        run(&[&["req"][..], &key, &asks].concat());
        let names = "subjectAltName=DNS:localhost,IP:127.0.0.1\n";
        fs::write(folder.join("names"), names).expect("a file can be written");
        run(&[
            "x509",
            "-req",
            "-in",
            "server.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            "names",
            "-out",
            "server.pem",
        ]);
        Self(folder)
    }

    /// A file of it: `ca.pem`, `server.pem`, `server.key`.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// A server that gives access tokens for refresh tokens. Whoever has asked is given another refresh token, and the one
/// before is worth nothing any more.
pub struct TokenServer {
    url: String,
    state: Arc<Mutex<State>>,
}

/// The secret with which access tokens are signed, for the mail server that looks at them.
pub(super) const SECRET: &[u8] = b"a secret of the company that gives tokens";

struct State {
    given: usize,
    /// The next so many tokens are over before they are used, though the answer says otherwise.
    stale: usize,
}

impl TokenServer {
    /// A server on loopback that knows the refresh token `refresh-0`. The first `stale` access tokens have run out.
    ///
    /// # Panics
    ///
    /// When it cannot listen.
    pub fn start(user: &str, stale: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let state = Arc::new(Mutex::new(State { given: 0, stale }));
        let (kept, user) = (state.clone(), user.to_owned());
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // Whoever hangs up early asks again.
                let _ = answer(stream, &user, &kept);
            }
        });
        Self { url: format!("http://{address}/token"), state }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many access tokens it has given.
    ///
    /// # Panics
    ///
    /// When it has panicked.
    pub fn given(&self) -> usize {
        self.state.lock().expect("the server did not panic").given
    }
}

fn answer(stream: TcpStream, user: &str, state: &Mutex<State>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while stream.read_line(&mut head)? > 2 {}
    let lower = head.to_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut form = vec![0; length.unwrap_or_default()];
    stream.read_exact(&mut form)?;
    let form = String::from_utf8_lossy(&form).into_owned();
    let mut state = state.lock().expect("nobody panicked while looking");
    let expected = format!("refresh_token=refresh-{}", state.given);
    let is_known = form.split('&').any(|one| one == expected);
    let (status, body) = if is_known {
        state.given += 1;
        let is_stale = state.stale > 0;
        state.stale = state.stale.saturating_sub(1);
        let now = desk::Clock::System.now().as_second();
        let over = if is_stale { now - 60 } else { now + 3600 };
        let claims = json!({ "sub": user, "iat": now - 3600, "nbf": now - 3600, "exp": over });
        let token = signed(&json!({ "alg": "HS256", "typ": "JWT" }), &claims, SECRET);
        let next = format!("refresh-{}", state.given);
        ("200 OK", json!({ "access_token": token, "expires_in": 3600, "refresh_token": next }))
    } else {
        ("400 Bad Request", json!({ "error": "invalid_grant" }))
    };
    let body = body.to_string();
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.get_mut().write_all(format!("{head}{body}").as_bytes())
}

/// The lines with which Dovecot speaks TLS on two ports and believes access tokens that are signed with our secret.
pub(super) fn secure_dovecot(folder: &Path, authority: &Authority, port: u16) -> String {
    let keys = folder.join("keys/default/HS256");
    fs::create_dir_all(&keys).expect("a folder can be made");
    fs::write(keys.join("default"), STANDARD.encode(SECRET)).expect("a file can be written");
    let tokens = format!(
        "introspection_mode = local\n\
         local_validation_key_dict = fs:posix:prefix={}/keys/\n\
         username_attribute = sub\n",
        folder.display()
    );
    let file = folder.join("tokens.conf");
    fs::write(&file, tokens).expect("a file can be written");
    format!(
        "ssl = required\n\
         ssl_cert = <{}\n\
         ssl_key = <{}\n\
         passdb {{\n driver = oauth2\n mechanisms = xoauth2\n args = {}\n}}\n\
         service auth {{\n user = root\n}}\n\
         service imap-login {{\n inet_listener imaps {{\n port = {port}\n ssl = yes\n }}\n}}\n",
        authority.file("server.pem").display(),
        authority.file("server.key").display(),
        file.display()
    )
}
