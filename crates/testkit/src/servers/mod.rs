//! Real mail servers, from Debian's packages, each with a folder, a configuration and a port of its own.

mod authority;
mod dovecot;
mod postfix;
mod served;

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

pub use authority::{Authority, TokenServer};
pub use dovecot::Dovecot;
pub use postfix::Postfix;
pub use served::Served;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// A port that was free a moment ago.
///
/// # Panics
///
/// When there is none.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    listener.local_addr().expect("a listener has an address").port()
}

/// Waits for what happens by itself.
///
/// # Panics
///
/// When it does not happen.
#[track_caller]
pub fn soon<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(since.elapsed() < PATIENCE, "waited in vain for {what}");
        sleep(Duration::from_millis(30));
    }
}

/// Whether somebody listens on a port.
fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Who owns mail: servers refuse to keep root's.
fn owner() -> (u32, u32) {
    const NOBODY: u32 = 65_534;
    let id = |flag| {
        let told = Command::new("id").arg(flag).output().expect("`id` is everywhere");
        String::from_utf8_lossy(&told.stdout).trim().parse().expect("`id` tells a number")
    };
    match id("-u") {
        0 => (NOBODY, NOBODY),
        own => (own, id("-g")),
    }
}

/// Makes a folder, and gives it away if it is not ours to keep.
fn folder(path: &Path, (user, group): (u32, u32)) {
    fs::create_dir_all(path).expect("a folder can be made");
    chown(path, Some(user), Some(group)).expect("a folder can be given away");
}
