//! What is between a person and a ticket, on both engines: presence, snoozes, following, reading, and what stands beside.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use desk::beside::{self, Here};
use desk::pages::Part;
use desk::presence::{self, Doing};
use desk::texts::Body;
use desk::tickets::{Reply, Update};
use desk::{Error, follows, snoozes};
use domain::notices::What;
use domain::{Actor, Channel, Event, Role, TicketId, User};
use jiff::SignedDuration;
use testkit::{TrialDesk, each_desk};

const DANA: &str = "dana@fernlight.test";

fn say(desk: &TrialDesk, who: &User, id: TicketId, doing: Doing) {
    desk.change(desk.acting(who), move |tx, ctx| presence::say(tx, ctx, id, doing)).unwrap();
}

fn here(desk: &TrialDesk, who: &User, id: TicketId) -> Here {
    desk.look(desk.acting(who), move |tx, ctx| beside::here(tx, ctx, id)).unwrap()
}

fn told(desk: &TrialDesk, who: &User) -> Vec<What> {
    let page = desk.look(desk.acting(who), |tx, ctx| desk::notices::page(tx, ctx, None, 50));
    page.unwrap().notices.into_iter().map(|notice| notice.what).collect()
}

/// Dana writes once more.
fn dana_writes(desk: &TrialDesk, id: TicketId) {
    let dana =
        desk.look(desk.system(), |tx, _| desk::sessions::candidate(tx, DANA)).unwrap().unwrap();
    let ctx = desk.ctx(Actor::Person { id: dana.id, role: Role::EndUser }, Channel::Web);
    let body = Body::plain("Any news?");
    let said = Reply { body, public: Some(true), author: None, details: None };
    let update = Update { comment: Some(said), ..Update::default() };
    desk.change(ctx, move |tx, ctx| desk::tickets::update(tx, ctx, id, &update)).unwrap();
}

#[test]
fn others_see_who_looks_and_who_writes_and_for_a_while_only() {
    each_desk(|desk| {
        let (bo, ada) = (desk.person("bo"), desk.person("ada"));
        let id = desk.ask(DANA, "Flags are off", None);
        let seq = desk.ticket(id).seq;

        say(desk, &bo, id, Doing::Viewing);
        assert_eq!(here(desk, &ada, id).others, [(bo.name.clone(), false)]);
        assert!(here(desk, &bo, id).others.is_empty(), "nobody is told of themselves");
        say(desk, &bo, id, Doing::Writing);
        assert_eq!(here(desk, &ada, id).others, [(bo.name.clone(), true)]);
        desk.advance(SignedDuration::from_secs(40));
        say(desk, &bo, id, Doing::Viewing);
        desk.advance(SignedDuration::from_secs(40));
        assert_eq!(here(desk, &ada, id).others, [(bo.name.clone(), false)], "said again in time");
        desk.advance(SignedDuration::from_secs(50));
        assert!(here(desk, &ada, id).others.is_empty(), "a lid that was closed");
        say(desk, &bo, id, Doing::Viewing);
        say(desk, &bo, id, Doing::Leaving);
        assert!(here(desk, &ada, id).others.is_empty());
        assert_eq!(desk.ticket(id).seq, seq, "none of it is in the log");
    });
}

#[test]
fn a_snooze_ends_at_its_instant_with_a_notice() {
    each_desk(|desk| {
        let (bo, ada) = (desk.person("bo"), desk.person("ada"));
        let id = desk.ask(DANA, "Flags are off", None);
        let until = desk.clock().now() + SignedDuration::from_hours(3);

        desk.change(desk.acting(&bo), move |tx, ctx| snoozes::begin(tx, ctx, id, until)).unwrap();
        assert_eq!(here(desk, &bo, id).snoozed, Some(until));
        assert_eq!(here(desk, &ada, id).snoozed, None, "it is Bo's alone");
        desk.advance(SignedDuration::from_mins(179));
        assert!(told(desk, &bo).is_empty());
        desk.advance(SignedDuration::from_mins(1));
        assert_eq!(told(desk, &bo), [What::SnoozeOver]);
        assert_eq!(here(desk, &bo, id).snoozed, None);

        let past = desk.clock().now();
        let wrong = desk.change(desk.acting(&bo), move |tx, ctx| snoozes::begin(tx, ctx, id, past));
        assert!(matches!(wrong, Err(Error::Invalid(_))));
    });
}

#[test]
fn a_snooze_ends_when_the_customer_writes_or_one_says_so() {
    each_desk(|desk| {
        let bo = desk.person("bo");
        let id = desk.ask(DANA, "Flags are off", None);
        let until = desk.clock().now() + SignedDuration::from_hours(30);
        let begin = || {
            desk.change(desk.acting(&bo), move |tx, ctx| snoozes::begin(tx, ctx, id, until))
                .unwrap();
        };
        begin();
        desk.change(desk.acting(&bo), move |tx, ctx| snoozes::end(tx, ctx, id)).unwrap();
        assert!(told(desk, &bo).is_empty(), "nobody is told what they did themselves");

        begin();
        dana_writes(desk, id);

        assert_eq!(here(desk, &bo, id).snoozed, None);
        assert_eq!(told(desk, &bo), [What::SnoozeOver]);
        desk.advance(SignedDuration::from_hours(48));
        assert_eq!(told(desk, &bo).len(), 1, "it is over once");
    });
}

#[test]
fn who_follows_is_told_of_what_others_say() {
    each_desk(|desk| {
        let (bo, ada) = (desk.person("bo"), desk.person("ada"));
        let id = desk.ask(DANA, "Flags are off", None);
        let follow = |follows| {
            desk.change(desk.acting(&ada), move |tx, ctx| follows::set(tx, ctx, id, follows))
                .unwrap();
        };
        follow(true);
        follow(true);
        dana_writes(desk, id);
        desk.write(&bo, id, "Same as in March?", false);
        desk.write(&ada, id, "No, that was storage.", false);
        assert_eq!(told(desk, &ada), [What::Followed, What::Followed], "not of their own words");

        let said = Reply {
            body: Body::markdown("Fixed."),
            public: Some(true),
            author: None,
            details: None,
        };
        let update = Update { comment: Some(said), ..Update::default() };
        let done = desk
            .change(desk.acting(&bo).pressed(), move |tx, ctx| {
                desk::tickets::update(tx, ctx, id, &update)
            })
            .unwrap();
        let comment = done.events.iter().find_map(|one| match &one.event {
            Event::Commented { comment, .. } => Some(*comment),
            _ => None,
        });
        assert_eq!(told(desk, &ada).len(), 3);
        desk.change(desk.acting(&bo), move |tx, ctx| {
            desk::tickets::take_back(tx, ctx, id, comment.unwrap())
        })
        .unwrap();
        assert_eq!(told(desk, &ada).len(), 2, "what never left was never told");

        follow(false);
        dana_writes(desk, id);
        assert_eq!(told(desk, &ada).len(), 2);
    });
}

#[test]
fn tickets_with_the_same_words_and_known_tags_are_offered() {
    each_desk(|desk| {
        let bo = desk.person("bo");
        let old = desk.ask("kim@tallow.test", "Safari drops the storage event", None);
        desk.ask("lu@marl.test", "How do I pay?", None);
        let id = desk.ask(DANA, "Flags: storage event lost on Safari \"status:open\"", None);
        let tags = vec!["safari".to_owned(), "sales".to_owned(), "storage".to_owned()];
        desk.update(&bo, old, Update { tags: Some(tags), ..Update::default() });

        let stored = desk.look(desk.system(), move |tx, ctx| desk::tickets::show(tx, ctx, id));
        let stored = stored.unwrap();
        let found = desk
            .look(desk.acting(&bo), move |tx, ctx| beside::with_the_same_words(tx, ctx, &stored))
            .unwrap();
        let related: Vec<TicketId> = found.iter().map(|one| one.ticket.id).collect();
        assert_eq!(related, [old]);
        let known = |beginning: &'static str| {
            desk.look(desk.acting(&bo), move |tx, ctx| beside::tags(tx, ctx, beginning, 8)).unwrap()
        };
        assert_eq!(known("sa"), ["safari", "sales"]);
        assert!(known("x").is_empty());
    });
}

/// A long conversation is read in parts: the first message, and those that are asked for.
#[test]
fn a_long_conversation_is_shown_in_parts() {
    each_desk(|desk| {
        let bo = desk.person("bo");
        let id = desk.ask(DANA, "Flags are off", None);
        let mut comments = Vec::new();
        for n in 0..450 {
            desk.write(&bo, id, &format!("Note {n}"), false);
        }
        let all = desk.look(desk.system(), move |tx, ctx| desk::tickets::events(tx, ctx, id));
        for envelope in all.unwrap() {
            if let Event::Commented { comment, .. } = envelope.event {
                comments.push(comment);
            }
        }
        let read = |part| {
            desk.look(desk.acting(&bo), move |tx, ctx| desk::pages::ticket(tx, ctx, id, part))
                .unwrap()
        };
        let events = |whole: &desk::pages::Whole| {
            let said = |one: &domain::Envelope| match &one.event {
                Event::Commented { comment, .. } => Some(*comment),
                _ => None,
            };
            whole.events.iter().filter_map(said).collect::<Vec<_>>()
        };

        let end = read(Part::Last(30));
        assert_eq!((end.comments.len(), end.left_out, end.later), (31, 420, 0));
        let seen = events(&end);
        assert!(end.comments.iter().all(|one| seen.contains(&one.id)), "each with its event");

        let middle = read(Part::Around(comments[100], 30));
        assert_eq!((middle.comments.len(), middle.left_out, middle.later), (41, 89, 321));
        let seen = events(&middle);
        assert!(middle.comments.iter().all(|one| seen.contains(&one.id)));
        assert!(seen.len() < 60, "and few besides: {}", seen.len());
        let start = read(Part::Around(comments[3], 30));
        assert_eq!((start.left_out, start.comments[0].id), (0, comments[0]));
    });
}

/// The words of others are new to somebody until they have looked, or have written something themselves.
#[test]
fn a_ticket_is_unread_while_others_had_the_last_word_unseen() {
    each_desk(|desk| {
        let (bo, ada) = (desk.person("bo"), desk.person("ada"));
        let id = desk.ask(DANA, "Flags are off", None);
        let unread = |who: &User| {
            let look = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
                desk::pages::these(tx, ctx, &[id]).map(|rows| rows.unread.contains(&id))
            };
            desk.look(desk.acting(who), look).unwrap()
        };
        let look = |who: &User| {
            let seq = desk.ticket(id).seq;
            desk.change(desk.acting(who), move |tx, ctx| beside::seen(tx, ctx, id, seq)).unwrap();
        };
        assert!(unread(&bo) && unread(&ada), "nobody has looked");

        look(&bo);
        assert!(!unread(&bo) && unread(&ada), "each reads for themselves");
        dana_writes(desk, id);
        assert!(unread(&bo));

        desk.write(&bo, id, "Same as in March?", false);
        assert!(!unread(&bo), "who writes has read");
        look(&ada);
        desk.update(&bo, id, Update { tags: Some(vec!["vip".to_owned()]), ..Update::default() });
        assert!(!unread(&ada), "only words are read");

        dana_writes(desk, id);
        let solved = Update { status: Some(domain::Status::Solved), ..Update::default() };
        desk.update(&bo, id, solved);
        assert!(!unread(&ada), "what is done is no work");
    });
}

#[test]
fn what_is_unread_on_a_page_is_one_walk_along_indexes() {
    each_desk(|desk| {
        let bo = desk.person("bo");
        let ids: Vec<TicketId> = (0..5).map(|_| desk.ask(DANA, "Flags are off", None)).collect();
        let user = bo.id;
        let plans = desk
            .look(desk.acting(&bo), move |tx, _| {
                if tx.engine() == store::Engine::Postgres {
                    // So few rows are read faster without an index; what matters is whether there is one.
                    tx.query("SELECT set_config('enable_seqscan', 'off', TRUE)", store::params![])?;
                }
                Ok(tx.plans_of(|tx| store::readings::unread(tx, user, &ids))?)
            })
            .unwrap();
        assert_eq!(plans.len(), 1, "one query for all rows");
        let scans = plans[0].lines().any(|line| line.contains("SCAN") || line.contains("Seq Scan"));
        assert!(!scans, "{}", plans[0]);
    });
}
