//! `cargo xtask demo`: from a clean checkout to a running demo.
//!
//! The development build is the default: it is there minutes sooner on a machine that has never built this, and the
//! parts that compute (`SQLite`, password hashing) are optimised in it anyway.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::commands::{binary, cargo, run as run_to_end};
use crate::packages::require_node;

/// Builds the program, then becomes it.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    require_node()?;
    let release = arguments.iter().any(|argument| argument == "--release");
    let arguments = arguments.iter().filter(|argument| *argument != "--release");

    println!("Building Answerable. The first time takes some minutes, later ones seconds.");
    let mut build = cargo(&["build", "--package", "answerable"]);
    if release {
        build.arg("--release");
    }
    run_to_end(&mut build)?;

    let binary = binary(if release { "release" } else { "debug" })?;
    println!(
        "\nStarting the demo: nothing leaves this machine, and its data is gone when you stop it with Ctrl-C."
    );
    println!(
        "Open the address it prints; /demo/outbox there holds everything that would have been sent.\n"
    );
    let error = Command::new(&binary).arg("demo").args(arguments).exec();
    Err(anyhow::Error::new(error).context(format!("{} could not be started", binary.display())))
}
