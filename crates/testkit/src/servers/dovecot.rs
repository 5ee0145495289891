//! Dovecot with mailboxes for everybody whose password is right.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::authority::secure_dovecot;
use super::{Authority, folder, free_port, listens, owner, soon};

/// Everybody's password.
const PASSWORD: &str = "secret";

/// An IMAP server on loopback; it ends with this.
pub struct Dovecot {
    folder: PathBuf,
    port: u16,
    owner: (u32, u32),
    child: Option<Child>,
    /// The port where TLS begins at once, and who vouches for it.
    secure: Option<(u16, PathBuf)>,
}

impl Dovecot {
    /// A server whose data is below a folder. With `more` lines of configuration.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start(below: &Path, more: &str) -> Self {
        let folder_of = below.join("dovecot");
        let (port, owner) = (free_port(), owner());
        let mut server = Self { folder: folder_of, port, owner, child: None, secure: None };
        fs::create_dir_all(&server.folder).expect("a folder can be made");
        folder(&server.folder.join("mail"), server.owner);
        folder(&server.folder.join("home"), server.owner);
        fs::write(server.file("conf"), server.configuration(more)).expect("a file can be written");
        server.start_again();
        server
    }

    /// The same, speaking TLS with a certificate of an authority and nothing in the open, and taking access tokens.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn secure(below: &Path, authority: &Authority) -> Self {
        let (folder, port) = (below.join("dovecot"), free_port());
        let mut server = Self::start(below, &secure_dovecot(&folder, authority, port));
        server.secure = Some((port, authority.file("ca.pem")));
        server
    }

    /// A table of the configuration that fetches somebody's inbox over TLS: from the first byte, or after STARTTLS. How to
    /// sign in is still to be said.
    ///
    /// # Panics
    ///
    /// When it does not speak TLS.
    pub fn secure_table(&self, user: &str, at_once: bool) -> String {
        let (port, authority) = self.secure.as_ref().expect("it was made to speak TLS");
        let url = if at_once {
            format!("imaps://127.0.0.1:{port}/INBOX")
        } else {
            format!("imap://localhost:{}/INBOX?tls=required", self.port)
        };
        format!(
            "[[mailbox]]\nname = \"{user}\"\nurl = \"{url}\"\nuser = \"{user}\"\nca_file = \"{}\"\n",
            authority.display()
        )
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn configuration(&self, more: &str) -> String {
        let (folder, port, (user, group)) = (self.folder.display(), self.port, self.owner);
        format!(
            "base_dir = {folder}/run\n\
             state_dir = {folder}/state\n\
             log_path = {folder}/log\n\
             protocols = imap\n\
             listen = 127.0.0.1\n\
             ssl = no\n\
             disable_plaintext_auth = no\n\
             mail_location = maildir:{folder}/mail/%u\n\
             mail_max_userip_connections = 100\n\
             auth_mechanisms = plain login xoauth2\n\
             passdb {{\n driver = static\n mechanisms = plain login\n args = password={PASSWORD}\n}}\n\
             userdb {{\n driver = static\n args = uid={user} gid={group} home={folder}/home\n}}\n\
             service imap-login {{\n inet_listener imap {{\n port = {port}\n }}\n inet_listener imaps {{\n port = 0\n }}\n}}\n\
             {more}\n"
        )
    }

    /// Starts it, unless it runs.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start_again(&mut self) {
        if self.child.is_some() {
            return;
        }
        let child = Command::new("dovecot")
            .arg("-c")
            .arg(self.file("conf"))
            .arg("-F")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("Dovecot is installed: `cargo xtask test` does that");
        self.child = Some(child);
        soon("Dovecot", || listens(self.port).then_some(()));
    }

    /// Ends it as a power cut would.
    ///
    /// # Panics
    ///
    /// When it goes on.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
            soon("the end of Dovecot", || (!listens(self.port)).then_some(()));
            let _ = fs::remove_file(self.file("run/master.pid"));
        }
    }

    /// The address of everybody's inbox.
    pub fn url(&self) -> String {
        format!("imap://127.0.0.1:{}/INBOX?tls=none", self.port)
    }

    /// A table of the configuration that fetches somebody's inbox.
    pub fn table(&self, user: &str) -> String {
        format!(
            "[[mailbox]]\nname = \"{user}\"\nurl = \"{}\"\nuser = \"{user}\"\npassword = \"{PASSWORD}\"\n",
            self.url()
        )
    }

    /// What it wrote down.
    pub fn log(&self) -> String {
        fs::read_to_string(self.file("log")).unwrap_or_default()
    }

    /// A message arrives in somebody's inbox; the name must be new.
    ///
    /// # Panics
    ///
    /// When it cannot be written.
    pub fn put(&self, user: &str, name: &str, raw: &[u8]) {
        self.place(user, "new", name, raw);
    }

    /// A message is in somebody's inbox that another program has shown already.
    ///
    /// # Panics
    ///
    /// When it cannot be written.
    pub fn put_seen(&self, user: &str, name: &str, raw: &[u8]) {
        self.place(user, "cur", &format!("{name}:2,S"), raw);
    }

    fn place(&self, user: &str, part: &str, name: &str, raw: &[u8]) {
        let inbox = self.file("mail").join(user);
        folder(&inbox, self.owner);
        for one in ["tmp", "new", "cur"] {
            folder(&inbox.join(one), self.owner);
        }
        let unfinished = inbox.join("tmp").join(name);
        fs::write(&unfinished, raw).expect("a message can be written");
        chown(&unfinished, Some(self.owner.0), Some(self.owner.1)).expect("and given away");
        fs::rename(&unfinished, inbox.join(part).join(name)).expect("and moved");
    }

    /// Everything in somebody's inbox gets other UIDs, under another UIDVALIDITY. It must not run.
    ///
    /// # Panics
    ///
    /// When it runs.
    pub fn renumber(&self, user: &str, validity: u32) {
        assert!(self.child.is_none(), "Dovecot runs");
        let inbox = self.file("mail").join(user);
        for entry in fs::read_dir(&inbox).expect("the inbox is there") {
            let path = entry.expect("it can be read").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with("dovecot") {
                fs::remove_file(&path).expect("an index can be removed");
            }
        }
        let list = inbox.join("dovecot-uidlist");
        let text = format!("3 V{validity} N1 G8f8c0f3a0b1c2d3e4f506172{validity:08x}\n");
        fs::write(&list, text).expect("a list can be written");
        chown(&list, Some(self.owner.0), Some(self.owner.1)).expect("and given away");
    }

    /// How many messages in somebody's inbox are marked as seen.
    ///
    /// # Panics
    ///
    /// When the inbox is not there.
    pub fn seen(&self, user: &str) -> usize {
        let inbox = fs::read_dir(self.file("mail").join(user).join("cur"));
        let names = inbox.expect("the inbox is there").flatten().map(|entry| entry.file_name());
        names.filter(|name| name.to_string_lossy().ends_with('S')).count()
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.kill();
    }
}
