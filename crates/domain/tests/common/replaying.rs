//! Replaying the log of a desk in miniature.

use std::sync::Arc;

use domain::Envelope;
use domain::replay::{Setting, Shadow, replay};
use handbook::Handbook;
use jiff::Timestamp;

use super::HANDBOOK;

pub(crate) fn changed(changes: &[(&str, &str)]) -> Handbook {
    let mut text = HANDBOOK.to_owned();
    for (before, after) in changes {
        assert!(text.contains(before), "{before}");
        text = text.replace(before, after);
    }
    Handbook::parse(&text).expect("the handbook is right")
}

pub(crate) fn setting(until: Timestamp) -> Setting {
    Setting {
        teams: Arc::new(super::teams()),
        reader: super::reader(),
        email: String::new(),
        subject: String::new(),
        until,
    }
}

pub(crate) fn as_it_was(log: &[Envelope], handbooks: &[Handbook], until: Timestamp) -> Shadow {
    let live = |envelope: &Envelope| {
        handbooks
            .iter()
            .find(|one| one.version == envelope.policy)
            .expect("every version is at hand")
    };
    replay(log, live, &setting(until)).expect("the log has an opening")
}

#[track_caller]
pub(crate) fn assert_reproduced(log: &[Envelope], handbooks: &[Handbook], until: Timestamp) {
    let shadow = as_it_was(log, handbooks, until);
    if !shadow.reproduces(log) {
        let line = |at: &Timestamp, event: &domain::Event| format!("{at} {}", event.encode());
        let was: Vec<String> = log.iter().map(|one| line(&one.at, &one.event)).collect();
        let is: Vec<String> = shadow.events.iter().map(|(at, event)| line(at, event)).collect();
        let place = was.iter().zip(&is).position(|(was, is)| was != is);
        panic!("differs from {place:?}:\n{was:#?}\n{is:#?}\n{:?}", shadow.refused);
    }
    assert_eq!(shadow.refused, []);
}
