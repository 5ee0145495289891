//! Awkward and hostile mails: each becomes a ticket that is not empty, or is kept for a reason, and runs nothing.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use desk::mailbox::{Arrival, Incoming, Queue};
use desk::{Page, Start};
use domain::{Actor, Channel, Role, UserId};
use mail::Trust;
use testkit::{Awkward, TrialDesk, corpus, each_desk};

/// What a mail became: the outcome, and the first comment's text and HTML if it is one.
fn taken_in(desk: &TrialDesk, awkward: &Awkward) -> (&'static str, Option<(String, String)>) {
    let message = mail::parse(&awkward.raw);
    let trust = Trust::warned_of(&message);
    let now = desk.clock().now();
    let incoming = Incoming::keep(desk.blobs(), awkward.raw.clone(), message, trust, now)
        .expect("its files can be kept");
    let ctx = desk.ctx(Actor::System, Channel::Email);
    let received = desk
        .change(ctx, move |tx, ctx| {
            let arrival = Arrival::handed_in("support", ctx.now);
            desk::mailbox::receive(tx, ctx, &arrival, &incoming)
        })
        .unwrap_or_else(|error| panic!("{}: {error}", awkward.name));
    let Some(id) = received.ticket.filter(|_| received.outcome != "automatic") else {
        return (received.outcome, None);
    };
    let page = Page { start: Start::Offset(0), size: 1, descending: true };
    let said = desk
        .look(desk.system(), move |tx, ctx| desk::tickets::comments(tx, ctx, id, &page))
        .expect("comments can be read");
    let comment = said.first().expect("a ticket has a comment");
    (received.outcome, Some((comment.body.clone(), comment.html.clone())))
}

/// The tags of clean HTML with their attributes; quotation marks are heeded.
fn tags(html: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let mut quoted = false;
        let end = rest[start..].find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let Some(end) = end else { break };
        tags.push(rest[start + 1..start + end].to_lowercase());
        rest = &rest[start + end + 1..];
    }
    tags
}

/// What of a page a browser could run, load or send somewhere.
fn dangers(html: &str) -> Vec<String> {
    const TAGS: [&str; 22] = [
        "script", "style", "iframe", "frame", "object", "embed", "applet", "form", "input",
        "button", "textarea", "select", "link", "meta", "base", "svg", "math", "template", "video",
        "audio", "source", "title",
    ];
    let is_bad = |tag: &String| {
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        let attributes = tag.split_once(' ').map_or("", |(_, rest)| rest);
        let attribute = |name: &str| format!(" {attributes}").contains(&format!(" {name}"));
        let value = |name: &str| {
            let found = attributes.split_once(&format!("{name}=\""));
            found.map(|(_, rest)| rest.split('"').next().unwrap_or_default().trim().to_owned())
        };
        let source = value("src").is_some_and(|src| !src.starts_with("/attachments/token/"));
        let href = value("href").is_some_and(|href| {
            !["http://", "https://", "mailto:", "tel:"].iter().any(|fine| href.starts_with(fine))
                && href.contains(':')
                || href.starts_with('/')
        });
        TAGS.contains(&name)
            || name.contains('-')
            || source
            || href
            || [
                "on",
                "style",
                "srcset",
                "background",
                "poster",
                "hx-",
                "data-",
                "id=",
                "class=",
                "formaction",
            ]
            .iter()
            .any(|one| attribute(one))
    };
    tags(html).into_iter().filter(is_bad).collect()
}

/// CH-03, NF-11: at least two hundred, each once
#[test]
fn every_awkward_mail_is_taken_in_is_not_empty_and_runs_nothing() {
    let all = corpus();
    let names: BTreeSet<&str> = all.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names.len(), all.len(), "each name stands once");
    assert!(all.len() >= 200, "there are {}", all.len());

    each_desk(|desk| {
        let mut wrong = Vec::new();
        for awkward in &all {
            let name = &awkward.name;
            let (outcome, said) = taken_in(desk, awkward);
            match said {
                Some((text, html)) => {
                    if text.trim().is_empty() || html.trim().is_empty() {
                        wrong.push(format!("{name} is empty"));
                    }
                    let dangers = dangers(&html);
                    if !dangers.is_empty() {
                        wrong.push(format!("{name} has {dangers:?}"));
                    }
                }
                None if matches!(outcome, "automatic" | "suspended") => {}
                None => wrong.push(format!("{name} ended as {outcome}")),
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        // What waits is listed, and every bit of it can be accepted.
        let admin = desk.ctx(Actor::Person { id: UserId(1), role: Role::Admin }, Channel::Web);
        let page = Page::first(100);
        let waiting = desk
            .look(admin, move |tx, ctx| desk::mailbox::queue(tx, ctx, Queue::Suspended, &page))
            .unwrap();
        assert!(!waiting.is_empty());
        assert!(waiting.iter().all(|mail| mail.cause.is_some()));
    });
}

/// CH-03: the essentials of some of them
#[test]
fn some_awkward_mails_read_like_this() {
    const SHOWN: [&str; 17] = [
        "text that says to be iso-2022-jp",
        "a subject of a word with a line break in it",
        "from an address in the name",
        "from letters beyond ascii",
        "from nothing",
        "unix line ends",
        "alternatives in the wrong order",
        "a mail in a mail alone",
        "an invitation alone",
        "an encrypted mail",
        "a signed mail",
        "a boundary that never comes",
        "three hundred parts",
        "a page with script in script",
        "a file named with a line break",
        "a file named with pieces",
        "a report of a failure",
    ];
    let mut shown = String::new();
    for awkward in corpus().iter().filter(|one| SHOWN.contains(&one.name.as_str())) {
        let mail = mail::parse(&awkward.raw);
        let from = mail.from.as_ref().map_or("-", |from| &from.email);
        let first = mail.reply_text.lines().next().unwrap_or("-");
        let first: String = first.chars().take(50).collect();
        let files: Vec<&str> = mail.attachments.iter().map(|file| file.name.as_str()).collect();
        let kind = mail.automatic.as_ref().map_or("", |_| " automatic");
        let _ = writeln!(
            shown,
            "{}: {from} | {} | {first} | {files:?} | {:?}{kind}",
            awkward.name, mail.subject, mail.defects
        );
    }
    assert_eq!(shown.trim(), EXPECTED.trim(), "{shown}");
}

const EXPECTED: &str = r#"
text that says to be iso-2022-jp: dana@fernlight.test | Flags are off | Hello �� ��� ���� こん the flags are off. | [] | [Charset]
a subject of a word with a line break in it: dana@fernlight.test | a Bcc: eve@evil.test | Hello. | [] | []
from an address in the name: eve@evil.test | Flags are off | Hello. | [] | []
from letters beyond ascii: däna@bücher.test | Flags are off | Hello. | [] | []
from nothing: - | Flags are off | Hello. | [] | [MissingFrom]
unix line ends: dana@fernlight.test | Unix | Hello. | [] | [MissingMessageId, MissingDate]
alternatives in the wrong order: dana@fernlight.test | Flags are off | Hello. | [] | []
a mail in a mail alone: dana@fernlight.test | Flags are off | - | ["attachment-1.eml"] | [NoBody]
an invitation alone: dana@fernlight.test | Flags are off | - | ["attachment-1.ics"] | [NoBody]
an encrypted mail: dana@fernlight.test | Flags are off | - | ["attachment-1.bin", "attachment-2.bin"] | [NoBody, Encrypted]
a signed mail: dana@fernlight.test | Flags are off | Hello. | ["attachment-1.bin"] | []
a boundary that never comes: dana@fernlight.test | Flags are off | Hello. | ["attachment-1.bin"] | [Encoding]
three hundred parts: dana@fernlight.test | Flags are off | --e | [] | [TooManyParts]
a page with script in script: dana@fernlight.test | Flags are off | ipt>alert(1)ipt>Hello. | [] | []
a file named with a line break: dana@fernlight.test | Flags are off | See the file. | ["a Set-Cookie:x.txt"] | []
a file named with pieces: dana@fernlight.test | Flags are off | See the file. | ["report.pdf"] | []
a report of a failure: dana@fernlight.test | Flags are off | - | ["attachment-1.txt"] | [NoBody] automatic
"#;
