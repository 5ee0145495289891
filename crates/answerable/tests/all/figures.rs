//! Figures for Prometheus, and the dashboard that shows them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::Program;

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");
const DASHBOARD: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/grafana-dashboard.json"));

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

fn figures(desk: &Program) -> String {
    desk.as_anybody().get("/metrics").expect(200).text()
}

/// The value behind a name and its labels, if it is there.
fn figure(text: &str, name: &str) -> Option<i64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.and_then(|value| value.parse().ok())
}

fn names(text: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c: char| !is_name(c)).filter(|word| word.starts_with("answerable_"));
    words.map(str::to_owned).collect()
}

/// Each is explained, and every one that the dashboard asks for is there.
#[test]
fn the_dashboard_asks_for_nothing_that_is_not_told() {
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        let text = figures(desk);
        let told: BTreeSet<String> = text
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
            .map(str::to_owned)
            .collect();
        let dashboard: Value = serde_json::from_str(DASHBOARD).expect("the dashboard is JSON");
        let panels = dashboard["panels"].as_array().cloned().unwrap_or_default();
        assert!(panels.len() >= 15, "{}", panels.len());
        let mut asked = BTreeSet::new();
        for panel in &panels {
            for target in panel["targets"].as_array().into_iter().flatten() {
                let found = names(target["expr"].as_str().unwrap_or_default());
                assert!(!found.is_empty(), "{panel}");
                asked.extend(found);
            }
        }

        let missing: Vec<_> = asked.difference(&told).collect();
        assert!(missing.is_empty(), "{missing:?}");
        let unseen: Vec<_> = told.difference(&asked).collect();
        assert!(unseen.is_empty(), "the dashboard shows everything, but for {unseen:?}");
        for name in &told {
            assert!(text.contains(&format!("# HELP {name} ")), "{name}");
        }
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').expect("a name and a value");
            assert!(value.parse::<i64>().is_ok(), "{line}");
            assert!(told.contains(name.split('{').next().unwrap_or_default()), "{line}");
        }
    });
}

/// SLA-09
#[test]
fn figures_follow_what_happens_and_name_nobody() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let sum = |text: &str, name: &str| -> i64 {
            let lines = text.lines().filter(|line| line.starts_with(name));
            lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<i64>().ok()).sum()
        };
        let before = figures(desk);
        let id = desk.ask("kim.secret@customer.test", "critical", "");
        desk.ask("kim.secret@customer.test", "", "");
        let asked = figures(desk);
        assert_eq!(
            sum(&asked, "answerable_tickets_unsolved{"),
            sum(&before, "answerable_tickets_unsolved{") + 2
        );
        assert_eq!(
            figure(&asked, "answerable_tickets"),
            figure(&before, "answerable_tickets").map(|n| n + 2)
        );
        assert_eq!(sum(&asked, "answerable_tickets_overdue{"), 0);

        desk.advance("100h");
        let late = figures(desk);
        assert!(sum(&late, "answerable_tickets_overdue{") >= 1, "{late}");
        assert!(sum(&late, "answerable_targets_missed{") >= 1, "{late}");
        assert_eq!(figure(&late, "answerable_wakeups_due"), Some(0));
        assert_eq!(figure(&late, "answerable_wakeups_lag_seconds"), Some(0));
        desk.update(
            "ada@acme.test",
            id,
            &json!({ "status": "solved", "comment": { "body": "Done." } }),
        )
        .expect(200);
        let solved = figures(desk);
        assert_eq!(
            sum(&solved, "answerable_tickets_unsolved{"),
            sum(&late, "answerable_tickets_unsolved{") - 1
        );
        for text in [&asked, &late, &solved] {
            assert!(!text.contains('@') && !text.to_lowercase().contains("kim"), "{text}");
        }
    });
}
