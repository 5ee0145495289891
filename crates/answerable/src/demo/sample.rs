//! The sample company: placeholder until filled below.

use desk::Desk;

pub(super) async fn fill(_desk: &Desk) -> anyhow::Result<()> {
    Ok(())
}
