//! Files: sent ahead or along, kept once, served so that nothing runs, and gone when they are erased. Told through HTTP, on
//! both engines.

use serde_json::{Value, json};
use testkit::{Answer, Mail, Program, Visitor};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const KIM: &str = "kim@customer.test";
const ADA: &str = "ada@acme.test";

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and some pixels";

fn on_each_engine(story: impl Fn(&Program)) {
    testkit::on_each_engine(BINARY, MONDAY, story);
}

fn upload(desk: &Program, who: &str, name: &str, content: &[u8]) -> Answer {
    let path = format!("uploads.json?filename={name}");
    desk.as_user(who).send("POST", &path, Some("application/json"), content)
}

/// Somebody with a browser.
fn signed_in(desk: &Program, email: &str) -> Visitor {
    let password = "correct horse battery";
    let id = desk.as_user(email).get("users/me.json").expect(200).number("/user/id");
    let path = format!("users/{id}/password.json");
    desk.as_admin().post(&path, &json!({ "password": password })).expect(200);
    desk.sign_in(email, password)
}

/// The path of an address of this program.
fn path(url: &Value) -> String {
    let url = url.as_str().expect("an address");
    url.splitn(4, '/').nth(3).map(|path| format!("/{path}")).expect("an address with a path")
}

/// A mail with a picture in its text and a file beside it.
fn letter(to: &str, html: &str) -> Vec<u8> {
    let id = testkit::unique();
    format!(
        "From: Kim <{KIM}>\r\nTo: {to}\r\nSubject: See below\r\nMessage-ID: <{id}.files@customer.test>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"m\"\r\n\r\n\
         --m\r\nContent-Type: multipart/related; boundary=\"r\"\r\n\r\n\
         --r\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n\
         --r\r\nContent-Type: image/png\r\nContent-ID: <pic@kim>\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: inline; filename=pic.png\r\n\r\niVBORw0KGgogYW5kIHNvbWUgcGl4ZWxz\r\n--r--\r\n\
         --m\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=\"../../evil.html\"\r\n\r\n\
         <script>alert(1)</script>\r\n--m--\r\n"
    )
    .into_bytes()
}

/// NF-11: what was sent ahead is bound once, by its sender, within the hour
#[test]
fn a_file_sent_ahead_belongs_to_one_comment() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "", "");
        let sent = upload(desk, ADA, "crash.log", b"panic at line 7").expect(201);
        let token = sent.at("/upload/token");
        assert_eq!(sent.at("/upload/attachment/content_type"), "text/plain");
        let more = format!("uploads.json?filename=shot.html&token={}", token.as_str().unwrap());
        let more = desk.as_user(ADA).send("POST", &more, Some("text/html"), PNG).expect(201);
        assert_eq!(more.at("/upload/attachments").as_array().map(Vec::len), Some(2));
        assert_eq!(more.at("/upload/attachment/content_type"), "image/png", "by its content");

        let comment =
            |uploads: &Value| json!({ "comment": { "body": "See.", "uploads": uploads } });
        let stolen = desk.update("bo@acme.test", id, &comment(&token));
        assert_eq!(stolen.status, 422, "{stolen:?}");
        desk.update(ADA, id, &comment(&token)).expect(200);
        let again = desk.update(ADA, id, &comment(&token));
        assert_eq!(again.status, 422, "{again:?}");
        assert!(again.text().contains("uploads"), "{again:?}");

        let comments = desk.comments(id);
        assert_eq!(comments.len(), 2, "what was refused left nothing behind");
        let files = comments[1]["attachments"].as_array().unwrap();
        assert_eq!(files.len(), 2);
        assert_eq!(files[0]["file_name"], "crash.log");
        let content = desk.as_anybody().get(&path(&files[0]["content_url"])).expect(200);
        assert_eq!(content.body, b"panic at line 7");
        let number = files[0]["id"].as_i64().unwrap();
        let own = desk.as_user(KIM).get(&format!("attachments/{number}.json")).expect(200);
        assert_eq!(own.at("/attachment/size"), 15);

        let late = upload(desk, ADA, "late.txt", b"late").expect(201).at("/upload/token");
        desk.advance("61m");
        assert_eq!(desk.update(ADA, id, &comment(&late)).status, 422);
        let gone = upload(desk, ADA, "gone.txt", b"gone").expect(201).at("/upload/token");
        let gone = format!("uploads/{}.json", gone.as_str().unwrap());
        assert_eq!(desk.as_user("bo@acme.test").delete(&gone).status, 404);
        desk.as_user(ADA).delete(&gone).expect(204);
        assert_eq!(desk.as_user(ADA).delete(&gone).status, 404);
    });
}

/// NF-11: nothing in a file runs, and a note's file is for agents
#[test]
fn a_file_is_served_as_a_download_that_runs_nothing() {
    on_each_engine(|desk| {
        let id = desk.ask(KIM, "", "");
        let html = b"<script>alert(document.cookie)</script>";
        let token = upload(desk, ADA, "page.html", html).expect(201).at("/upload/token");
        let note = json!({ "body": "Between us.", "public": false, "uploads": [token] });
        desk.update(ADA, id, &json!({ "comment": note })).expect(200);
        let file = desk.comments(id)[1]["attachments"][0].clone();

        let own = path(&file["content_url"]);
        assert_eq!(desk.as_anybody().get(&own).status, 401);
        assert_eq!(desk.as_user(KIM).get(&own).status, 404);
        let content = desk.as_user(ADA).get(&own).expect(200);
        assert_eq!(content.body, html);

        let token = upload(desk, ADA, "page.html", html).expect(201).at("/upload/token");
        let reply = json!({ "body": "Here.", "uploads": [token] });
        desk.update(ADA, id, &json!({ "comment": reply })).expect(200);
        let public = path(&desk.comments(id)[2]["attachments"][0]["content_url"]);
        let content = desk.as_anybody().get(&public).expect(200);
        assert!(content.header("content-disposition").unwrap().starts_with("attachment;"));
        assert_eq!(content.header("x-content-type-options"), Some("nosniff"));
        assert!(content.header("content-security-policy").unwrap().contains("sandbox"));
        let mut guessed = public.clone();
        guessed.replace_range(20..21, if &public[20..21] == "0" { "1" } else { "0" });
        assert_eq!(desk.as_anybody().get(&guessed).status, 404);
        desk.as_admin().delete(&format!("tickets/{id}.json")).expect(204);
        assert_eq!(desk.as_anybody().get(&public).status, 404, "the ticket was deleted");
    });
}

/// CH-03: a mail's files are kept, its pictures come from us, and what an agent attaches goes out with the answer
#[test]
fn files_come_and_go_by_mail() {
    on_each_engine(|desk| {
        let html = "<p>Look: <img src=\"cid:pic@kim\"> <img src=\"https://evil.test/p.gif\"></p>";
        let received = desk.inbox(letter("support@acme.test", html));
        let id = received["ticket_id"].as_i64().unwrap();

        let listed = desk.comments(id)[0]["attachments"].as_array().map(Vec::len);
        assert_eq!(listed, Some(1), "a picture in the text is listed when it is asked for");
        let path = format!("tickets/{id}/comments.json?include_inline_images=true");
        let comment = desk.as_admin().get(&path).expect(200).at("/comments/0");
        let files = comment["attachments"].as_array().unwrap();
        assert_eq!(files.len(), 2, "{files:?}");
        let (picture, evil) = (&files[0], &files[1]);
        assert_eq!(
            (&picture["inline"], &picture["content_type"]),
            (&json!(true), &json!("image/png"))
        );
        assert_eq!(
            (&evil["file_name"], &evil["content_type"]),
            (&json!("evil.html"), &json!("text/html"))
        );
        let shown = comment["html_body"].as_str().unwrap();
        assert!(shown.contains("<img src=\"/attachments/token/"), "{shown}");
        assert!(!shown.contains("evil.test"), "{shown}");
        let ada = signed_in(desk, ADA);
        let page = ada.get(&format!("/tickets/{id}")).expect(200).text();
        assert!(page.contains("1 picture from elsewhere was not loaded"), "{page}");
        let start = page.find(&format!("/tickets/{id}/mails/")).expect("the source is linked");
        let link = page[start..].split('"').next().unwrap();
        let source = ada.get(link).expect(200);
        assert!(source.text().contains("Content-ID: <pic@kim>"));
        assert!(source.header("content-type").unwrap().starts_with("text/plain"));

        let token = upload(desk, ADA, "fix.png", PNG).expect(201).at("/upload/token");
        let reply = json!({ "body": "Try this.", "uploads": [token] });
        desk.update(ADA, id, &json!({ "comment": reply })).expect(200);
        let sent = desk.sent(id, "reply").pop().unwrap();
        assert_eq!(sent["payload"]["files"][0]["name"], "fix.png");
    });
}

/// CH-01: both forms take files without script; a file that is too large is named with the limit
#[test]
fn forms_take_files_and_refuse_what_is_too_large() {
    on_each_engine(|desk| {
        let kim = desk.visit();
        let fields = [("email", KIM), ("subject", "Look"), ("body", "See the file.")];
        let answer = kim.post_file("/requests/new", ("files", "a,b\n1,2\n"), &fields);
        assert_eq!(answer.status, 200, "{answer:?}");
        let large = "x".repeat(21 * 1024 * 1024);
        let answer = kim.post_file("/requests/new", ("files", &large), &fields);
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("This file has 21 MB; the limit is 20 MB"), "{answer:?}");
        assert_eq!(desk.ticket_count(), 1);
        let file = upload(desk, ADA, "large.bin", large.as_bytes());
        assert_eq!((file.status, file.at("/error")), (413, json!("AttachmentTooLarge")));

        let ada = signed_in(desk, ADA);
        let page = ada.get("/tickets/1").expect(200).text();
        assert!(page.contains("a file</a>, 8 B"), "{page}");
        let answer = ada.post_file("/tickets/1/replies", ("files", "ok"), &[("body", "Thanks.")]);
        assert_eq!(answer.status, 303, "{answer:?}");
        assert_eq!(desk.comments(1)[1]["attachments"][0]["size"], 2);
        let answer = ada.post_file("/tickets/1/notes", ("files", ""), &[("body", "No file.")]);
        assert_eq!(answer.status, 303, "{answer:?}");
    });
}

/// PB-08: an erased file is gone from the comment, from the mail it came in, and from the disk once nothing else has it
#[test]
fn an_erased_file_is_gone() {
    on_each_engine(|desk| {
        let received = desk.inbox(letter("support@acme.test", "<p>Look</p>"));
        let id = received["ticket_id"].as_i64().unwrap();
        let comment = desk.comments(id)[0].clone();
        let file = &comment["attachments"][1];
        let url = path(&file["content_url"]);
        desk.as_anybody().get(&url).expect(200);

        let erase = format!(
            "tickets/{id}/comments/{}/attachments/{}/redact.json",
            comment["id"], file["id"]
        );
        assert_eq!(desk.as_user(KIM).put(&erase, &json!({})).status, 403);
        desk.as_user(ADA).put(&erase, &json!({})).expect(200);

        assert_eq!(desk.as_anybody().get(&url).status, 404);
        assert_eq!(desk.comments(id)[0]["attachments"].as_array().map(Vec::len), Some(1));
        let page = signed_in(desk, ADA).get(&format!("/tickets/{id}")).expect(200).text();
        let start = page.find(&format!("/tickets/{id}/mails/")).unwrap();
        let link = page[start..].split('"').next().unwrap();
        assert_eq!(signed_in(desk, ADA).get(link).status, 404);
        assert_eq!(desk.as_user(ADA).put(&erase, &json!({})).status, 404);
    });
}

/// CH-03: an empty mail with files is a ticket that says so
#[test]
fn a_mail_of_files_alone_says_what_it_has() {
    on_each_engine(|desk| {
        let raw = letter("support@acme.test", "<div></div>");

        let id = desk.inbox(raw)["ticket_id"].as_i64().unwrap();

        assert_eq!(desk.comments(id)[0]["body"], "(no text, 2 files)");
        assert_eq!(desk.receive(&Mail::from(KIM).saying("\r\n")).0, "created");
    });
}
