//! What is being written, and what is taken back before it leaves: drafts and undone replies, on both engines.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use desk::attachments::{self, Files, NewFile};
use desk::drafts::{self, Input, Kind};
use desk::texts::Body;
use desk::tickets::{Reply, Update};
use desk::{Error, preferences};
use domain::{Cause, ClockState, CommentId, Event, Status, TicketId, User};
use jiff::SignedDuration;
use testkit::{TrialDesk, each_desk};

const DANA: &str = "dana@fernlight.test";

fn seconds(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n)
}

/// A reply as the workspace sends it; gives the comment.
fn reply(desk: &TrialDesk, by: &User, id: TicketId, update: Update) -> CommentId {
    let said = Reply {
        body: Body::markdown("Fixed in **41.2**."),
        public: Some(true),
        author: None,
        details: None,
    };
    let update = Update { comment: Some(said), ..update };
    let done = desk.change(desk.acting(by).pressed(), move |tx, ctx| {
        desk::tickets::update(tx, ctx, id, &update)
    });
    let events = done.unwrap().events;
    events
        .iter()
        .find_map(|envelope| match &envelope.event {
            Event::Commented { comment, .. } => Some(*comment),
            _ => None,
        })
        .unwrap()
}

fn undo(desk: &TrialDesk, by: &User, id: TicketId, comment: CommentId) -> Result<(), Error> {
    desk.change(desk.acting(by), move |tx, ctx| desk::tickets::take_back(tx, ctx, id, comment))
        .map(|_| ())
}

fn draft(desk: &TrialDesk, by: &User, id: TicketId, kind: Kind) -> Vec<String> {
    let kept = desk.look(desk.acting(by), move |tx, ctx| drafts::of_ticket(tx, ctx, id)).unwrap();
    let side = if kind == Kind::Reply { kept.0 } else { kept.1 };
    side.drafts.into_iter().map(|draft| draft.text).collect()
}

fn save(desk: &TrialDesk, by: &User, id: TicketId, kind: Kind, device: &str, text: &str) {
    let input = Input {
        device: device.to_owned(),
        device_name: "phone".to_owned(),
        text: text.to_owned(),
        ..Input::default()
    };
    desk.change(desk.acting(by), move |tx, ctx| drafts::save(tx, ctx, id, kind, &input)).unwrap();
}

/// What the customer sees of a ticket.
fn seen_by_customer(desk: &TrialDesk, id: TicketId) -> Vec<String> {
    let dana =
        desk.look(desk.system(), |tx, _| desk::sessions::candidate(tx, DANA)).unwrap().unwrap();
    let own = desk.look(desk.acting(&dana), move |tx, ctx| desk::pages::own(tx, ctx, id, 30));
    own.unwrap().comments.into_iter().map(|comment| comment.body).collect()
}

/// Replaying the log gives the stored ticket.
fn replays(desk: &TrialDesk, id: TicketId) {
    let log = desk.look(desk.system(), move |tx, ctx| desk::tickets::events(tx, ctx, id)).unwrap();
    let again = domain::Ticket::replay(id, log.iter().map(|one| (one.at, &one.event))).unwrap();
    assert_eq!(again, desk.ticket(id));
}

/// A reply counts from the press and leaves after the undo seconds; nobody outside hears of it before.
#[test]
fn a_reply_counts_at_once_and_leaves_a_little_later() {
    each_desk(|desk| {
        let bo = desk.person("bo");
        let id = desk.ask(DANA, "Flags are off", None);
        desk.advance(SignedDuration::from_mins(5));

        reply(desk, &bo, id, Update { status: Some(Status::Pending), ..Update::default() });

        assert_eq!(desk.ticket(id).status, Status::Pending);
        assert!(desk.sent("reply").is_empty(), "it has not left");
        assert_eq!(seen_by_customer(desk, id), ["It is."]);
        desk.advance(seconds(9));
        assert!(desk.sent("reply").is_empty());
        desk.advance(seconds(1));
        assert_eq!(desk.sent("reply").len(), 1);
        assert_eq!(seen_by_customer(desk, id), ["It is.", "Fixed in **41.2**."]);
    });
}

/// Undone it never left: the clock goes on from its start, everything stands as before, the words are the writer's draft.
#[test]
fn an_undone_reply_never_was() {
    each_desk(|desk| {
        let bo = desk.person("bo");
        let id = desk.ask(DANA, "Flags are off", None);
        desk.advance(SignedDuration::from_mins(5));
        let before = desk.ticket(id);
        let solved = Update {
            status: Some(Status::Solved),
            cause: Some(Cause::Answered),
            ..Update::default()
        };
        let comment = reply(desk, &bo, id, solved);
        assert_eq!(desk.ticket(id).status, Status::Solved);
        desk.advance(seconds(9));

        undo(desk, &bo, id, comment).unwrap();

        let after = desk.ticket(id);
        let same =
            domain::Ticket { seq: after.seq, updated_at: after.updated_at, ..before.clone() };
        assert_eq!(after, same, "as if nothing had been written");
        assert!(after.seq > before.seq, "but the log says what happened");
        replays(desk, id);
        assert_eq!(draft(desk, &bo, id, Kind::Reply), ["Fixed in **41.2**."]);
        desk.advance(SignedDuration::from_hours(1));
        assert!(desk.sent("reply").is_empty());
        assert_eq!(seen_by_customer(desk, id), ["It is."]);
        let figures = desk
            .look(desk.system(), move |tx, ctx| {
                let stored = desk::tickets::show(tx, ctx, id)?;
                desk::tickets::metrics(tx, ctx, std::iter::once(&stored))
            })
            .unwrap();
        assert!(figures.values().all(|one| one.replies == 0 && one.reply.is_none()), "{figures:?}");

        reply(desk, &bo, id, Update::default());
        desk.advance(seconds(10));
        assert_eq!(desk.sent("reply").len(), 1, "the next one leaves");
        replays(desk, id);
        // Nor do reports know of it. (SLA-14)
        testkit::recount::agrees(desk);
    });
}

/// At the instant of leaving exactly one of the two succeeds.
#[test]
fn what_is_on_its_way_is_not_undone() {
    each_desk(|desk| {
        let bo = desk.person("bo");
        let id = desk.ask(DANA, "Flags are off", None);
        let comment = reply(desk, &bo, id, Update::default());
        // A worker whose clock runs ahead takes it; the writer's clock says there is a second left.
        let ahead = desk.system().at(desk.clock().now() + seconds(10));
        let taken =
            desk.change(ahead, |tx, ctx| desk::deliveries::claim(tx, ctx, "node", 10)).unwrap();
        assert!(taken.iter().any(|queued| queued.delivery.kind == "reply"));

        let late = undo(desk, &bo, id, comment);

        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        assert!(draft(desk, &bo, id, Kind::Reply).is_empty());
        replays(desk, id);
    });
}

#[test]
fn only_its_writer_undoes_a_reply_and_only_in_time() {
    each_desk(|desk| {
        let (bo, ada) = (desk.person("bo"), desk.person("ada"));
        let id = desk.ask(DANA, "Flags are off", None);
        let comment = reply(desk, &bo, id, Update::default());

        assert!(matches!(undo(desk, &ada, id, comment), Err(Error::NotFound)));
        desk.advance(seconds(10));
        assert!(matches!(undo(desk, &bo, id, comment), Err(Error::Conflict(_))));
        assert!(matches!(undo(desk, &bo, id, CommentId(9_999)), Err(Error::NotFound)));
    });
}

/// What happened since counts; the customer waits again, and the clock counts on from its own beginning.
#[test]
fn a_reply_is_undone_although_something_happened_since() {
    each_desk(|desk| {
        let (bo, ada) = (desk.person("bo"), desk.person("ada"));
        let id = desk.ask(DANA, "Flags are off", Some("session_replay"));
        let began = desk.ticket(id).current_clock().map(|clock| clock.started_at);
        desk.advance(SignedDuration::from_mins(5));
        let pending = Update { status: Some(Status::Pending), ..Update::default() };
        let comment = reply(desk, &bo, id, pending);
        desk.write(&ada, id, "Same as in March?", false);

        undo(desk, &bo, id, comment).unwrap();

        let ticket = desk.ticket(id);
        assert_eq!(ticket.status, Status::Open);
        assert!(ticket.replied_at.is_none());
        assert_eq!(ticket.current_clock().map(|clock| clock.started_at), began);
        assert!(ticket.clocks.iter().all(|clock| clock.state == ClockState::Running));
        replays(desk, id);
    });
}

/// A preference of each person; the API and rules send at once.
#[test]
fn who_wants_no_undo_sends_at_once() {
    each_desk(|desk| {
        let bo = desk.person("bo");
        let id = desk.ask(DANA, "Flags are off", None);
        let off = preferences::Input { undo_seconds: Some(0), ..preferences::Input::default() };
        desk.change(desk.acting(&bo), move |tx, ctx| preferences::save(tx, ctx, &off)).unwrap();

        reply(desk, &bo, id, Update::default());
        assert_eq!(desk.sent("reply").len(), 1);

        desk.write(&desk.person("ada"), id, "And once more.", true);
        assert_eq!(desk.sent("reply").len(), 2, "what does not ask for it does not wait");
        let wrong = preferences::Input { undo_seconds: Some(7), ..preferences::Input::default() };
        let said = desk.change(desk.acting(&bo), move |tx, ctx| preferences::save(tx, ctx, &wrong));
        assert!(matches!(said, Err(Error::Invalid(_))));
    });
}

/// The files of an undone reply wait for it again.
#[test]
fn files_come_back_with_the_words() {
    each_desk(|desk| {
        let bo = desk.person("bo");
        let id = desk.ask(DANA, "Flags are off", None);
        let file =
            NewFile { name: "trace.txt".to_owned(), content: b"trace".to_vec(), content_id: None };
        let kept = vec![attachments::keep(desk.blobs(), file, desk.clock().now()).unwrap()];
        let files = Files::of(kept);
        let comment = reply(desk, &bo, id, Update { files, ..Update::default() });

        undo(desk, &bo, id, comment).unwrap();

        let (kept, _) =
            desk.look(desk.acting(&bo), move |tx, ctx| drafts::of_ticket(tx, ctx, id)).unwrap();
        let names: Vec<&str> = kept.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["trace.txt"]);
        let upload = kept.drafts[0].upload.clone().unwrap();
        let files = Files { kept: Vec::new(), uploads: vec![upload] };
        let comment = reply(desk, &bo, id, Update { files, ..Update::default() });
        let rows = desk
            .look(desk.system(), move |tx, _| desk::tickets::comments_by_id(tx, &[comment]))
            .unwrap();
        assert_eq!(rows[0].attachments.len(), 1);
    });
}

/// Drafts are a person's own, one for each kind; the newest device is shown first, the older one offered.
#[test]
fn drafts_are_kept_for_each_person_kind_and_device() {
    each_desk(|desk| {
        let (bo, ada) = (desk.person("bo"), desk.person("ada"));
        let id = desk.ask(DANA, "Flags are off", None);

        save(desk, &bo, id, Kind::Reply, "phone", "Hi Dana");
        save(desk, &bo, id, Kind::Reply, "desk", "Hi Dana, found it");
        save(desk, &bo, id, Kind::Note, "desk", "Same as in March?");
        save(desk, &ada, id, Kind::Reply, "desk", "Hello");

        assert_eq!(draft(desk, &bo, id, Kind::Reply), ["Hi Dana, found it", "Hi Dana"]);
        assert_eq!(draft(desk, &bo, id, Kind::Note), ["Same as in March?"]);
        assert_eq!(draft(desk, &ada, id, Kind::Reply), ["Hello"]);
        save(desk, &bo, id, Kind::Reply, "phone", "Hi Dana, on my way");
        assert_eq!(draft(desk, &bo, id, Kind::Reply)[0], "Hi Dana, on my way");
        save(desk, &bo, id, Kind::Reply, "phone", "  ");
        assert_eq!(draft(desk, &bo, id, Kind::Reply), ["Hi Dana, found it"]);
        desk.change(desk.acting(&bo), move |tx, ctx| drafts::discard(tx, ctx, id, Kind::Reply))
            .unwrap();
        assert!(draft(desk, &bo, id, Kind::Reply).is_empty());
        assert_eq!(draft(desk, &bo, id, Kind::Note).len(), 1, "the note is another text");
    });
}

#[test]
fn a_draft_is_no_longer_than_a_comment_and_on_a_ticket_that_is_there() {
    each_desk(|desk| {
        let bo = desk.person("bo");
        let id = desk.ask(DANA, "Flags are off", None);
        let long = Input { text: "x".repeat(64 * 1024 + 1), ..Input::default() };
        let said = desk
            .change(desk.acting(&bo), move |tx, ctx| drafts::save(tx, ctx, id, Kind::Reply, &long));
        assert!(matches!(said, Err(Error::Invalid(_))));
        let nowhere = desk.change(desk.acting(&bo), |tx, ctx| {
            let input = Input { text: "x".to_owned(), ..Input::default() };
            drafts::save(tx, ctx, TicketId(9_999), Kind::Reply, &input)
        });
        assert!(matches!(nowhere, Err(Error::NotFound)));
    });
}
