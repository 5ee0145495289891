//! Mailboxes over TLS and by access tokens, with a real Dovecot and certificates that nobody else knows. On both engines.

use std::thread;
use std::time::Duration;

use testkit::servers::{Authority, Dovecot, Postfix, Served, TokenServer, soon};
use testkit::{Engine, Place};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

fn message(id: &str) -> Vec<u8> {
    format!(
        "From: Dana <dana@fernlight.test>\r\nTo: support@acme.test\r\nSubject: {id}\r\n\
         Message-ID: <{id}@fernlight.test>\r\nDate: Mon, 8 Jun 2026 09:00:00 +0000\r\n\r\nHello\r\n"
    )
    .into_bytes()
}

/// How a mailbox signs in by tokens of a server.
fn by_tokens(server: &TokenServer, file: &str) -> String {
    format!(
        "[mailbox.oauth2]\ntoken_url = \"{}\"\nclient_id = \"desk\"\nrefresh_token = \"refresh-0\"\n\
         refresh_token_file = \"{file}\"\n",
        server.url()
    )
}

/// CH-03: a token that is over is replaced at once, the refresh token that comes with it counts, also after a restart
#[test]
fn mailboxes_are_read_over_tls_by_password_and_by_tokens_that_run_out() {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        let authority = Authority::fresh(place.folder());
        let dovecot = Dovecot::secure(place.folder(), &authority);
        let tokens = TokenServer::start("sales", 1);
        let file = place.folder().join("sales.token");
        let tables = [
            dovecot.secure_table("support", true),
            "password = \"secret\"\n".to_owned(),
            dovecot.secure_table("sales", false),
            by_tokens(&tokens, &file.display().to_string()),
        ];
        let mut desk = Served::prepare(BINARY, &place, &tables.concat());
        dovecot.put("support", "1", &message("by-password"));
        dovecot.put("sales", "1", &message("by-token"));

        desk.start();
        soon("both", || (desk.tickets().len() == 2).then_some(()));
        assert_eq!(tokens.given(), 2, "the first was over, whatever its server said");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "refresh-2");
        assert!(!desk.complaints().contains("refresh-"), "{}", desk.complaints());

        desk.kill();
        dovecot.put("sales", "2", &message("after-a-restart"));
        desk.start();
        soon("the third", || (desk.tickets().len() == 3).then_some(()));
        assert_eq!(tokens.given(), 3);
    }
}

/// CH-03: nothing is said to a server that nobody vouches for, or that cannot speak in secret
#[test]
fn a_server_that_is_not_to_be_trusted_is_told_nothing() {
    let place = Place::fresh(Engine::Sqlite);
    let authority = Authority::fresh(place.folder());
    let dovecot = Dovecot::secure(place.folder(), &authority);
    let other = Place::fresh(Engine::Sqlite);
    let stranger = Authority::fresh(other.folder());
    let open = Dovecot::start(other.folder(), "");
    let trusting = |table: String| {
        let (own, other) = (authority.file("ca.pem"), stranger.file("ca.pem"));
        table.replace(&own.display().to_string(), &other.display().to_string())
    };
    let plain = open.table("plain").replace("?tls=none", "?tls=required");
    let tables = [
        trusting(dovecot.secure_table("at-once", true)) + "password = \"secret\"\n",
        trusting(dovecot.secure_table("later", false)) + "password = \"secret\"\n",
        plain,
    ];
    for name in ["at-once", "later"] {
        dovecot.put(name, "1", &message(name));
    }
    open.put("plain", "1", &message("plain"));
    let mut desk = Served::prepare(BINARY, &place, &tables.concat());

    desk.start();
    let told = desk.told(&["doctor", "mail"]);

    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    for name in ["at-once", "later"] {
        assert!(told.contains(&format!("FIX      mailbox {name}: no secure connection")), "{told}");
    }
    assert!(told.contains("FIX      mailbox plain: "), "{told}");
    thread::sleep(Duration::from_secs(1));
    assert!(desk.tickets().is_empty());
    assert!(!open.log().contains("Login:") && !dovecot.log().contains("Login:"));
}

/// Mail leaves over TLS to a server that an authority of one's own vouches for.
#[test]
fn mail_leaves_over_tls() {
    for at_once in [false, true] {
        let place = Place::fresh(Engine::Sqlite);
        let authority = Authority::fresh(place.folder());
        let postfix = Postfix::secure(place.folder(), &authority);
        let tables = format!(
            "smtp_url = \"{}\"\nsmtp_ca_file = \"{}\"\n",
            postfix.secure_url(at_once),
            authority.file("ca.pem").display()
        );
        let mut desk = Served::prepare(BINARY, &place, &tables);
        desk.start();
        let told = desk.told(&["doctor", "mail"]);
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        assert!(told.contains("good     mail server: connected"), "{told}");

        let without = tables.lines().next().unwrap().to_owned() + "\n";
        desk.configure(place.url(), &without);
        let told = desk.told(&["doctor", "mail"]);
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        assert!(told.contains("FIX      mail server: "), "nobody known vouches for it: {told}");
    }
}
