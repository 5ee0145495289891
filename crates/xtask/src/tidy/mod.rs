//! `cargo xtask tidy`: the house rules no compiler knows.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;

use crate::commands::{root, wrong_usage};

mod edges;
mod rules;
mod source;

/// Something a reviewer would have sent back.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    /// Relative to the root of the repository.
    file: PathBuf,
    /// Counted from one; nothing when the whole file is meant.
    line: Option<usize>,
    weight: Weight,
    message: String,
}

/// Whether a finding fails the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    Error,
    Warning,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        let warning = if self.weight == Weight::Warning { "warning: " } else { "" };
        write!(f, ": {warning}{}", self.message)
    }
}

/// The command by itself.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    if !arguments.is_empty() {
        return Err(wrong_usage("tidy takes no arguments"));
    }
    let errors = check()?;
    println!("{}", if errors == 0 { "Tidy.".to_owned() } else { format!("{errors} to mend.") });
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints what is untidy and counts what has to be mended.
pub(crate) fn check() -> Result<u64> {
    let mut findings = edges::check()?;
    for file in rust_files(&root().join("crates"))? {
        let text = std::fs::read_to_string(&file)?;
        findings.extend(rules::check(file.strip_prefix(root()).unwrap_or(&file), &text));
    }
    let mut errors = 0;
    for finding in findings {
        println!("{finding}");
        errors += u64::from(finding.weight == Weight::Error);
    }
    Ok(errors)
}

/// Every Rust file below a folder, in the order of their names.
fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() && name != "target" && name != "node_modules" {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
