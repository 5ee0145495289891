//! Postfix, which takes mail, keeps what it has delivered in a folder, and knows somebody by no name.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Authority, folder, free_port, listens, owner, soon};

/// A mail server on loopback; it ends with this. It must be started by root.
pub struct Postfix {
    folder: PathBuf,
    port: u16,
    /// The port where TLS begins at once.
    secure: Option<u16>,
}

impl Postfix {
    /// A server whose data is below a folder. Mail for `acme.test` goes on by `transport`, in Postfix' words.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start(below: &Path, transport: Option<&str>) -> Self {
        let server = Self { folder: below.join("postfix"), port: free_port(), secure: None };
        for name in ["etc", "queue", "data"] {
            fs::create_dir_all(server.folder.join(name)).expect("a folder can be made");
        }
        folder(&server.folder.join("mail"), owner());
        let given = Command::new("chown").arg("postfix").arg(server.folder.join("data")).status();
        assert!(given.expect("`chown` is everywhere").success(), "Postfix is installed");
        server.configure(transport);
        server.start_again();
        server
    }

    /// A server that speaks TLS with a certificate of an authority: after STARTTLS, and on a second port from the first
    /// byte. In the open it takes nothing.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn secure(below: &Path, authority: &Authority) -> Self {
        let mut server = Self::start(below, None);
        server.kill();
        let secure = free_port();
        let (main, master) = ("etc/main.cf", "etc/master.cf");
        let append = |name: &str, text: &str| {
            let file = server.folder.join(name);
            let before = fs::read_to_string(&file).expect("it was written a moment ago");
            fs::write(file, before + text).expect("a file can be written");
        };
        let (cert, key) = (authority.file("server.pem"), authority.file("server.key"));
        append(
            main,
            &format!(
                "smtpd_tls_security_level = encrypt\nsmtpd_tls_cert_file = {}\nsmtpd_tls_key_file = {}\n",
                cert.display(),
                key.display()
            ),
        );
        append(
            master,
            &format!(
                "{secure} inet n - n - - smtpd\n -o smtpd_tls_wrappermode=yes\ntlsmgr unix - - - 1000? 1 tlsmgr\n"
            ),
        );
        server.secure = Some(secure);
        server.start_again();
        server
    }

    /// Its address over TLS: from the first byte, or after STARTTLS.
    ///
    /// # Panics
    ///
    /// When it does not speak TLS.
    pub fn secure_url(&self, at_once: bool) -> String {
        let secure = self.secure.expect("it was made to speak TLS");
        if at_once {
            format!("smtps://localhost:{secure}")
        } else {
            format!("smtp://localhost:{}?tls=required", self.port)
        }
    }

    fn configure(&self, transport: Option<&str>) {
        let (folder, (user, group)) = (self.folder.display(), owner());
        let transport = transport.map_or(String::new(), |transport| {
            format!("transport_maps = inline:{{ {{ acme.test = {transport} }} }}\n")
        });
        let main = format!(
            "compatibility_level = 3.6\n\
             queue_directory = {folder}/queue\n\
             data_directory = {folder}/data\n\
             command_directory = /usr/sbin\n\
             daemon_directory = /usr/lib/postfix/sbin\n\
             mail_owner = postfix\n\
             setgid_group = postdrop\n\
             myhostname = mx.test\n\
             mydestination =\n\
             alias_maps =\n\
             alias_database =\n\
             inet_interfaces = 127.0.0.1\n\
             inet_protocols = ipv4\n\
             mynetworks = 127.0.0.0/8, 192.0.2.0/24, 198.51.100.0/24\n\
             smtpd_authorized_xclient_hosts = 127.0.0.0/8\n\
             lmtp_send_xforward_command = yes\n\
             maillog_file = {folder}/log\n\
             maillog_file_prefixes = /\n\
             queue_run_delay = 2s\n\
             minimal_backoff_time = 1s\n\
             maximal_backoff_time = 2s\n\
             message_size_limit = 60000000\n\
             virtual_mailbox_domains = fernlight.test, acme.test\n\
             virtual_mailbox_base = {folder}/mail\n\
             virtual_mailbox_maps = static:box/\n\
             virtual_minimum_uid = 1\n\
             virtual_uid_maps = static:{user}\n\
             virtual_gid_maps = static:{group}\n\
             virtual_mailbox_limit = 0\n\
             {transport}\
             smtpd_recipient_restrictions = check_recipient_access inline:{{ \
             {{ gone@fernlight.test = 550 5.1.1 nobody here by that name }}, \
             {{ full@fernlight.test = 452 4.2.2 mailbox full }} }}, permit_mynetworks, reject\n"
        );
        // The services of a Postfix that only takes and passes on; none of them runs in a cage.
        let mut master = format!("{} inet n - n - - smtpd\n", self.port);
        for (name, kind, wake, most, program) in [
            ("postlog", "unix-dgram n", "-", "1", "postlogd"),
            ("pickup", "unix n", "60", "1", "pickup"),
            ("cleanup", "unix n", "-", "0", "cleanup"),
            ("qmgr", "unix n", "300", "1", "qmgr"),
            ("rewrite", "unix -", "-", "-", "trivial-rewrite"),
            ("bounce", "unix -", "-", "0", "bounce"),
            ("defer", "unix -", "-", "0", "bounce"),
            ("trace", "unix -", "-", "0", "bounce"),
            ("flush", "unix n", "1000?", "0", "flush"),
            ("proxymap", "unix -", "-", "-", "proxymap"),
            ("smtp", "unix -", "-", "-", "smtp"),
            ("lmtp", "unix -", "-", "-", "lmtp"),
            ("virtual", "unix -", "-", "-", "virtual"),
            ("error", "unix -", "-", "-", "error"),
            ("retry", "unix -", "-", "-", "error"),
            ("anvil", "unix -", "-", "1", "anvil"),
            ("scache", "unix -", "-", "1", "scache"),
        ] {
            let cage = if program == "virtual" { "n n" } else { "- n" };
            master.extend([name, " ", kind, " ", cage, " ", wake, " ", most, " ", program, "\n"]);
        }
        fs::write(self.folder.join("etc/main.cf"), main).expect("a file can be written");
        fs::write(self.folder.join("etc/master.cf"), master).expect("a file can be written");
    }

    fn command(&self, word: &str) {
        let told = Command::new("postfix")
            .arg("-c")
            .arg(self.folder.join("etc"))
            .arg(word)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(
            told.expect("Postfix is installed: `cargo xtask test` does that").success()
                || word != "start"
        );
    }

    /// Starts it, unless it runs.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start_again(&self) {
        if !listens(self.port) {
            self.command("start");
            soon("Postfix", || listens(self.port).then_some(()));
        }
    }

    /// Ends it, whatever it is about to do.
    ///
    /// # Panics
    ///
    /// When it goes on.
    pub fn kill(&self) {
        self.command("abort");
        soon("the end of Postfix", || (!listens(self.port)).then_some(()));
    }

    /// Its address for mail that leaves.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.port)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The mails it has delivered to an address.
    pub fn delivered(&self, to: &str) -> Vec<String> {
        let mut all: Vec<String> = fs::read_dir(self.folder.join("mail/box/new"))
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| fs::read(entry.path()).ok())
            .map(|raw| String::from_utf8_lossy(&raw).into_owned())
            .collect();
        let line = format!("\nDelivered-To: {to}\n");
        all.retain(|mail| mail.contains(&line) || mail.starts_with(&line[1..]));
        all
    }

    /// What it wrote down, for who reads a failed test.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.command("abort");
    }
}
