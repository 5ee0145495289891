//! Bundles what the browser needs: style sheet, own script, htmx, the icon sprite, and the in-app help.
//!
//! Texts are files of lines, `Name = words`: English in `words/en`, a file for each subject, and its translations, a file
//! for each language. From them come the names of all texts, a function for each language, and the words of the in-app
//! help, which are the same ones.
//!
//! Each bundle is compressed once, here, and named after the hash of its content, so that it may be cached for a
//! year. htmx and what shortens scripts are nobody's code of ours: they come from npm by lock file and are fetched when
//! they are missing.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use sha2::{Digest, Sha256};

const HTMX: &str = "node_modules/htmx.org/dist/htmx.min.js";
/// Shortens scripts.
const TERSER: &str = "node_modules/terser/bin/terser";
/// The languages beside English: file and function.
const LANGUAGES: [(&str, &str); 4] =
    [("de", "german"), ("fr", "french"), ("es", "spanish"), ("ja", "japanese")];
fn main() -> Result<(), Box<dyn Error>> {
    let inputs = ["build.rs", "assets", "words", "package.json", "package-lock.json", HTMX, TERSER];
    for input in inputs {
        println!("cargo::rerun-if-changed={input}");
    }
    fetch_packages()?;

    let css = bundle("assets/css", "css", |_, text| without_comments(text))?;
    // Each file is a block of its own.
    let block = |_: &str, text: &str| format!("{{\n{text}}}\n");
    let both = bundle("assets/both", "js", block)?;
    let js = shortened(&(bundle("assets/js", "js", block)? + &both))?;
    let customers = shortened(&(bundle("assets/customers", "js", block)? + &both))?;
    let htmx = fs::read_to_string(HTMX)?;
    let favicon = without_indentation(&fs::read_to_string("assets/favicon.svg")?);
    let icons = without_indentation(&fs::read_to_string("assets/icons.svg")?);

    let assets = [
        ("APP_CSS", "app", "css", "text/css; charset=utf-8", css),
        ("APP_JS", "app", "js", "text/javascript; charset=utf-8", js),
        ("CUSTOMERS_JS", "customers", "js", "text/javascript; charset=utf-8", customers),
        ("HTMX_JS", "htmx", "js", "text/javascript; charset=utf-8", htmx),
        ("FAVICON_SVG", "favicon", "svg", "image/svg+xml", favicon),
        ("ICONS_SVG", "icons", "svg", "image/svg+xml", icons),
        ("WIDGET_JS", "widget", "js", "text/javascript; charset=utf-8", widget()?),
    ];
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("texts.rs"), texts()?)?;
    let mut code = String::new();
    for (constant, name, extension, content_type, content) in assets {
        let file = out.join(format!("{name}.{extension}"));
        let packed = out.join(format!("{name}.{extension}.gz"));
        let (file, packed) = (file.display().to_string(), packed.display().to_string());
        fs::write(&file, &content)?;
        fs::write(&packed, compressed(content.as_bytes())?)?;
        let hash = short_hash(content.as_bytes());
        writeln!(
            code,
            "const {constant}: Asset = Asset {{ path: \"/assets/{name}.{hash}.{extension}\", \
             content_type: {content_type:?}, bytes: include_bytes!({file:?}), gzip: include_bytes!({packed:?}) }};"
        )?;
    }
    fs::write(out.join("assets.rs"), code)?;
    Ok(())
}

/// A text: its name and its words.
type Text = (String, String);

/// The texts of a language: English in several files, the others in one.
fn words(tag: &str) -> Result<Vec<Text>, Box<dyn Error>> {
    let text = if tag == "en" {
        bundle("words/en", "txt", |_, text| text.to_owned())?
    } else {
        let file = format!("words/{tag}.txt");
        fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?
    };
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|line| {
            let (name, words) = line.split_once(" = ").ok_or_else(|| format!("no text: {line}"))?;
            Ok((name.to_owned(), words.to_owned()))
        })
        .collect()
}

/// The names of all texts with their English, to be made by `texts!`, and a function for each other language, by
/// `translated!`: the words of a text, where it has any.
fn texts() -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    let functions = std::iter::once(("en", "texts! {".to_owned()))
        .chain(LANGUAGES.map(|(tag, function)| (tag, format!("translated! {{ {function}:"))));
    for (tag, opening) in functions {
        writeln!(code, "{opening}")?;
        for (name, words) in words(tag)? {
            writeln!(code, "    {name} = {words:?},")?;
        }
        writeln!(code, "}}")?;
    }
    Ok(code)
}

/// The in-app help: its modules in one function, the style sheet and the words they ask for inside.
fn widget() -> Result<String, Box<dyn Error>> {
    let code = bundle("assets/widget", "js", |_, text| text.to_owned())?;
    let css = bundle("assets/widget", "css", |_, text| without_comments(text))?.replace('\n', "");
    let mut asked: Vec<&str> = code
        .split("say(\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"').map(|(name, _)| name))
        .collect();
    asked.sort_unstable();
    asked.dedup();
    let english = words("en")?;
    let mut table = String::from("{");
    for tag in std::iter::once("en").chain(LANGUAGES.map(|(tag, _)| tag)) {
        let own = if tag == "en" { Vec::new() } else { words(tag)? };
        write!(table, "{tag}:{{")?;
        for name in &asked {
            let found = own.iter().chain(&english).find(|(known, _)| known == name);
            let (_, words) =
                found.ok_or_else(|| format!("the widget says {name}, which is no text"))?;
            write!(table, "{name}:{words:?},")?;
        }
        table.push_str("},");
    }
    table.push('}');
    shortened(&format!(
        "(() => {{\n\"use strict\";\nconst WORDS = {table};\nconst CSS = {css:?};\n{code}}})();\n"
    ))
}

/// Installs the pinned packages when they are not there yet.
fn fetch_packages() -> Result<(), Box<dyn Error>> {
    let are_there = || [HTMX, TERSER].iter().all(|file| Path::new(file).exists());
    if are_there() {
        return Ok(());
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let status = Command::new(npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .status()
        .map_err(|error| {
            format!(
                "htmx and terser come from npm, and `npm` could not be started ({error}): install Node.js"
            )
        })?;
    if !status.success() || !are_there() {
        let missing = "htmx or terser is missing: run `npm ci` in crates/web and read what it says";
        return Err(missing.into());
    }
    Ok(())
}

/// Joins the files of a folder in the order of their names.
fn bundle(
    folder: &str,
    extension: &str,
    prepare: impl Fn(&str, &str) -> String,
) -> Result<String, Box<dyn Error>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|found| found == extension));
    files.sort();
    let mut joined = String::new();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        joined.push_str(&prepare(&name, &fs::read_to_string(&file)?));
    }
    Ok(joined)
}

/// Drops comments and indentation of a style sheet.
fn without_comments(css: &str) -> String {
    let mut kept = String::new();
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, rest)| rest);
    }
    kept.push_str(rest);
    without_indentation(&kept)
}

/// A script without comments and with short names. It must be right: what cannot be read is an error with its place.
fn shortened(js: &str) -> Result<String, Box<dyn Error>> {
    let mut terser = Command::new("node")
        .args([TERSER, "--compress", "passes=2", "--mangle", "--ecma", "2022"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    // What is read whole before anything is written cannot block on either side.
    terser.stdin.take().ok_or("no way to the program")?.write_all(js.as_bytes())?;
    let output = terser.wait_with_output()?;
    if !output.status.success() {
        return Err("a script could not be read; what is wrong stands above".into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn without_indentation(text: &str) -> String {
    let mut kept = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}

fn compressed(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    zopfli::compress(zopfli::Options::default(), zopfli::Format::Gzip, bytes, &mut packed)?;
    Ok(packed)
}

fn short_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(6).fold(String::new(), |mut hash, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}
