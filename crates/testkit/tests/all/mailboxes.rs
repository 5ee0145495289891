//! Mail that comes in is archived first, accounted for message by message, and decided once; and data that was copied
//! says nothing. On both engines.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use desk::installation::{self, Here};
use desk::mailbox::{self, Arrival, Incoming, Source};
use desk::mailboxes::{self, Listing, Mailbox};
use desk::{Error, Tx};
use jiff::{SignedDuration, Timestamp};
use testkit::{TrialDesk, each_desk};

fn raw(id: &str, subject: &str) -> Vec<u8> {
    format!(
        "From: dana@fernlight.test\r\nTo: support@acme.test\r\nSubject: {subject}\r\n\
         Message-ID: <{id}@fernlight.test>\r\n\r\nHello\r\n"
    )
    .into_bytes()
}

fn arrival(validity: u32, uid: u32, at: Timestamp) -> Arrival {
    Arrival {
        mailbox: "support".to_owned(),
        source: Source::Imap { validity, uid },
        received_at: at,
        session: None,
    }
}

/// Takes the mailbox for a node.
fn hold(desk: &TrialDesk, node: &'static str) -> Option<Mailbox> {
    desk.change(desk.system(), move |tx, ctx| mailboxes::hold(tx, ctx, "support", node)).unwrap()
}

/// The mailbox lists these; how many had been missed.
fn list(desk: &TrialDesk, validity: u32, uids: &[u32], whole: bool) -> u64 {
    let mailbox = hold(desk, "here").unwrap();
    let listing = Listing { validity, uids: uids.to_vec(), old: Vec::new(), whole };
    desk.change(desk.system(), move |tx, ctx| mailboxes::listed(tx, ctx, &mailbox, &listing))
        .unwrap()
}

fn open(desk: &TrialDesk, validity: u32) -> Vec<u32> {
    let read =
        move |tx: &mut Tx<'_>, ctx: &desk::Ctx| mailboxes::open(tx, ctx, "support", validity, 100);
    desk.look(desk.system(), read).unwrap()
}

fn archive(desk: &TrialDesk, validity: u32, uid: u32, raw: &[u8]) -> i64 {
    let (raw, arrival) = (raw.to_vec(), arrival(validity, uid, desk.clock().now()));
    desk.change(desk.system(), move |tx, ctx| mailboxes::archive(tx, ctx, &arrival, &raw)).unwrap()
}

/// Decides about everything that waits; the subjects, in order.
fn decide(desk: &TrialDesk) -> Vec<(String, &'static str)> {
    let due = desk.look(desk.system(), mailboxes::undecided).unwrap();
    due.into_iter()
        .map(|(mail, raw)| {
            let message = mailbox::parse(&raw);
            let subject = message.subject.clone();
            let arrival = Arrival::handed_in(&mail.mailbox, mail.received_at);
            let incoming = Incoming::of_words(raw, message, mail::Trust::default());
            let received = desk
                .change(desk.system(), move |tx, ctx| {
                    mailbox::receive(tx, ctx, &arrival, &incoming)
                })
                .unwrap();
            (subject, received.outcome)
        })
        .collect()
}

/// NF-01: every UID is accounted for, also one that had been missed, one that is gone and one that cannot be fetched
#[test]
fn every_message_that_was_ever_listed_is_accounted_for() {
    each_desk(|desk| {
        assert_eq!(list(desk, 9, &[1, 2, 3, 5], true), 0);
        archive(desk, 9, 1, &raw("1", "First"));
        archive(desk, 9, 2, &raw("2", "Second"));

        // Number 4 was there all the time; number 3 was deleted by somebody before we could fetch it.
        assert_eq!(list(desk, 9, &[1, 2, 4, 5, 6], true), 1);
        assert_eq!(open(desk, 9), [4, 5, 6]);
        desk.change(desk.system(), |tx, ctx| {
            mailboxes::unfetched(tx, ctx, "support", (9, 5), "it breaks off")
        })
        .unwrap();
        assert_eq!(open(desk, 9), [4, 6], "those after it do not wait for it");
        archive(desk, 9, 4, &raw("4", "Fourth"));
        archive(desk, 9, 6, &raw("6", "Sixth"));

        let quiet = desk.look(desk.system(), mailboxes::alarms).unwrap();
        assert!(quiet.is_quiet(), "it has a quarter of an hour: {quiet:?}");
        desk.advance(SignedDuration::from_mins(16));
        let account = desk.look(desk.system(), |tx, ctx| mailboxes::account(tx, ctx, 7)).unwrap();
        assert_eq!(account.alarms.unarchived, [("support".to_owned(), 1)]);
        let tally = &account.tallies[0];
        assert_eq!((tally.listed, tally.archived, tally.gone, tally.open), (6, 4, 1, 1));
        assert_eq!(tally.day, "2026-06-08");
        assert_eq!(open(desk, 9), [5], "and it is tried again");
        archive(desk, 9, 5, &raw("5", "Fifth"));
        assert!(desk.look(desk.system(), mailboxes::alarms).unwrap().is_quiet());
    });
}

/// CH-03: what is long lives in the folder of files once it is decided, and its row says where
#[test]
fn a_long_mail_is_archived_first_and_a_file_afterwards() {
    each_desk(|desk| {
        list(desk, 9, &[1], true);
        let long = [raw("1", "Long"), b"words ".repeat(50_000)].concat();
        let id = archive(desk, 9, 1, &long);
        let (mail, raw) = desk.look(desk.system(), mailboxes::undecided).unwrap().remove(0);
        assert_eq!((mail.id, &raw), (id, &long));

        let now = desk.clock().now();
        let message = mailbox::parse(&raw);
        let incoming =
            Incoming::keep(desk.blobs(), raw, message, mail::Trust::default(), now).unwrap();
        let arrival = Arrival::handed_in(&mail.mailbox, mail.received_at);
        let received = desk
            .change(desk.system(), move |tx, ctx| mailbox::receive(tx, ctx, &arrival, &incoming))
            .unwrap();
        assert_eq!(received.outcome, "created");

        let look = move |tx: &mut Tx<'_>, _: &desk::Ctx| {
            Ok((store::mails::load(tx, id)?.unwrap(), store::mails::raw(tx, id)?.unwrap()))
        };
        let (filed, kept) = desk.look(desk.system(), look).unwrap();
        assert_eq!((filed.mailbox.as_str(), filed.subject.as_str()), ("support", "Long"));
        assert_eq!((filed.ticket, kept.len()), (received.ticket, 0));
        let hash = filed.hash.unwrap();
        desk.advance(SignedDuration::from_hours(48));
        assert_eq!(desk.sweep(), 0, "a row names it");
        assert_eq!(desk.blobs().get(&hash).unwrap(), long);
        assert_eq!(archive(desk, 10, 1, &long), id, "and it is known when it comes again");
    });
}

/// CH-03: the same bytes under other UIDs, and the same message in other bytes
#[test]
fn what_comes_again_is_known_by_its_bytes_and_by_its_message() {
    each_desk(|desk| {
        list(desk, 9, &[1, 2], true);
        let first = archive(desk, 9, 1, &raw("1", "First"));
        assert_eq!(decide(desk), [("First".to_owned(), "created")]);

        assert_eq!(list(desk, 10, &[1, 2, 3], true), 0, "other numbers, nothing missed");
        assert_eq!(archive(desk, 10, 1, &raw("1", "First")), first, "the same mail");
        assert_eq!(decide(desk), []);
        let other_way = [b"Received: from elsewhere\r\n".to_vec(), raw("1", "First")].concat();
        assert_ne!(archive(desk, 10, 2, &other_way), first);
        assert_eq!(decide(desk), [("First".to_owned(), "duplicate")]);
        archive(desk, 10, 3, &raw("3", "Third"));
        assert_eq!(decide(desk), [("Third".to_owned(), "created")]);
        let account = desk.look(desk.system(), |tx, ctx| mailboxes::account(tx, ctx, 7)).unwrap();
        let tally = &account.tallies[0];
        assert_eq!((tally.archived, tally.gone, tally.open), (4, 1, 0), "{tally:?}");
    });
}

/// NF-01, NF-02: a crash between archiving and deciding, and a mail about which nothing can be decided
#[test]
fn a_mail_that_breaks_something_waits_alone() {
    each_desk(|desk| {
        archive(desk, 9, 1, &raw("1", "Poison"));
        archive(desk, 9, 2, &raw("2", "Second"));
        let due = desk.look(desk.system(), mailboxes::undecided).unwrap();
        let poison = due[0].0.clone();
        desk.change(desk.system(), move |tx, ctx| {
            mailboxes::put_off(tx, ctx, &poison, "it broke something")
        })
        .unwrap();

        assert_eq!(decide(desk), [("Second".to_owned(), "created")]);
        let account = desk.look(desk.system(), |tx, ctx| mailboxes::account(tx, ctx, 7)).unwrap();
        assert_eq!(account.failed[0].cause.as_deref(), Some("it broke something"));
        assert_eq!(account.alarms.failed, 1);
        assert_eq!(decide(desk), []);

        desk.advance(SignedDuration::from_mins(2));
        assert_eq!(decide(desk), [("Poison".to_owned(), "created")], "mended, it is decided");
        assert!(desk.look(desk.system(), mailboxes::alarms).unwrap().is_quiet());
    });
}

/// Of several nodes one fetches a mailbox, and another goes on when it is gone.
#[test]
fn one_node_at_a_time_has_a_mailbox() {
    each_desk(|desk| {
        assert!(hold(desk, "one").is_some());
        assert!(hold(desk, "two").is_none());
        assert!(hold(desk, "one").is_some(), "it may go on");

        desk.advance(mailboxes::HOLD);
        assert!(hold(desk, "two").is_some(), "nothing was heard of it");
        assert!(hold(desk, "one").is_none());
        desk.change(desk.system(), |tx, _| mailboxes::let_go(tx, "support", "two")).unwrap();
        assert!(hold(desk, "one").is_some(), "it was let go");
    });
}

fn here(instance: &str, seen_at: Option<Timestamp>) -> Here {
    Here {
        instance: instance.to_owned(),
        place: "/var/lib/desk.db".to_owned(),
        public_url: "https://desk.test".to_owned(),
        seen_at,
        epoch: 1,
    }
}

fn begin(desk: &TrialDesk, here: Here) -> installation::Began {
    let now = desk.clock().now();
    desk.change(desk.system(), move |tx, _| installation::begin(tx, &here, now)).unwrap()
}

/// NF-02: who may speak for the data, from the first start on
#[test]
fn only_the_installation_that_used_the_data_last_speaks_for_it() {
    each_desk(|desk| {
        let now = desk.clock().now();
        let ours = begin(desk, here("ours", None));
        assert_eq!((ours.epoch, ours.past), (1, vec![]));
        assert_eq!(ours.installation.muted_because, None);
        let again = begin(desk, here("ours", Some(now)));
        assert_eq!((again.epoch, again.installation.muted_because), (1, None));

        let moved = Here { place: "/srv/desk.db".to_owned(), ..here("ours", Some(now)) };
        let moved = begin(desk, moved);
        assert!(moved.installation.muted_because.unwrap().contains("another place"));
        assert_eq!((moved.epoch, moved.past), (2, vec![(1, 0)]));
        let muted = desk.look(desk.system(), |tx, _| installation::muted(tx)).unwrap();
        assert_eq!(muted.unwrap().0, now);
        desk.change(desk.system(), |tx, ctx| installation::unmute(tx, ctx, false)).unwrap();
        let twice = desk.change(desk.system(), |tx, ctx| installation::unmute(tx, ctx, false));
        assert!(matches!(twice, Err(Error::Conflict(_))));

        let renamed = Here { public_url: "https://staging.test".to_owned(), ..here("ours", None) };
        let renamed = Here { place: "/srv/desk.db".to_owned(), ..renamed };
        assert!(begin(desk, renamed).installation.muted_because.unwrap().contains("desk.test"));
        let stranger = begin(desk, here("theirs", None));
        assert!(stranger.installation.muted_because.unwrap().contains("key file"));
        assert_eq!(stranger.epoch, 4, "each of them made tokens of its own");
        assert_eq!(stranger.past, [(1, 0), (2, 0), (3, 0)]);
    });
}

/// CH-03: tokens of tickets that were opened after the backup was made lead nowhere
#[test]
fn a_restored_backup_takes_the_tokens_of_the_tickets_it_has() {
    each_desk(|desk| {
        let now = desk.clock().now();
        begin(desk, here("ours", None));
        archive(desk, 9, 1, &raw("1", "First"));
        decide(desk);

        let later = now + SignedDuration::from_hours(24);
        let restored = begin(desk, Here { epoch: 3, ..here("ours", Some(later)) });

        assert!(restored.installation.muted_because.unwrap().contains("a backup was restored"));
        assert_eq!(restored.epoch, 4, "later than every epoch that is remembered");
        assert_eq!(restored.past, [(1, 1)], "the first ticket is there, the second is another one");
        let held = desk.look(desk.system(), |tx, _| desk::deliveries::unsent(tx, "held")).unwrap();
        assert!(held > 0, "the acknowledgement may have left");
    });
}
