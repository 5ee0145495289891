//! Which crate may know which: every arrow points down, and the pure crates touch nothing outside.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::{Finding, Weight};
use crate::commands::{cargo, metadata, read};

/// The map of ARCHITECTURE.md. A new arrow is a decision, taken there and here.
const ALLOWED: &[(&str, &[&str])] = &[
    ("handbook", &[]),
    ("domain", &["handbook"]),
    ("mail", &["domain"]),
    ("store", &["domain", "handbook"]),
    ("desk", &["domain", "handbook", "mail", "store"]),
    ("channels", &["domain", "mail"]),
    ("jobs", &["channels", "desk", "domain"]),
    ("api", &["desk", "domain", "handbook"]),
    ("web", &["desk", "domain", "handbook"]),
    (
        "answerable",
        &["api", "channels", "desk", "domain", "handbook", "jobs", "mail", "store", "web"],
    ),
    ("testkit", &["api", "channels", "desk", "domain", "handbook", "jobs", "mail", "store", "web"]),
    ("xtask", &[]),
];

/// Crates that compute and do nothing else.
const PURE: [&str; 3] = ["handbook", "domain", "mail"];

/// What a pure crate may not even reach through others.
const IMPURE: [&str; 9] = [
    "async-trait",
    "axum",
    "chrono",
    "getrandom",
    "hyper",
    "postgres",
    "rusqlite",
    "tokio",
    "tracing",
];

/// Compares what Cargo sees with the map.
pub(super) fn check() -> Result<Vec<Finding>> {
    let metadata = metadata()?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let edges: Vec<(&str, &str, bool)> = packages.iter().flat_map(edges_of).collect();
    let names: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();

    let mut findings: Vec<Finding> = names.iter().filter_map(|name| unmapped(name)).collect();
    let ours = edges.iter().filter(|(_, to, _)| names.contains(to));
    findings.extend(ours.filter_map(|&(from, to, for_tests)| forbidden(from, to, for_tests)));
    for name in PURE {
        let tree = read(&mut cargo(&[
            "tree",
            "--package",
            name,
            "--edges",
            "normal",
            "--prefix",
            "none",
        ]))?;
        findings.extend(IMPURE.iter().filter(|crate_| reaches(&tree, crate_)).map(|crate_| {
            finding(name, format!("`{name}` is pure and must not reach `{crate_}`: cargo tree -p {name} -i {crate_}"))
        }));
    }
    Ok(findings)
}

/// The dependencies of a package: from, to, and whether only for tests.
fn edges_of(package: &serde_json::Value) -> Vec<(&str, &str, bool)> {
    let from = package["name"].as_str().unwrap_or_default();
    let dependencies = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
    dependencies
        .iter()
        .filter_map(|dependency| {
            Some((from, dependency["name"].as_str()?, dependency["kind"] == "dev"))
        })
        .collect()
}

fn unmapped(name: &str) -> Option<Finding> {
    let known = ALLOWED.iter().any(|(known, _)| *known == name);
    (!known).then(|| finding(name, format!("`{name}` is not on the map of crates")))
}

fn forbidden(from: &str, to: &str, for_tests: bool) -> Option<Finding> {
    let allowed = ALLOWED
        .iter()
        .find(|(name, _)| *name == from)
        .is_some_and(|(_, allowed)| allowed.contains(&to));
    if allowed || (for_tests && to == "testkit") {
        return None;
    }
    let message = if to == "testkit" {
        format!("`{from}` may use `testkit` in its tests only")
    } else {
        format!("`{from}` must not know `{to}`")
    };
    Some(finding(from, message))
}

fn reaches(tree: &str, name: &str) -> bool {
    tree.lines().any(|line| line.split(' ').next() == Some(name))
}

fn finding(name: &str, message: String) -> Finding {
    Finding {
        file: Path::new("crates").join(name).join("Cargo.toml"),
        line: None,
        weight: Weight::Error,
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_arrow_points_down() {
        let place = |name: &str| ALLOWED.iter().position(|(known, _)| *known == name).unwrap();

        for (from, allowed) in ALLOWED {
            assert!(
                allowed.iter().all(|to| place(to) < place(from)),
                "{from} would close a circle"
            );
        }
    }

    #[test]
    fn an_arrow_up_is_found() {
        assert_eq!(forbidden("web", "desk", false), None);
        assert_eq!(
            forbidden("web", "store", false).unwrap().message,
            "`web` must not know `store`"
        );
    }

    #[test]
    fn testkit_is_for_tests() {
        assert_eq!(forbidden("desk", "testkit", true), None);
        assert_eq!(
            forbidden("desk", "testkit", false).unwrap().message,
            "`desk` may use `testkit` in its tests only"
        );
    }

    #[test]
    fn a_crate_is_reached_by_its_whole_name() {
        let tree = "mail v0.1.0\nlettre v0.11.22\ntokio-rustls v0.26.0 (*)\n";

        assert!(reaches(tree, "lettre"));
        assert!(!reaches(tree, "tokio"));
    }
}
