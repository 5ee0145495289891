//! Writes the design system as pages to look at: `cargo run -p web --example gallery`, then serve `target/gallery`.

use std::path::Path;
use std::{fs, io};

#[path = "gallery/pages.rs"]
mod pages;

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/gallery");
    fs::create_dir_all(folder.join("assets"))?;
    for asset in &web::assets::ALL {
        fs::write(folder.join(asset.path.trim_start_matches('/')), asset.bytes)?;
    }
    for (name, page) in pages::all() {
        fs::write(folder.join(format!("{name}.html")), page.into_string())?;
    }
    Ok(())
}
