//! The program under measurement: started like a demo, asked for its memory, signed in to, stopped.

use std::fs;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::binary;
use crate::load::{Answer, request, send};

/// How long a start or a stop may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running program; dropping it kills it.
#[derive(Debug)]
pub(super) struct Program {
    child: Child,
    credentials: serde_json::Value,
    /// Where they are written down.
    pub(super) file: PathBuf,
    pub(super) address: SocketAddr,
    /// From the start of the process until it wrote the credentials, which it does after `/readyz` answers 200.
    pub(super) ready_after: Duration,
}

impl Program {
    /// Starts the release build over a database.
    pub(super) fn start(database: &str, folder: &Path) -> Result<Self> {
        let file = folder.join("credentials.json");
        match fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let started = Instant::now();
        let mut child = Command::new(binary("release")?)
            .args([
                "demo",
                "--empty",
                "--listen",
                "127.0.0.1:0",
                "--database-url",
                database,
                "--credentials-file",
            ])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("the program could not be started")?;
        while !file.exists() {
            if let Some(status) = child.try_wait()? {
                bail!("the program ended before it was ready ({status})");
            }
            if started.elapsed() > PATIENCE {
                child.kill()?;
                child.wait()?;
                bail!("the program was not ready after {} s", PATIENCE.as_secs());
            }
            sleep(Duration::from_millis(1));
        }
        let ready_after = started.elapsed();
        let credentials: serde_json::Value = serde_json::from_str(&fs::read_to_string(&file)?)?;
        let url = credentials["url"].as_str().unwrap_or_default();
        let address = url.trim_start_matches("http://").trim_end_matches('/');
        let address = address
            .parse()
            .with_context(|| format!("the credentials name no address but `{url}`"))?;
        Ok(Self { child, credentials, file, address, ready_after })
    }

    /// Asks it to stop and waits until it has, so that the database is free again.
    pub(super) fn stop(mut self) -> Result<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let asked = Instant::now();
        while self.child.try_wait()?.is_none() {
            ensure!(asked.elapsed() < PATIENCE, "the program did not stop when it was asked to");
            sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// A line of the kernel's account of the process, in megabytes: `VmRSS` is now, `VmHWM` the highest so far.
    pub(super) fn memory(&self, line: &str) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kilobytes =
            status.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(':'));
        let kilobytes: f64 = kilobytes
            .context("not in the kernel's account")?
            .trim()
            .trim_end_matches(" kB")
            .parse()?;
        Ok(kilobytes * 1024.0 / 1_000_000.0)
    }

    /// The header value that authenticates an agent to the API.
    pub(super) fn bearer(&self) -> String {
        format!("Bearer {}", self.credential("token"))
    }

    /// Signs in as a person does and gives the cookies for the pages.
    pub(super) fn sign_in(&self) -> Result<String> {
        let form = send(self.address, &request("GET", "/", &[], b""))?;
        let mut cookies = cookies_of(&form);
        let mut fields =
            vec![("email", self.credential("email")), ("password", self.credential("password"))];
        let token = csrf_in(&form.text());
        fields.extend(token.as_ref().map(|token| ("csrf", token.as_str())));
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();

        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Cookie", &cookies.join("; ")),
        ];
        let answer =
            send(self.address, &request("POST", "/sign-in", &headers, body.join("&").as_bytes()))?;

        ensure!(answer.status == 303, "POST /sign-in answered {}", answer.status);
        cookies.extend(cookies_of(&answer));
        Ok(cookies.join("; "))
    }

    fn credential(&self, name: &str) -> &str {
        self.credentials[name].as_str().unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("process {} may still be running: {error}", self.child.id());
        }
    }
}

/// The ids in a list of tickets.
pub(super) fn ticket_ids(list: &Answer) -> Result<Vec<i64>> {
    let list: serde_json::Value = serde_json::from_slice(&list.body)?;
    let tickets = list["tickets"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ids: Vec<i64> = tickets.iter().filter_map(|ticket| ticket["id"].as_i64()).collect();
    ensure!(!ids.is_empty(), "the program lists no tickets");
    Ok(ids)
}

/// The cookies an answer sets, without their attributes.
fn cookies_of(answer: &Answer) -> Vec<String> {
    answer
        .header("set-cookie")
        .filter_map(|cookie| Some(cookie.split(';').next()?.to_owned()))
        .collect()
}

/// The value of the hidden field `csrf`.
fn csrf_in(page: &str) -> Option<String> {
    let field = page.split("<input").find(|field| field.contains("name=\"csrf\""))?;
    let (_, value) = field.split_once("value=\"")?;
    Some(value.split_once('"')?.0.to_owned())
}

/// A value as a form sends it.
fn encoded(value: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    let letters = value
        .bytes()
        .map(|byte| if plain(&byte) { char::from(byte).into() } else { format!("%{byte:02X}") });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_of_a_form_is_found() {
        let page =
            r#"<form><input name="email"><input type="hidden" name="csrf" value="a-b_c"></form>"#;

        assert_eq!(csrf_in(page).as_deref(), Some("a-b_c"));
        assert_eq!(csrf_in("<form></form>"), None);
    }

    #[test]
    fn values_are_encoded_for_a_form() {
        assert_eq!(encoded("bo+x@acme.test"), "bo%2Bx%40acme.test");
    }
}
