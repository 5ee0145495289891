//! `/metrics`: figures for Prometheus, in its text format. Counts and ages, nothing about any person.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use desk::figures::{Family, Figure};
use desk::{Ctx, Desk, Error, Tx};
use domain::{Actor, Channel};

pub(crate) async fn show(State(desk): State<Desk>) -> Response {
    let counter = desk.clone();
    let ctx = desk.ctx(Actor::System, Channel::System);
    match desk.read(ctx, move |tx, ctx| families(tx, ctx, &counter)).await {
        Ok(families) => {
            let mut text = written("gauge", &families);
            let refused = Family::one(
                "survey_links_refused_total",
                "Links of surveys that somebody has changed, since this node started.",
                i64::try_from(desk.forged_links()).unwrap_or(i64::MAX),
            );
            text.push_str(&written("counter", &[refused]));
            ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "there are no figures");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn families(tx: &mut Tx<'_>, ctx: &Ctx, desk: &Desk) -> Result<Vec<Family>, Error> {
    let mut all = vec![Family::one("tickets", "Tickets there are.", desk.count_tickets(tx)?)];
    all.extend(desk::figures::all(tx, ctx)?);
    for (name, state, help) in [
        ("outbox_pending", "pending", "Deliveries that wait to leave."),
        ("outbox_failed", "failed", "Deliveries that failed for good."),
        ("outbox_held", "held", "Deliveries that wait for somebody to let a copy speak."),
    ] {
        all.push(Family::one(name, help, desk::deliveries::unsent(tx, state)?));
    }
    let muted = i64::from(desk::installation::muted(tx)?.is_some());
    all.push(Family::one("muted", "Whether nothing may leave and no mailbox is fetched.", muted));
    let alarms = desk::mailboxes::alarms(tx, ctx)?;
    let waiting = desk::mailboxes::count(tx, desk::mailboxes::WAITING)?;
    all.push(Family::one("mails_waiting", "Mails about which nothing is decided yet.", waiting));
    let undecided = "Mails about which nothing could be decided.";
    all.push(Family::one("mails_undecided", undecided, alarms.failed));
    all.push(Family::by(
        "mailbox_unarchived",
        "Messages that a mailbox has listed for a quarter of an hour and that are not archived.",
        "mailbox",
        alarms.unarchived,
    ));
    all.push(Family::by(
        "mailbox_unreachable",
        "Mailboxes that could not be read for a quarter of an hour.",
        "mailbox",
        alarms.unreachable.into_iter().map(|one| (one.name, 1)),
    ));
    Ok(all)
}

/// In the text format; a family is named and explained also where it has no number.
fn written(kind: &str, families: &[Family]) -> String {
    let mut text = String::new();
    for family in families {
        let name = format!("answerable_{}", family.name);
        // Writing into a string cannot fail.
        let _ = write!(text, "# HELP {name} {}\n# TYPE {name} {kind}\n", family.help);
        for Figure { labels, value } in &family.figures {
            let quoted: Vec<String> = labels
                .iter()
                .map(|(label, value)| {
                    let value = value.replace('\\', "\\\\").replace('"', "\\\"");
                    format!("{label}=\"{}\"", value.replace('\n', "\\n"))
                })
                .collect();
            let _ = match quoted.as_slice() {
                [] => writeln!(text, "{name} {value}"),
                all => writeln!(text, "{name}{{{}}} {value}", all.join(",")),
            };
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_end_its_line() {
        let odd = [("a\"b\\c\nd".to_owned(), 7)];
        let family = Family::by("outbox_depth", "What waits.", "channel", odd);

        let text = written("gauge", &[family]);

        let last = text.lines().last();
        assert_eq!(last, Some(r#"answerable_outbox_depth{channel="a\"b\\c\nd"} 7"#));
        assert_eq!(text.lines().count(), 3);
    }
}
