//! The folder of files: each content once, and what nobody wants goes, but never what somebody has just put there.

use desk::attachments::{self, NewFile};
use domain::{Actor, Channel, Role};
use jiff::SignedDuration;
use testkit::{TrialDesk, each_desk};

fn kept(desk: &TrialDesk, content: &[u8]) -> attachments::Kept {
    let file = NewFile { name: "a.txt".into(), content: content.to_vec(), content_id: None };
    attachments::keep(desk.blobs(), file, desk.clock().now()).expect("a file can be kept")
}

/// Somebody sends a file ahead; the token that binds it.
fn upload(desk: &TrialDesk, content: &[u8]) -> (attachments::Kept, String) {
    let file = kept(desk, content);
    let again = file.clone();
    let id = desk
        .change(desk.system(), |tx, ctx| {
            desk::sessions::ensure_agent(tx, ctx, "ada@acme.test", "Ada", Role::Agent)
        })
        .expect("an agent can be made known")
        .id;
    let ada = desk.ctx(Actor::Person { id, role: Role::Agent }, Channel::Web);
    let sent = desk
        .change(ada, move |tx, ctx| attachments::upload(tx, ctx, &again, None))
        .expect("a file can be sent ahead");
    (file, sent.token)
}

/// NF-11: blob first, row after; what was written and never named goes a day later
#[test]
fn a_content_that_no_row_names_is_swept_a_day_later() {
    each_desk(|desk| {
        let orphan = kept(desk, b"written, and then the power went");
        let (file, _) = upload(desk, b"sent ahead");
        assert_eq!(desk.sweep(), 0, "what is young stays");

        desk.advance(SignedDuration::from_hours(25));
        let young = kept(desk, b"just written");
        assert_eq!(desk.sweep(), 2, "the orphan, and what was sent ahead and never bound");

        assert!(desk.blobs().get(&orphan.hash).is_err());
        assert!(desk.blobs().get(&file.hash).is_err());
        assert_eq!(desk.blobs().get(&young.hash).unwrap(), b"just written");
    });
}

/// NF-11: the same content is kept once, and lives as long as anything has it
#[test]
fn a_content_is_kept_once_and_made_young_by_whoever_puts_it_again() {
    each_desk(|desk| {
        let first = kept(desk, b"the same");
        desk.advance(SignedDuration::from_hours(25));

        let second = kept(desk, b"the same");

        assert_eq!(first.hash, second.hash);
        assert_ne!(first.token, second.token);
        assert_eq!(desk.sweep(), 0, "it was put there again");
        desk.advance(SignedDuration::from_hours(25));
        assert_eq!(desk.sweep(), 1);
        assert!(!desk.blobs().take_away(&first.hash, desk.clock().now()).unwrap());
    });
}

/// NF-11
#[test]
fn a_content_that_was_changed_on_the_disk_is_not_served() {
    each_desk(|desk| {
        let file = kept(desk, b"as it was");
        let path = desk.files().join(&file.hash[..2]).join(&file.hash);

        std::fs::write(path, b"as it is").unwrap();

        assert!(desk.blobs().get(&file.hash).is_err());
    });
}
