//! The pages and forms, and who is let in.

use serde_json::json;
use testkit::{Answer, Mail, Program, Visitor};

use super::there::{of_policies, of_settings, published};
use super::{ADA, ADMIN, ALL, BINARY, DESK, KIM, KNOWN, MONDAY, Roles, compare, filled, flat};

/// The verbs, the path, and who is let in.
const PAGES: &[(&str, &str, Roles)] = &[
    ("GET", "/", ALL),
    ("POST", "/demo/as", ALL),
    ("POST", "/demo/tour", ALL),
    ("GET", "/demo/as/{person}", ALL),
    ("GET", "/demo/outbox", ALL),
    ("GET POST", "/requests/new", ALL),
    ("GET POST", "/requests/sign-in", ALL),
    ("GET POST", "/requests/sign-in/{token}", ALL),
    ("GET POST", "/claim/{token}", ALL),
    ("POST", "/sign-in", ALL),
    ("POST", "/sign-out", ALL),
    ("GET", "/support-hours", ALL),
    ("GET", "/attachments/token/{token}", ALL),
    ("GET", "/attachments/token/{token}/", ALL),
    ("GET POST", "/survey", ALL),
    ("GET POST", "/survey/refusal", ALL),
    ("GET POST", "/welcome/{token}", ALL),
    ("GET", "/live", ALL),
    ("GET", "/requests", KNOWN),
    ("GET", "/requests/{id}", KNOWN),
    ("POST", "/requests/{id}/replies", KNOWN),
    ("POST", "/requests/{id}/solution", KNOWN),
    ("POST", "/requests/{id}/severity", KNOWN),
    ("POST", "/requests/{id}/rating", KNOWN),
    ("GET", "/questions", ALL),
    ("GET", "/questions/matching", ALL),
    ("GET", "/questions/{id}", ALL),
    ("POST", "/questions/{id}/feedback", ALL),
    ("GET", "/docs-gaps", DESK),
    ("POST", "/questions/{id}/mending", DESK),
    ("POST", "/questions/{id}/reopening", DESK),
    ("GET POST", "/questions/new", DESK),
    ("GET POST", "/questions/{id}/edit", DESK),
    ("POST", "/questions/{id}/withdrawal", DESK),
    ("POST", "/questions/{id}/restoration", DESK),
    ("GET POST", "/tickets/{id}/claim", DESK),
    ("GET", "/tickets/{id}/question", DESK),
    ("GET", "/rota/calendar/{file}", ALL),
    ("GET POST", "/settings/me", DESK),
    ("POST", "/settings/me/calendar", DESK),
    ("POST", "/settings/me/look", DESK),
    ("POST", "/suspended/acceptance", DESK),
    ("POST", "/suspended/refusal", DESK),
    ("GET", "/notices", DESK),
    ("GET", "/notices/count", DESK),
    ("POST", "/notices/read", DESK),
    ("GET", "/promises", ALL),
    ("GET", "/reports", DESK),
    ("GET", "/reports/promises", DESK),
    ("GET", "/reports/{name}", DESK),
    ("GET", "/reports/{name}/tickets", DESK),
    ("GET", "/reports/{name}/csv", DESK),
    ("GET", "/reports/{name}/chart.png", DESK),
    ("POST", "/reports/{name}/mail", DESK),
    ("GET", "/digest/{team}", DESK),
    ("GET", "/digest/{team}/{week}/tickets", DESK),
    ("GET", "/digest/{team}/{week}", DESK),
    // The hero's to approve, and an admin's.
    ("POST", "/digest/{team}/{week}", ADMIN),
    ("POST", "/rota/absences/{id}/end", DESK),
    ("POST", "/rota/{team}/covers", DESK),
    ("POST", "/rota/{team}/calendar", DESK),
    ("GET", "/rota", DESK),
    ("GET", "/rota/{team}", DESK),
    ("POST", "/rota/absences", DESK),
    ("POST", "/rota/{team}/overrides", DESK),
    ("POST", "/rota/{team}/swaps", DESK),
    ("POST", "/rota/{team}/swaps/{id}", DESK),
    ("POST", "/next", DESK),
    ("GET POST", "/rota/{team}/{week}/handover", DESK),
    ("GET", "/bar", DESK),
    ("GET", "/bar/choices", DESK),
    ("GET POST", "/bulk", DESK),
    ("POST", "/undo", DESK),
    ("POST", "/undo/{id}", DESK),
    ("GET", "/keys", DESK),
    ("GET", "/search", DESK),
    ("GET", "/settings/handbook", DESK),
    ("GET POST", "/settings/handbook/replay", DESK),
    ("GET", "/settings/handbook/{version}", DESK),
    ("GET", "/settings/mail", ADMIN),
    ("POST", "/settings/mail/voice", ADMIN),
    ("GET", "/tickets/{id}", DESK),
    ("GET", "/tickets/{id}/activity", DESK),
    ("POST", "/tickets/{id}/deliveries/{delivery}/retry", DESK),
    ("GET POST", "/tickets/{id}/deliveries/{delivery}/address", DESK),
    ("GET POST", "/tickets/{id}/assignment", DESK),
    ("GET POST", "/tickets/{id}/team", DESK),
    ("POST", "/tickets/{id}/deescalation", DESK),
    ("GET POST", "/tickets/{id}/escalation", DESK),
    ("GET POST", "/tickets/{id}/severity", DESK),
    ("GET POST", "/tickets/{id}/details", DESK),
    ("GET POST", "/tickets/{id}/area", DESK),
    ("GET POST", "/tickets/{id}/issue", DESK),
    ("GET POST", "/tickets/{id}/promise", DESK),
    ("GET POST", "/tickets/{id}/merge", DESK),
    ("GET POST", "/tickets/{id}/split", DESK),
    ("GET POST", "/tickets/{id}/spam", DESK),
    ("POST", "/tickets/{id}/unmerge", DESK),
    ("POST", "/tickets/{id}/not-spam", DESK),
    ("GET POST", "/tickets/{id}/skip", DESK),
    ("GET", "/tickets/{id}/explanation", DESK),
    ("GET POST", "/tickets/{id}/hold", DESK),
    ("GET", "/tickets/{id}/mails/{mail}/source", DESK),
    ("GET", "/views/suspended", DESK),
    ("GET", "/suspended/{mail}/source", DESK),
    ("POST", "/suspended/{mail}/acceptance", DESK),
    ("POST", "/suspended/{mail}/refusal", DESK),
    ("GET", "/tickets/{id}/news", DESK),
    ("GET", "/tickets/{id}/related", DESK),
    ("GET PUT", "/tickets/{id}/drafts/{kind}", DESK),
    ("GET POST", "/tickets/new", DESK),
    ("GET POST", "/tickets/{id}/presence", DESK),
    ("POST", "/tickets/{id}/seen", DESK),
    ("POST", "/tickets/{id}/follow", DESK),
    ("GET POST", "/tickets/{id}/snooze", DESK),
    ("POST", "/tickets/{id}/wake", DESK),
    ("GET", "/mentions", DESK),
    ("GET", "/presence", DESK),
    ("GET", "/tags", DESK),
    ("GET", "/people", DESK),
    ("GET", "/people/{id}", DESK),
    ("GET", "/organizations/{id}", DESK),
    ("POST", "/tickets/{id}/preview", DESK),
    ("POST", "/tickets/{id}/uploads", DESK),
    ("POST", "/tickets/{id}/replies/{comment}/undo", DESK),
    ("POST", "/tickets/{id}/notes", DESK),
    ("GET POST", "/tickets/{id}/priority", DESK),
    ("POST", "/tickets/{id}/reapplication", ADMIN),
    ("POST", "/tickets/{id}/replies", DESK),
    ("GET POST", "/tickets/{id}/solution", DESK),
    ("GET POST", "/tickets/{id}/status", DESK),
    ("GET POST", "/tickets/{id}/tags", DESK),
    ("GET", "/views/{slug}", DESK),
    ("GET", "/views/{slug}/news", DESK),
    ("GET POST", "/views/new", DESK),
    ("GET POST", "/tickets/{id}/macro", DESK),
    ("GET", "/settings", DESK),
    ("GET", "/settings/triggers", ADMIN),
    ("GET POST", "/settings/triggers/new", ADMIN),
    ("GET POST", "/settings/triggers/{id}", ADMIN),
    ("POST", "/settings/triggers/{id}/activation", ADMIN),
    ("POST", "/settings/triggers/{id}/deletion", ADMIN),
    ("GET", "/settings/automations", ADMIN),
    ("GET POST", "/settings/automations/new", ADMIN),
    ("GET POST", "/settings/automations/{id}", ADMIN),
    ("POST", "/settings/automations/{id}/activation", ADMIN),
    ("POST", "/settings/automations/{id}/deletion", ADMIN),
    ("GET POST", "/settings/people", ADMIN),
    ("GET POST", "/settings/people/{id}", ADMIN),
    ("POST", "/settings/people/{id}/link", ADMIN),
    ("GET POST", "/settings/teams", ADMIN),
    ("GET POST", "/settings/teams/{id}", ADMIN),
    ("POST", "/settings/teams/{id}/members", ADMIN),
    ("POST", "/settings/teams/{id}/members/{member}/removal", ADMIN),
    ("POST", "/settings/teams/{id}/deletion", ADMIN),
    ("GET", "/settings/channels", ADMIN),
    ("GET", "/settings/fields", ADMIN),
    ("GET POST", "/settings/fields/new", ADMIN),
    ("GET POST", "/settings/fields/{id}", ADMIN),
    ("POST", "/settings/fields/{id}/deletion", ADMIN),
    ("GET POST", "/settings/tokens", ADMIN),
    ("POST", "/settings/tokens/{id}/revocation", ADMIN),
    ("GET", "/settings/webhooks", ADMIN),
    ("GET POST", "/settings/webhooks/new", ADMIN),
    ("GET POST", "/settings/webhooks/{id}", ADMIN),
    ("POST", "/settings/webhooks/{id}/secret", ADMIN),
    ("POST", "/settings/webhooks/{id}/test", ADMIN),
    ("POST", "/settings/webhooks/{id}/deletion", ADMIN),
    ("GET", "/settings/deliveries", ADMIN),
    ("POST", "/settings/deliveries/{id}/retry", ADMIN),
    ("GET", "/settings/macros", DESK),
    ("GET POST", "/settings/macros/new", DESK),
    ("GET POST", "/settings/macros/{id}", DESK),
    ("POST", "/settings/macros/{id}/deletion", DESK),
    ("GET POST", "/views/{slug}/edit", DESK),
    ("POST", "/views/{slug}/deletion", DESK),
];

#[test]
fn every_page_is_in_the_table() {
    let routes = web::routes();
    compare(
        &flat(PAGES),
        routes.iter().map(|route| (format!("{:?}", route.method).to_uppercase(), route.path)),
    );
}

/// Whether a page was shown or a form taken.
fn let_in(verb: &str, answer: &Answer) -> bool {
    let refused = matches!(answer.status, 401 | 403 | 404);
    let to_sign_in = answer.header("location").is_some_and(|to| {
        to == "/" || to.starts_with("/?") || to.starts_with("/requests/sign-in?")
    });
    let sent_away = verb == "GET" && answer.status == 303 && to_sign_in;
    !(refused || sent_away)
}

/// An absence of whoever visits, if they can have one.
fn absence(visitor: &Visitor, desk: &testkit::Program) -> String {
    visitor.post("/rota/absences", &[("from", "2026-06-10"), ("to", "2026-06-11")]);
    let all = desk.as_admin().get("absences.json").expect(200).at("/absences");
    let last = all.as_array().and_then(|all| all.last()).map(|one| one["id"].to_string());
    last.unwrap_or_else(|| "999999".to_owned())
}

/// A path of the rota or of a digest with names of what is there; `is_ada` says whose team it is.
fn of_people(
    mut path: String,
    id: i64,
    (is_ada, visitor, desk): (bool, &Visitor, &testkit::Program),
) -> String {
    let number = id.to_string();
    if path.starts_with("/rota/absences/") {
        path = path.replacen(&number, &absence(visitor, desk), 1);
    } else if path.starts_with("/rota/") {
        // There is such a team; that no such swap is there, is told nobody else.
        path = path.replacen(&number, "replay", 1);
    }
    if path.starts_with("/rota/replay/swaps/") {
        path = "/rota/replay/swaps".to_owned();
    }
    if path == "/rota/replay/calendar" && is_ada {
        // Ada renews the link of her own team.
        path = "/rota/support/calendar".to_owned();
    }
    if path.starts_with("/digest/") {
        path = path.replacen(&number, "replay", 1).replacen(&number, "2026-06-08", 1);
        path = path.replace("/tickets", "/tickets?of=asked");
    }
    if path.starts_with("/reports/") {
        path = path.replacen(&number, "first-reply", 1);
        path = path.replace("/tickets", "/tickets?of=first_kept");
    }
    path
}

#[test]
fn each_role_sees_the_pages_that_the_table_says() {
    // With a rota, so that there are weeks to hand over.
    let hero =
        "slack = \"#support-replay\"\nhero = { order = [\"bo@acme.test\"], from = \"2026-01-05\" }";
    let handbook = testkit::HANDBOOK.replace("slack = \"#support-replay\"", hero);
    let start = testkit::Start { handbook, ..testkit::Start::at(MONDAY) };
    testkit::on_sqlite_with(BINARY, &start, |desk| {
        desk.ask(KIM, "", "");
        let password = "a long enough password";
        for email in [KIM, ADA, desk.admin_email()] {
            let id = desk.as_user(email).get("users/me.json").expect(200).number("/user/id");
            let body = json!({ "password": password });
            desk.as_admin().post(&format!("users/{id}/password.json"), &body).expect(200);
        }
        let roles: [Box<dyn Fn() -> Visitor>; 4] = [
            Box::new(|| desk.visit()),
            Box::new(|| desk.sign_in(KIM, password)),
            Box::new(|| desk.sign_in(ADA, password)),
            Box::new(|| desk.sign_in(desk.admin_email(), password)),
        ];
        let mut wrong = Vec::new();
        for (number, arrive) in roles.iter().enumerate() {
            let visitor = arrive();
            for (verb, path, allowed) in flat(PAGES) {
                // What is open to all leads somewhere else or lacks something; there is nothing to keep out.
                if allowed == ALL {
                    continue;
                }
                // A customer's page is for the one who asked; for the others there is a ticket of their own.
                let id = if path.starts_with("/requests") && number >= 2 {
                    let email = if number == 2 { ADA } else { desk.admin_email() };
                    let ticket = json!({ "subject": "Mine", "comment": { "body": "Look." } });
                    let made =
                        desk.as_user(email).post("tickets.json", &json!({ "ticket": ticket }));
                    made.expect(201).number("/ticket/id")
                } else {
                    desk.ask(KIM, "", "")
                };
                let path = filled(path, &id.to_string());
                let path = existing(desk, &visitor, path, (number, id), password);
                let answer = match verb {
                    "GET" => visitor.peek(&path),
                    "PUT" => visitor.put(&path, &[]),
                    _ => visitor.post(&path, &[]),
                };
                if let_in(verb, &answer) != allowed[number] || answer.status >= 500 {
                    wrong.push(format!(
                        "role {number}, {}: {answer:?} {:?}",
                        allowed[number],
                        answer.header("location")
                    ));
                }
                if verb != "GET" {
                    let answer = visitor.send_bare(verb, &path, &[("csrf", "00")]);
                    assert!(matches!(answer.status, 401 | 403 | 404), "without proof: {answer:?}");
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    });
}

/// The path with what is there for this role: the number of a role, and of a ticket it may see.
fn existing(
    desk: &Program,
    visitor: &Visitor,
    mut path: String,
    (number, id): (usize, i64),
    password: &str,
) -> String {
    if path.starts_with("/views/") {
        path = of_views(desk, &path, number, id);
    }
    path = of_policies(desk, path, number, id);
    path = of_settings(desk, visitor, path, number, id);
    if path.starts_with(&format!("/questions/{id}/")) {
        path = path.replace(&id.to_string(), &published(desk).to_string());
    }
    path = of_people(path, id, (number == 2, visitor, desk));
    if path.ends_with("/handover") {
        path = "/rota/replay/2026-06-08/handover".to_owned();
    }
    if let Some((before, _)) = path.split_once("/deliveries/") {
        let sent = desk.sent(id, "acknowledgement")[0]["id"].clone();
        path = format!("{before}/deliveries/{sent}/retry");
    }
    if path.starts_with("/suspended/") {
        path = path.replace(&id.to_string(), &waiting(desk).to_string());
    }
    if path.contains("/mails/") {
        let ticket = desk.receive(&Mail::from(KIM)).1.unwrap_or_default();
        path = source(&desk.sign_in(ADA, password), ticket);
    }
    if path.starts_with("/people/") {
        path = format!("/people/{}", desk.ticket(id)["requester_id"]);
    }
    if path.starts_with("/organizations/") {
        let new = json!({ "organization": { "name": format!("Example {id}-{number}") } });
        let made = desk.as_admin().post("organizations.json", &new).expect(201);
        path = format!("/organizations/{}", made.number("/organization/id"));
    }
    if path.contains("/drafts/") {
        path = format!("/tickets/{id}/drafts/note");
    }
    if path == "/live" {
        path = format!("/live?topics=ticket:{id}");
    }
    path
}

/// Lists are found by their names; one is changed by whoever keeps it.
fn of_views(desk: &Program, path: &str, number: usize, id: i64) -> String {
    let changes = path.ends_with("/edit") || path.ends_with("/deletion");
    let name = if changes { kept_by(desk, number, id) } else { "all".to_owned() };
    path.replace(&id.to_string(), &name)
}

/// A list that the one in this row of the table keeps, or that Ada does.
fn kept_by(desk: &Program, number: usize, id: i64) -> String {
    let email = if number == 3 { desk.admin_email() } else { ADA };
    let view = json!({ "view": { "title": format!("Kept {id}"), "query": "status:open" } });
    desk.as_user(email).post("views.json", &view).expect(201);
    format!("kept-{id}")
}

/// The number of a mail that has just come and waits: it has no sender.
fn waiting(desk: &Program) -> i64 {
    let id = testkit::unique();
    desk.inbox(format!("Subject: Hello\r\nMessage-ID: <{id}@story>\r\n\r\nHi\r\n").into_bytes());
    let list = desk.as_admin().get("suspended_tickets.json").expect(200).at("/suspended_tickets");
    let numbers = list.as_array().into_iter().flatten().filter_map(|one| one["id"].as_i64());
    numbers.max().unwrap_or_default()
}

/// Where the mail that a ticket began with is found.
fn source(agent: &Visitor, ticket: i64) -> String {
    let page = agent.get(&format!("/tickets/{ticket}")).expect(200).text();
    let start = page.find(&format!("/tickets/{ticket}/mails/")).expect("the source is linked");
    page[start..].split('"').next().unwrap_or_default().to_owned()
}
