//! Clients that people already have work as they are.

use std::path::Path;
use std::process::Command;

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

/// The Python client, over plain HTTP. Its packages are installed below `target/` at the first run.
#[test]
fn an_hour_of_work_through_zenpy() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients/run.sh");
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        let ended = Command::new(&script)
            .arg(format!("http://{}", desk.address()))
            .args([desk.admin_email(), desk.api_token()])
            .output()
            .expect("the script can be started; it needs sh and python3");
        let said = String::from_utf8_lossy(&ended.stdout);
        let complaints = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{}\n{said}{complaints}", ended.status);
        assert!(said.contains("checks passed"), "{said}{complaints}");
    });
}
