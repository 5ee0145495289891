//! The pages of the gallery: a Monday morning at the desk, from the blueprint of the interface.

use std::sync::LazyLock;

use domain::Status;
use domain::looks::Looks;
use handbook::Level;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use web::components::button::{self, Button};
use web::components::composer::{Composer, Kind, Side, composer};
use web::components::demo_bar::DemoBar;
use web::components::empty_state::empty_state;
use web::components::facts::{Fact, Source, facts};
use web::components::field::{Control, Field, checkbox, field, summary};
use web::components::filter_bar::{Choice, FilterBar, filter_bar};
use web::components::leaving::Leaving;
use web::components::navigation::Place;
use web::components::notice::{Notice, Tone, message_box};
use web::components::outbox::{Sent, outbox};
use web::components::pagination::{Pages, pagination};
use web::components::row::{self, Row};
use web::components::rules::{Outcome, Rule, rules};
use web::components::shell::{Page, page};
use web::components::signed_out::{PublicPage, Width, public_page};
use web::components::table::{Column, table};
use web::components::ticket_header::{TicketHeader, bottom_bar, ticket_header};
use web::components::time_left::{Promise, TimeLeft};
use web::components::timeline::{self, Attachment, By, Delivery, Happening, Message, Note};
use web::components::walk::{Step, walk};
use web::components::{avatar, badge};
use web::reader::{Clock, Density, Reader, Theme};
use web::words::{Text, Words};
use web::{routes, times};

/// Every page by name.
pub(crate) fn all() -> Vec<(&'static str, Markup)> {
    vec![
        ("queue", queue(Density::Comfortable)),
        ("queue-compact", queue(Density::Compact)),
        ("queue-empty", queue_empty()),
        ("ticket", ticket(Kind::Reply, None)),
        ("ticket-note", ticket(Kind::Note, None)),
        ("ticket-refused", ticket(Kind::Reply, Some(&refused()))),
        ("sign-in", sign_in()),
        ("request-new", request_new()),
        ("request", request()),
        ("support-hours", support_hours()),
        ("outbox", outbox_page()),
    ]
}

static PEOPLE: LazyLock<Vec<(i64, String)>> = LazyLock::new(|| {
    [(1, "Ada, admin"), (2, "Bo, hero"), (3, "Dana, a customer")]
        .map(|(id, name)| (id, name.to_owned()))
        .to_vec()
});

fn at(instant: &str) -> Timestamp {
    instant.parse().expect("the gallery writes RFC 3339")
}

fn reader() -> Reader {
    Reader {
        words: Words::default(),
        zone: TimeZone::get("Europe/London").expect("London has a zone"),
        zone_is_theirs: true,
        now: at("2026-06-08T08:12:00Z"),
        clock: Clock::Still,
        exact: false,
        csrf: "masked".to_owned(),
    }
}

fn demo(back: &str) -> DemoBar<'_> {
    DemoBar {
        next_here: None,
        next_due: Some(at("2026-06-08T09:00:00Z")),
        deliveries: 14,
        people: &PEOPLE,
        person: Some(2),
        back,
        from_monday: false,
    }
}

fn place<'a>(
    label: &'a str,
    href: &'a str,
    count: i64,
    chord: &'a str,
    current: bool,
) -> Place<'a> {
    Place { label, href, count: Some(count), chord: Some(chord), key: None, current }
}

fn framed(
    title: &str,
    current: &str,
    density: Density,
    notice: Option<Notice<'_>>,
    main: &Markup,
    aside: Option<&Markup>,
) -> Markup {
    let reader = reader();
    let views = [
        ("My queue", "/views/my-queue", 12, "g q"),
        ("Mine", "/views/mine", 5, "g m"),
        ("Unassigned", "/views/unassigned", 3, "g u"),
        ("Escalated", "/views/escalated", 4, "g e"),
        ("Due soon", "/views/due-soon", 2, "g d"),
        ("Pending", "/views/pending", 31, "g p"),
        ("On hold", "/views/on-hold", 2, "g h"),
        ("Solved", "/views/solved", 1_088, "g s"),
        ("Triage", "/views/triage", 1, "g t"),
        ("Suspended", "/views/suspended", 6, "g j"),
    ]
    .map(|(label, href, count, chord)| place(label, href, count, chord, label == current));
    let team = [Place { count: Some(4), ..Place::new("Beta flags", "/views/beta-flags") }];
    let places = [
        ("Rota", "/rota", "g r"),
        ("Reports", "/reports", "g c"),
        ("Handbook", "/settings/handbook", "g b"),
    ]
    .map(|(label, href, chord)| Place { chord: Some(chord), ..Place::new(label, href) });
    page(
        &Page {
            reader: &reader,
            title,
            person: "Bo Lindqvist",
            notices: Some((3, 2)),
            hero: Some("Hero of Feature flags: you, until Mon 00:00"),
            theme: Theme::System,
            looks: Looks { density, ..Looks::default() },
            next: aside.is_some(),
            views: &views,
            team_views: &team,
            places: &places,
            query: "",
            searches: false,
            demo: Some(demo("/views/my-queue")),
            notice,
            leaving: None,
            live: None,
        },
        main,
        aside,
    )
}

fn due(promise: Promise, instant: &str) -> TimeLeft {
    TimeLeft::Due { promise, at: at(instant), soon_seconds: 10_800, counting: true }
}

fn first(instant: &str) -> TimeLeft {
    due(Promise::First, instant)
}

type Line<'a> =
    (i64, &'a str, &'a str, TimeLeft, Level, Status, Option<&'a str>, Option<i64>, &'a [&'a str]);

fn lines() -> Vec<Line<'static>> {
    let mut lines = pressing_lines();
    lines.extend(calm_lines());
    lines
}

fn pressing_lines() -> Vec<Line<'static>> {
    use Level::{High, Normal};
    use Status::{New, Open};
    vec![
        (
            4812,
            "Flags fall back to default on Safari",
            "Dana, Fernlight",
            first("2026-06-08T07:00:00Z"),
            High,
            Open,
            Some("Bo"),
            Some(1),
            &["tagged by CS", "past target", "teams add-on"],
        ),
        (
            4790,
            "Rollout stuck at 50 %",
            "Kim, Tallow",
            due(Promise::Escalated, "2026-06-08T14:00:00Z"),
            High,
            Open,
            Some("Bo"),
            Some(3),
            &["escalated High, by Ada", "reply due 15:00"],
        ),
        (
            4795,
            "Local evaluation returns stale payloads after we rotate the project key, but only for users whose distinct id contains a colon",
            "Ines, Harborworks",
            due(Promise::Escalated, "2026-06-10T09:00:00Z"),
            Normal,
            Open,
            Some("Bo"),
            Some(4),
            &["escalated Normal, by Cy", "2 business days"],
        ),
        (
            4801,
            "Flag count differs from dashboard",
            "Lu, Marl",
            first("2026-06-08T09:00:00Z"),
            Normal,
            New,
            None,
            Some(5),
            &["near target", "startup programme"],
        ),
        (
            4803,
            "フラグの変更が反映されるまでに数分かかります",
            "Haruka, 青葉システム",
            first("2026-06-08T10:40:00Z"),
            Normal,
            New,
            None,
            Some(5),
            &["near target", "billing area"],
        ),
        (
            4808,
            "Can a flag depend on another flag's variant?",
            "Theo, Quill & Sons",
            first("2026-06-08T19:05:00Z"),
            Normal,
            Open,
            Some("Bo"),
            Some(6),
            &["Normal", "startup programme"],
        ),
    ]
}

fn calm_lines() -> Vec<Line<'static>> {
    use Level::{High, Low, Normal};
    use Status::{Hold, New, Open, Pending};
    vec![
        (
            4810,
            "لا تظهر التغييرات في لوحة التحكم 🙈",
            "Layla, Noor",
            first("2026-06-08T20:30:00Z"),
            High,
            New,
            None,
            Some(6),
            &["High", "in trial"],
        ),
        (
            4788,
            "Invoice shows two seats too many",
            "Pat, Ostler",
            TimeLeft::Due {
                promise: Promise::Next,
                at: at("2026-06-08T23:30:00Z"),
                soon_seconds: 10_800,
                counting: false,
            },
            Normal,
            Open,
            Some("Cy"),
            Some(6),
            &["Normal", "billing issue"],
        ),
        (
            4771,
            "Feature: audit log for flag edits",
            "Mina, Corvid",
            TimeLeft::Solves(at("2026-06-15T08:20:00Z")),
            Low,
            Pending,
            Some("Bo"),
            Some(7),
            &["answered", "waits for Mina"],
        ),
        (
            4765,
            "SDK 41 crashes on Android 8",
            "Ravi, Kestrel",
            TimeLeft::Wakes(at("2026-06-16T08:00:00Z")),
            Normal,
            Hold,
            Some("Bo"),
            Some(7),
            &["on hold until the fix ships"],
        ),
        (
            4815,
            "How do I target by country?",
            "jo@example.test",
            TimeLeft::NoPromise,
            Low,
            New,
            None,
            Some(8),
            &["Low", "organisation unknown"],
        ),
        (
            4816,
            "Thanks for the quick fix",
            "Sam, Fernlight",
            TimeLeft::NoPromise,
            Low,
            New,
            None,
            Some(8),
            &["Low", "feedback"],
        ),
    ]
}

fn queue(density: Density) -> Markup {
    let reader = reader();
    let lines = lines();
    let rows: Vec<Row<'_>> = lines
        .iter()
        .map(|&(id, subject, requester, left, priority, status, assignee, rank, why)| Row {
            id,
            seq: 1,
            within: "",
            subject,
            requester,
            left,
            priority,
            status,
            assignee,
            rank,
            why,
            unread: id == 4812 || id == 4810,
            here: if id == 4812 { "Ada is viewing" } else { "" },
            gone: (id == 4788).then_some("moved to Billing by Ada, 09:10"),
        })
        .collect();
    let main = html! {
        div.heading {
            h1 tabindex="-1" { "Feature flags: my queue" }
            p { "12 to do · 2 due soon · 1 over" }
            (button::link("/tickets/4812", Button::primary("Next ticket").with_key("q")))
        }
        (filters())
        div.list-head {
            form.line action="/views/my-queue" {
                label for="order" { "Order:" }
                select #order name="order" { option value="work" { "work order" } option value="due" { "due first" } option value="new" { "newest first" } }
                button.button.quiet type="submit" { "Sort" }
            }
            p.list-news role="status" { "3 new, 1 moved · " a href="/views/my-queue" data-key="." data-key-label="Show what is new" { "Show" } }
        }
        (row::list(&reader, "Tickets in work order", &rows))
        div.list-foot {
            (pagination(reader.words, &Pages { first: 1, last: 12, all: 12, newer: None, older: None }))
            p.keys { (reader.words.say(Text::KeysHere)) }
        }
    };
    framed("My queue", "My queue", density, None, &main, None)
}

fn filters() -> Markup {
    let choice = |name, label, options| Choice { name, label, options, value: "" };
    filter_bar(
        Words::default(),
        &FilterBar {
            action: "/views/my-queue",
            query: "team:flags is:unsolved",
            choices: &[
                choice(
                    "status",
                    "Status",
                    &[("", "Any status"), ("open", "Open"), ("pending", "Pending")],
                ),
                choice(
                    "priority",
                    "Priority",
                    &[("", "Any priority"), ("high", "High"), ("normal", "Normal")],
                ),
                choice("area", "Area", &[("", "Any area"), ("feature_flags", "Feature flags")]),
            ],
            chips: &[
                ("team:flags", "/views/my-queue?q=is%3Aunsolved"),
                ("is:unsolved", "/views/my-queue?q=team%3Aflags"),
            ],
            save: Some("/views/new?q=team:flags+is:unsolved"),
        },
    )
}

fn queue_empty() -> Markup {
    let take = button::link("/tickets/4790", Button::primary("Take an unassigned ticket"));
    let main = html! {
        div.heading { h1 tabindex="-1" { "Feature flags: my queue" } p { "nothing to do" } }
        (filters())
        (empty_state("Nothing waits for you", "Next due in the team: #4790 at 15:00, with Cy.", Some(&take)))
    };
    let notice = Notice { text: "12 tickets solved.", undo: Some("/undo/88") };
    framed("My queue", "My queue", Density::Comfortable, Some(notice), &main, None)
}

fn header() -> TicketHeader<'static> {
    TicketHeader {
        id: 4812,
        seq: 14,
        subject: "Flags fall back to default on Safari",
        left: first("2026-06-08T07:00:00Z"),
        promise: "First reply due Mon 08:00",
        priority: Level::High,
        status: Status::Open,
        merged: false,
        owner: "Flags / Bo",
        presence: "Yours until 09:42, taken with Next",
        taken: true,
        others: &[],
        snoozed: None,
        follows: false,
        list: Some(("/views/my-queue", "My queue, 1 of 12")),
        next: Some("/tickets/4790"),
        previous: None,
        more: &[
            ("assignment", "Assign…", Some("a")),
            ("status", "Status…", None),
            ("priority", "Priority…", Some("p")),
            ("tags", "Tags…", Some("l")),
            ("escalation", "Escalate…", Some("e")),
            ("macro", "Macro…", Some("m")),
            ("snooze", "Snooze…", Some("h")),
            ("merge", "Merge…", None),
            ("spam", "Spam…", None),
        ],
        closed: &[],
        mine: true,
    }
}

fn ticket(open: Kind, refusal: Option<&Markup>) -> Markup {
    let reader = reader();
    let header = header();
    let main = html! {
        (ticket_header(&reader, &header))
        (timeline::timeline(&conversation(&reader)))
        (composer(&reader, &Composer {
            ticket: 4812,
            writer: 2,
            requester: "Dana",
            seen: 77,
            idempotency_key: "4f1d",
            from: "/views/my-queue",
            reply: Side {
                text: "Hi Dana, found it: Safari 19 drops our storage event, so the flags never arrive. Fixed in 41.2, which is out now.",
                saved: Some(("2026-06-08T08:12:00Z", "Draft saved 09:12")),
                older: &[("Draft from your phone, 09:03".to_owned(), "Hi Dana, we look into it.")],
                ..Side::default()
            },
            note: Side::default(),
            open,
            staged: None,
            refusal,
        }))
        (bottom_bar(&reader, &header))
    };
    let aside = aside(&reader);
    framed(
        "#4812 Flags fall back to default on Safari",
        "My queue",
        Density::Comfortable,
        None,
        &main,
        Some(&aside),
    )
}

fn refused() -> Markup {
    let choices = html! {
        p { "Dana wrote at 09:05, after you opened this. Her message is above; your text is below, unchanged." }
        p.line { button.button type="submit" name="anyway" value="true" { "Send it as it is" } a href="#ticket-4812-reply" { "Keep writing" } }
    };
    message_box("not-sent", Tone::Warn, "Not sent", &choices)
}

fn conversation(reader: &Reader) -> Markup {
    let log = [Attachment {
        name: "console.txt",
        size: "12 kB",
        href: "/attachments/9/console.txt",
        picture: None,
    }];
    let asked = Message {
        id: 70,
        author: "Dana Reyes",
        did: "asked",
        via: Some("in the app"),
        at: at("2026-06-05T19:00:00Z"),
        ours: false,
        body: html! {
            p { "Since the update every flag is off on Safari. Chrome and Firefox are fine. We noticed when the new onboarding vanished for about a third of our users." }
            p { "The console says " code { "posthog.isFeatureEnabled('onboarding') → undefined" } " until the page is loaded a second time." }
        },
        attachments: &log,
        delivery: None,
    };
    let wrote = Message {
        id: 77,
        did: "wrote",
        via: Some("e-mail, DKIM ok"),
        at: at("2026-06-08T08:05:00Z"),
        body: html! { p { "Any news? We demo today." } },
        attachments: &[],
        ..asked.clone()
    };
    let leaving = Message {
        id: 78,
        author: "Bo Lindqvist",
        did: "replied to Dana",
        via: None,
        at: at("2026-06-08T08:11:52Z"),
        ours: true,
        body: html! { p { "Looking at it right now, with Safari 19 beside me." } },
        attachments: &[],
        delivery: Some(timeline::delivered(
            reader,
            78,
            Some(&Delivery::Leaving(Leaving {
                words: "Reply to Dana leaves in {n} s.",
                until: reader.now + jiff::SignedDuration::from_secs(8),
                undo: "/undo/89",
            })),
        )),
    };
    let note = Note {
        id: 75,
        author: "Ada",
        hidden_from: "Dana",
        at: at("2026-06-05T20:05:00Z"),
        body: html! { p { "Same as the storage bug of March? " b { "@Bo" } " knows that corner." } },
        attachments: &[],
    };
    let changes = [
        Happening {
            what: "Routed to Flags",
            by: By::Rule { name: "area feature_flags", to: None },
            at: at("2026-06-05T19:00:00Z"),
        },
        Happening {
            what: "Priority set to High",
            by: By::Rule { name: "teams add-on", to: None },
            at: at("2026-06-05T19:00:00Z"),
        },
        Happening { what: "Assigned to Bo", by: By::Person("Ada"), at: at("2026-06-05T20:05:00Z") },
    ];
    html! {
        (timeline::message(reader, &asked))
        (timeline::automatic(reader, "Acknowledged: “… by Mon 8 Jun, 08:00 your time (BST)”", &By::Rule { name: "acknowledgement", to: None }, at("2026-06-05T19:00:00Z"), &html! { p { "We have your request, #4812. An engineer will answer by Mon 8 Jun, 08:00 your time (BST)." } }))
        (timeline::note(reader, &note))
        (timeline::happenings(reader, &changes))
        (timeline::new_since(reader))
        (timeline::message(reader, &wrote))
        (timeline::message(reader, &leaving))
    }
}

fn aside(reader: &Reader) -> Markup {
    html! {
        details.aside-part #ticket-4812-requester {
            summary data-key="d" data-key-label="Customer's details" { span { "Dana Reyes, Fernlight" } kbd aria-hidden="true" { "D" } }
            p.person { (avatar::avatar("Dana Reyes", avatar::Size::Large)) a href="/people/31" { "Dana Reyes" } }
            (requester_facts(reader))
        }
        details.aside-part #ticket-4812-why {
            summary data-key="y" data-key-label="Why and by when" { span { "Why and by when" } kbd aria-hidden="true" { "Y" } }
            p { (badge::priority(reader.words, Level::High)) " because:" }
            (rules(reader.words, &[
                Rule { because: "high-paying customer", when: "organization.mrr >= 2000.0", outcome: Outcome::Decided },
                Rule { because: "in trial", when: "organization.trial", outcome: Outcome::NotTrue },
                Rule { because: "has the teams add-on", when: "'teams' in organization.addons", outcome: Outcome::Decided },
            ]))
            p.small { "→ Flags because: area " code { "feature_flags" } }
            (walk(reader.words, "First reply in 12 h, missed by 1 h 12 m", &[
                Step { when: "Fri 20–24", counts: Some("4 h"), why: None },
                Step { when: "Sat, Sun", counts: None, why: None },
                Step { when: "Mon 00–08", counts: Some("8 h"), why: None },
            ], "Mon 8 Jun, 08:00 BST"))
            p.small.muted { "Told Dana: “… 08:00 your time (BST)”, Fri 20:00 · Handbook " a href="/settings/handbook/7f3a91c" { "7f3a91c" } }
            (button::dialog_link("/tickets/4812/priority", Button::plain("Override…")))
        }
        details.aside-part #ticket-4812-activity {
            summary data-key="v" data-key-label="Activity" { span { "Activity 14" } kbd aria-hidden="true" { "V" } }
            p { a href="/tickets/4812/activity" { "All 14 events" } }
        }
    }
}

fn requester_facts(reader: &Reader) -> Markup {
    facts(
        reader,
        &[
            Fact {
                name: "Identity",
                value: html! { "Verified by app signature" },
                source: Source::Own,
            },
            Fact { name: "Her time", value: html! { "09:12 (BST)" }, source: Source::Own },
            Fact {
                name: "Company",
                value: html! { a href="/organizations/7" { "Fernlight" } " · Teams" },
                source: Source::Said("Fernlight"),
            },
            Fact {
                name: "Pays",
                value: html! { "$2,400 a month" },
                source: Source::From { source: "billing", age: "3 h ago", stale: false },
            },
            Fact {
                name: "Plan",
                value: html! { "Scale" },
                source: Source::From { source: "CRM", age: "9 days ago", stale: true },
            },
            Fact {
                name: "Open",
                value: html! { a href="/tickets/4703" { "#4703" } ", " a href="/tickets/4650" { "#4650" } },
                source: Source::Own,
            },
        ],
    )
}

fn one_column(title: &str, width: Width, main: &Markup) -> Markup {
    let reader = reader();
    public_page(
        &PublicPage {
            reader: &reader,
            title,
            theme: Theme::System,
            width,
            demo: Some(demo("/")),
            person: None,
        },
        main,
    )
}

fn line<'a>(
    id: &'a str,
    label: &'a str,
    kind: &'a str,
    autocomplete: &'a str,
    value: &'a str,
) -> Field<'a> {
    let control = Control::Line { kind, autocomplete };
    Field {
        id,
        name: id,
        label,
        hint: None,
        error: None,
        value,
        optional: false,
        begins: false,
        control,
    }
}

fn sign_in() -> Markup {
    let reader = reader();
    let words = reader.words;
    let main = html! {
        h1 tabindex="-1" { "Sign in" }
        form method="post" action=(routes::SIGN_IN) {
            (button::csrf(&reader))
            (field(words, &line("email", "E-mail", "email", "username", "bo@acme.test")))
            (field(words, &Field { error: Some("This password does not match bo@acme.test."), ..line("password", "Password", "password", "current-password", "") }))
            div.field-actions { (button::submit(Button::primary("Sign in"))) }
        }
        p.hint { "First time? Open the link you were sent." }
        section aria-labelledby="as-heading" {
            h2 #as-heading { "In the demo, go on as" }
            div.line {
                @for (id, name) in PEOPLE.iter() { (button::action(&reader, &format!("{}/{id}", routes::DEMO_AS), Button::plain(name))) }
            }
        }
    };
    one_column("Sign in", Width::Narrow, &html! { div.stack { (main) } })
}

fn request_new() -> Markup {
    let words = Words::default();
    let subject = Field {
        error: Some("Subject is missing."),
        ..line("subject", "What is it about?", "text", "off", "")
    };
    let area = Field {
        hint: Some("It decides which engineers read it."),
        control: Control::Select(&[
            ("feature_flags", "Feature flags"),
            ("session_replay", "Session replay"),
            ("billing", "Billing"),
        ]),
        ..line("area", "Area", "", "", "feature_flags")
    };
    let severity = Field {
        control: Control::Radio(&[
            ("critical", "Critical", "it is down, or data is lost"),
            ("high", "High", "a main thing does not work"),
            ("medium", "Medium", "something is wrong"),
            ("low", "Low", "a question or a wish"),
        ]),
        ..line("severity", "How bad is it?", "", "", "high")
    };
    let body = Field {
        control: Control::Text,
        hint: Some("What you did, what you expected, what happened instead."),
        ..line("body", "Tell us more", "", "", "Since the update every flag is off on Safari.")
    };
    let files = Field {
        control: Control::Files,
        optional: true,
        hint: Some("Up to 20 MB each."),
        error: Some("This file has 31 MB; the limit is 20 MB."),
        ..line("files", "Files", "", "", "")
    };
    let main = html! {
        h1 tabindex="-1" { "Ask for help" }
        form method="post" action=(routes::REQUESTS) enctype="multipart/form-data" {
            (button::csrf(&reader()))
            (summary(words, &[&subject, &files]))
            @for one in [&subject, &area, &severity, &body, &files] { (field(words, one)) }
            (checkbox("context", "context", "Send page, app version and browser along", true, Some("/flags, v41, Safari 19")))
            div.field-actions { (button::submit(Button::primary("Send"))) }
        }
    };
    one_column("Ask for help", Width::Text, &main)
}

fn request() -> Markup {
    let reader = reader();
    let question = Message {
        id: 70,
        author: "You",
        did: "asked",
        via: None,
        at: at("2026-06-05T19:00:00Z"),
        ours: false,
        body: html! { p { "Since the update every flag is off on Safari." } },
        attachments: &[],
        delivery: None,
    };
    let answer = Message {
        id: 79,
        author: "Bo, engineer at Acme",
        did: "replied",
        at: at("2026-06-08T08:20:00Z"),
        ours: true,
        body: html! { p { "Found it: Safari 19 drops our storage event. Fixed in 41.2, which is out now." } },
        ..question.clone()
    };
    let promised = times::promise_to_reader(
        reader.words,
        at("2026-06-08T07:00:00Z"),
        &reader.zone,
        reader.now,
    );
    let reply = Field { control: Control::Text, ..line("reply", "Your reply", "", "", "") };
    let main = html! {
        h1 tabindex="-1" { "#4812 Flags fall back to default on Safari" }
        p { (badge::status_for_customer(reader.words, Status::Pending, None)) }
        p.muted { "We said: an answer by " (promised) "." }
        (timeline::timeline(&html! { (timeline::message(&reader, &question)) (timeline::message(&reader, &answer)) }))
        form method="post" action={ (routes::request(4812)) "/replies" } {
            (button::csrf(&reader))
            (field(reader.words, &reply))
            div.field-actions { (button::submit(Button::primary("Reply"))) }
        }
        hr;
        div.line {
            (button::action(&reader, "/requests/4812/solution", Button::plain("This is solved")))
            p.hint { "Otherwise we mark it solved on Mon 15 Jun, 09:20." }
        }
    };
    one_column("#4812", Width::Text, &main)
}

fn support_hours() -> Markup {
    let cell = |text: &str| html! { (text) };
    let main = html! {
        h1 tabindex="-1" { "When and how we answer" }
        p { "Weekdays round the clock, London time. No weekends." }
        (table("targets", "How soon we answer", &[Column::text("Priority"), Column::text("First reply"), Column::text("Follow-ups"), Column::text("Escalated")], &[
            vec![badge::priority(Words::default(), Level::High), cell("12 h"), cell("24 h"), cell("2 business days")],
            vec![badge::priority(Words::default(), Level::Normal), cell("24 h"), cell("48 h"), cell("4 business days")],
            vec![badge::priority(Words::default(), Level::Low), cell("no promise; we often answer"), cell("–"), cell("–")],
        ]))
        p { "High is any of: a high-paying customer, in trial, has the teams add-on, critical severity." }
        (table("channels", "Channels", &[Column::text("Channel"), Column::text("Who may use it")], &[
            vec![cell("In the app"), cell("everyone")],
            vec![cell("Community"), cell("everyone")],
            vec![cell("Slack channel"), cell("by invitation")],
        ]))
        p { "A High request sent now is answered by " b { "Mon 8 Jun, 21:12 London time (BST)" } "." }
        p { (button::link(routes::NEW_REQUEST, Button::primary("Ask for help"))) }
    };
    one_column("When and how we answer", Width::Text, &html! { div.stack { (main) } })
}

fn outbox_page() -> Markup {
    let reader = reader();
    let headers = [
        ("From", "Acme support <support@acme.test>"),
        ("To", "dana@fernlight.test"),
        ("Message-ID", "<4812.1@acme.test>"),
    ];
    let all = [
        Sent {
            id: 14,
            at: at("2026-06-08T08:00:00Z"),
            channel: "Slack",
            kind: "warning",
            to: "#support-flags",
            subject: "#4801 has 1 h left",
            text: "#4801 has 1 h left (Normal, startup programme): Flag count differs from dashboard.",
            html: None,
            name: None,
            headers: &[],
        },
        Sent {
            id: 13,
            at: at("2026-06-08T07:00:00Z"),
            channel: "Slack",
            kind: "breach",
            to: "#support-flags",
            subject: "#4812 is past its target",
            text: "#4812 is past its target (High, due Mon 08:00, yours). Reply, or tell Dana when.",
            html: None,
            name: None,
            headers: &[],
        },
        Sent {
            id: 12,
            at: at("2026-06-05T19:00:00Z"),
            channel: "E-mail",
            kind: "acknowledgement",
            to: "dana@fernlight.test",
            subject: "We have your request, #4812",
            text: "We have your request, #4812. An engineer will answer by Mon 8 Jun, 08:00 your time (BST).\nWe answer on weekdays; there is no weekend support. To add something, reply to this mail.",
            html: None,
            name: Some("Dana"),
            headers: &headers,
        },
    ];
    let tabs =
        [("All", 14, true), ("E-mail", 9, false), ("Slack", 4, false), ("PostHog", 1, false)];
    let main = html! {
        div.heading { h1 tabindex="-1" { "Outbox" } p { "everything that would have left this machine" } }
        nav.tabs aria-label="Channels" {
            @for (name, count, current) in tabs {
                a href={ (routes::DEMO_OUTBOX) "?channel=" (name) } aria-current=[current.then_some("page")] { (name) " " span.count { (count) } }
            }
        }
        (outbox(&reader, &all))
    };
    framed("Outbox", "", Density::Comfortable, None, &main, None)
}
