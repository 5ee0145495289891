//! Who may come in where: every route of the API and of the pages, against every role. A route that is not in the table
//! fails the test. (the one authorization function, deny by default)

mod there;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::{Answer, Caller, Mail, Program, Visitor};

use there::{of_policies, of_settings, published};

const BINARY: &str = env!("CARGO_BIN_EXE_answerable");

/// 9:00 in London.
const MONDAY: &str = "2026-06-08T08:00:00Z";

const KIM: &str = "kim@customer.test";
const ADA: &str = "ada@acme.test";

/// Who is let in: nobody in particular, a customer, an agent, an admin.
type Roles = [bool; 4];

const ALL: Roles = [true, true, true, true];
const KNOWN: Roles = [false, true, true, true];
const DESK: Roles = [false, false, true, true];
/// A customer is let in for themselves alone, and the numbers of this test are nobody's.
const OTHERS: Roles = DESK;
const ADMIN: Roles = [false, false, false, true];
/// The handbook says it, and the handbook alone.
const NOBODY: Roles = [false, false, false, false];

/// The verbs, the path below `/api/v2`, and who is let in.
const API: &[(&str, &str, Roles)] = &[
    ("POST", "/requests", ALL),
    ("GET", "/users/me", ALL),
    ("GET", "/end_users/{id}", OTHERS),
    ("GET", "/end_users/{id}/identities", OTHERS),
    ("GET DELETE", "/end_users/{id}/identities/{identity}", OTHERS),
    ("PUT", "/end_users/{id}/identities/{identity}/make_primary", OTHERS),
    ("PUT", "/end_users/{id}/identities/{identity}/request_verification", OTHERS),
    ("GET", "/requests", KNOWN),
    ("GET", "/requests/open", KNOWN),
    ("GET", "/requests/solved", KNOWN),
    ("GET", "/requests/ccd", KNOWN),
    ("GET", "/requests/search", KNOWN),
    ("GET", "/users/{id}/requests", DESK),
    ("GET", "/organizations/{id}/requests", DESK),
    ("POST", "/uploads", ALL),
    ("DELETE", "/uploads/{token}", ALL),
    ("GET", "/questions", ALL),
    ("POST", "/questions", DESK),
    ("GET", "/questions/search", ALL),
    ("GET", "/questions/{id}", ALL),
    ("PUT DELETE", "/questions/{id}", DESK),
    ("PUT", "/questions/{id}/restore", DESK),
    ("POST", "/questions/{id}/feedback", ALL),
    ("GET", "/questions/{id}/feedback", DESK),
    ("GET", "/attachments/{id}", KNOWN),
    ("GET", "/attachments/{id}/content", KNOWN),
    ("PUT", "/tickets/{id}/comments/{comment}/attachments/{attachment}/redact", DESK),
    ("GET", "/suspended_tickets", DESK),
    ("PUT", "/suspended_tickets/recover_many", DESK),
    ("DELETE", "/suspended_tickets/destroy_many", DESK),
    ("GET DELETE", "/suspended_tickets/{id}", DESK),
    ("PUT", "/suspended_tickets/{id}/recover", DESK),
    ("GET PUT", "/requests/{id}", KNOWN),
    ("GET", "/requests/{id}/comments", KNOWN),
    ("GET", "/requests/{id}/comments/{comment}", KNOWN),
    ("POST", "/requests/sign_in", KNOWN),
    ("GET", "/widget", ALL),
    ("POST", "/tickets/{id}/claim", DESK),
    ("POST", "/tickets/{id}/satisfaction_rating", KNOWN),
    ("GET", "/ticket_fields", KNOWN),
    ("GET", "/ticket_fields/count", KNOWN),
    ("GET", "/ticket_fields/{id}", KNOWN),
    ("GET", "/ticket_fields/{id}/options", KNOWN),
    ("GET", "/ticket_fields/{id}/options/{option}", KNOWN),
    ("GET", "/ticket_forms", KNOWN),
    ("GET", "/ticket_forms/show_many", KNOWN),
    ("GET", "/ticket_forms/{id}", KNOWN),
    ("GET", "/users/{id}/identities", OTHERS),
    ("GET DELETE", "/users/{id}/identities/{identity}", OTHERS),
    ("PUT", "/users/{id}/identities/{identity}/make_primary", OTHERS),
    ("PUT", "/users/{id}/identities/{identity}/request_verification", OTHERS),
    ("PUT", "/users/{id}/password", KNOWN),
    ("GET", "/users/{id}/password/requirements", KNOWN),
    ("GET", "/deleted_users", DESK),
    ("GET", "/deleted_users/count", DESK),
    ("GET", "/deleted_users/{id}", DESK),
    ("GET", "/group_memberships", DESK),
    ("GET", "/group_memberships/assignable", DESK),
    ("GET", "/group_memberships/{id}", DESK),
    ("GET", "/groups", DESK),
    ("GET", "/groups/assignable", DESK),
    ("GET", "/groups/count", DESK),
    ("GET", "/groups/{id}", DESK),
    ("GET", "/groups/{id}/memberships", DESK),
    ("GET", "/groups/{id}/memberships/assignable", DESK),
    ("GET", "/groups/{id}/users", DESK),
    ("GET", "/groups/{id}/users/count", DESK),
    ("GET", "/job_statuses", DESK),
    ("GET", "/job_statuses/show_many", DESK),
    ("GET", "/job_statuses/{id}", DESK),
    ("GET", "/organization_fields", DESK),
    ("GET", "/organization_fields/count", DESK),
    ("GET", "/organization_fields/{id}", DESK),
    ("GET", "/organization_fields/{id}/options", DESK),
    ("GET", "/organization_fields/{id}/options/{option}", DESK),
    ("GET POST", "/organization_memberships", DESK),
    ("GET DELETE", "/organization_memberships/{id}", DESK),
    ("GET POST", "/organizations", DESK),
    ("GET", "/organizations/autocomplete", DESK),
    ("GET", "/organizations/count", DESK),
    ("POST", "/organizations/create_or_update", DESK),
    ("GET", "/organizations/search", DESK),
    ("GET", "/organizations/show_many", DESK),
    ("GET PUT DELETE", "/organizations/{id}", DESK),
    ("GET", "/organizations/{id}/organization_memberships", DESK),
    ("GET", "/organizations/{id}/related", DESK),
    ("GET POST PUT DELETE", "/organizations/{id}/tags", DESK),
    ("GET", "/organizations/{id}/tickets", DESK),
    ("GET", "/organizations/{id}/users", DESK),
    ("GET", "/organizations/{id}/users/count", DESK),
    ("GET", "/satisfaction_ratings", DESK),
    ("GET", "/satisfaction_ratings/count", DESK),
    ("GET", "/satisfaction_ratings/{id}", DESK),
    ("GET", "/business_hours/schedules", DESK),
    ("POST", "/business_hours/schedules", NOBODY),
    ("GET", "/business_hours/schedules/{id}", DESK),
    ("PUT DELETE", "/business_hours/schedules/{id}", NOBODY),
    ("PUT", "/business_hours/schedules/{id}/workweek", NOBODY),
    ("GET", "/business_hours/schedules/{id}/holidays", DESK),
    ("POST", "/business_hours/schedules/{id}/holidays", NOBODY),
    ("GET", "/business_hours/schedules/{id}/holidays/{holiday}", DESK),
    ("PUT DELETE", "/business_hours/schedules/{id}/holidays/{holiday}", NOBODY),
    ("GET", "/slas/policies", DESK),
    ("POST", "/slas/policies", NOBODY),
    ("GET", "/slas/policies/definitions", DESK),
    ("PUT", "/slas/policies/reorder", NOBODY),
    ("GET", "/slas/policies/{id}", DESK),
    ("PUT DELETE", "/slas/policies/{id}", NOBODY),
    ("GET", "/search", DESK),
    ("GET", "/search/count", DESK),
    ("GET", "/search/export", DESK),
    ("GET POST", "/triggers", ADMIN),
    ("GET", "/triggers/active", ADMIN),
    ("GET", "/triggers/search", ADMIN),
    ("PUT", "/triggers/update_many", ADMIN),
    ("PUT", "/triggers/reorder", ADMIN),
    ("DELETE", "/triggers/destroy_many", ADMIN),
    ("GET PUT DELETE", "/triggers/{id}", ADMIN),
    ("GET POST", "/automations", ADMIN),
    ("GET", "/automations/active", ADMIN),
    ("GET", "/automations/search", ADMIN),
    ("PUT", "/automations/update_many", ADMIN),
    ("PUT", "/automations/reorder", ADMIN),
    ("DELETE", "/automations/destroy_many", ADMIN),
    ("GET PUT DELETE", "/automations/{id}", ADMIN),
    ("GET POST", "/webhooks", ADMIN),
    ("POST", "/webhooks/test", ADMIN),
    ("GET PUT PATCH DELETE", "/webhooks/{id}", ADMIN),
    ("GET POST", "/webhooks/{id}/signing_secret", ADMIN),
    ("GET", "/webhooks/{id}/invocations", ADMIN),
    ("GET", "/webhooks/{id}/invocations/{invocation}/attempts", ADMIN),
    ("GET POST", "/macros", DESK),
    ("GET", "/macros/active", DESK),
    ("GET", "/macros/categories", DESK),
    ("DELETE", "/macros/destroy_many", DESK),
    ("GET", "/macros/search", DESK),
    ("PUT", "/macros/update_many", DESK),
    ("GET PUT DELETE", "/macros/{id}", DESK),
    ("GET", "/macros/{id}/apply", DESK),
    ("GET", "/tickets/{id}/macros/{macro}/apply", DESK),
    ("GET POST", "/views", DESK),
    ("GET", "/views/active", DESK),
    ("GET", "/views/compact", DESK),
    ("GET", "/views/count", DESK),
    ("GET", "/views/count_many", DESK),
    ("DELETE", "/views/destroy_many", DESK),
    ("POST", "/views/preview", DESK),
    ("POST", "/views/preview/count", DESK),
    ("GET", "/views/search", DESK),
    ("GET", "/views/show_many", DESK),
    ("PUT", "/views/update_many", DESK),
    ("GET PUT DELETE", "/views/{id}", DESK),
    ("GET", "/views/{id}/count", DESK),
    ("GET", "/views/{id}/execute", DESK),
    ("GET", "/views/{id}/export", DESK),
    ("GET", "/views/{id}/tickets", DESK),
    ("GET POST", "/tickets", DESK),
    ("GET", "/tickets/count", DESK),
    ("POST", "/tickets/create_many", DESK),
    ("DELETE", "/tickets/destroy_many", DESK),
    ("GET", "/tickets/show_many", DESK),
    ("GET", "/tickets/recent", DESK),
    ("PUT", "/tickets/update_many", DESK),
    ("GET PUT DELETE", "/tickets/{id}", DESK),
    ("GET", "/tickets/{id}/audits", DESK),
    ("GET", "/tickets/{id}/audits/count", DESK),
    ("GET", "/tickets/{id}/audits/{audit}", DESK),
    ("GET", "/tickets/{id}/clocks", DESK),
    ("GET", "/tickets/{id}/collaborators", DESK),
    ("GET", "/tickets/{id}/comments", DESK),
    ("GET", "/tickets/{id}/comments/count", DESK),
    ("POST", "/tickets/{id}/deescalate", DESK),
    ("GET", "/tickets/{id}/email_ccs", DESK),
    ("POST", "/tickets/{id}/escalate", DESK),
    ("GET", "/tickets/{id}/explanation", DESK),
    ("GET", "/tickets/{id}/metrics", DESK),
    ("GET", "/ticket_metrics", DESK),
    ("GET", "/ticket_metrics/{id}", DESK),
    ("GET", "/tickets/{id}/followers", DESK),
    ("GET", "/tickets/{id}/related", DESK),
    ("GET POST PUT DELETE", "/tickets/{id}/tags", DESK),
    ("GET", "/user_fields", DESK),
    ("GET", "/user_fields/count", DESK),
    ("GET", "/user_fields/{id}", DESK),
    ("GET", "/user_fields/{id}/options", DESK),
    ("GET", "/user_fields/{id}/options/{option}", DESK),
    ("GET POST", "/users", DESK),
    ("GET", "/users/autocomplete", DESK),
    ("GET", "/users/count", DESK),
    ("POST", "/users/create_or_update", DESK),
    ("GET", "/users/search", DESK),
    ("GET", "/users/show_many", DESK),
    ("GET PUT DELETE", "/users/{id}", DESK),
    ("GET", "/users/{id}/group_memberships", DESK),
    ("GET", "/users/{id}/group_memberships/{membership}", DESK),
    ("PUT", "/users/{id}/group_memberships/{membership}/make_default", ADMIN),
    ("GET", "/users/{id}/groups", DESK),
    ("GET", "/users/{id}/groups/count", DESK),
    ("POST", "/users/{id}/identities", DESK),
    ("PUT", "/users/{id}/identities/{identity}", DESK),
    ("PUT", "/users/{id}/identities/{identity}/verify", DESK),
    ("GET POST", "/users/{id}/organization_memberships", DESK),
    ("GET DELETE", "/users/{id}/organization_memberships/{membership}", DESK),
    ("PUT", "/users/{id}/organization_memberships/{membership}/make_default", DESK),
    ("GET", "/users/{id}/organizations", DESK),
    ("GET", "/users/{id}/organizations/count", DESK),
    ("DELETE", "/users/{id}/organizations/{organization}", DESK),
    ("PUT", "/users/{id}/organizations/{organization}/make_default", DESK),
    ("GET", "/users/{id}/related", DESK),
    ("GET POST PUT DELETE", "/users/{id}/tags", DESK),
    ("GET", "/users/{id}/tickets/assigned", DESK),
    ("GET", "/users/{id}/tickets/requested", DESK),
    ("POST", "/group_memberships", ADMIN),
    ("DELETE", "/group_memberships/{id}", ADMIN),
    ("POST", "/groups", ADMIN),
    ("PUT DELETE", "/groups/{id}", ADMIN),
    ("POST", "/organization_fields", ADMIN),
    ("PUT", "/organization_fields/reorder", ADMIN),
    ("PUT DELETE", "/organization_fields/{id}", ADMIN),
    ("POST", "/organization_fields/{id}/options", ADMIN),
    ("DELETE", "/organization_fields/{id}/options/{option}", ADMIN),
    ("POST", "/ticket_fields", ADMIN),
    ("PUT", "/ticket_fields/reorder", ADMIN),
    ("PUT DELETE", "/ticket_fields/{id}", ADMIN),
    ("POST", "/ticket_fields/{id}/options", ADMIN),
    ("DELETE", "/ticket_fields/{id}/options/{option}", ADMIN),
    ("POST", "/user_fields", ADMIN),
    ("PUT", "/user_fields/reorder", ADMIN),
    ("PUT DELETE", "/user_fields/{id}", ADMIN),
    ("POST", "/user_fields/{id}/options", ADMIN),
    ("DELETE", "/user_fields/{id}/options/{option}", ADMIN),
    ("GET POST", "/absences", DESK),
    ("DELETE", "/absences/{id}", DESK),
    ("GET", "/rotas/{team}", DESK),
    ("POST", "/rotas/{team}/overrides", DESK),
    ("POST", "/rotas/{team}/swaps", DESK),
    ("PUT", "/rotas/{team}/swaps/{id}", DESK),
    ("POST", "/tickets/{id}/withdraw_promise", DESK),
    ("GET", "/rotas/{team}/handovers/{week}", DESK),
    ("PUT", "/rotas/{team}/handovers/{week}/tickets/{id}", DESK),
    ("POST", "/leases", DESK),
    ("GET POST", "/skips", DESK),
    ("GET", "/tickets/{id}/skips", DESK),
    ("GET", "/users/{id}/skips", DESK),
    ("POST", "/tickets/{id}/reapply", ADMIN),
    ("GET", "/tickets/{id}/deliveries", DESK),
    ("POST", "/tickets/{id}/deliveries/{delivery}/retry", DESK),
    ("POST", "/tickets/{id}/deliveries/{delivery}/address", DESK),
    ("GET", "/mailboxes", ADMIN),
    ("POST", "/mailboxes/unmute", ADMIN),
    ("POST", "/tickets/{id}/merge", DESK),
    ("POST", "/tickets/{id}/unmerge", DESK),
    ("POST", "/tickets/{id}/split", DESK),
    ("PUT", "/tickets/{id}/mark_as_spam", DESK),
    ("PUT", "/tickets/{id}/unmark_as_spam", DESK),
    ("PUT", "/tickets/mark_many_as_spam", DESK),
    ("POST", "/users/{id}/group_memberships", ADMIN),
    ("DELETE", "/users/{id}/group_memberships/{membership}", ADMIN),
    ("POST", "/users/{id}/password", ADMIN),
];

/// The verbs, the path, and who is let in.
const PAGES: &[(&str, &str, Roles)] = &[
    ("GET", "/", ALL),
    ("POST", "/demo/as", ALL),
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
    ("GET", "/live", KNOWN),
    ("GET", "/requests", KNOWN),
    ("GET", "/requests/{id}", KNOWN),
    ("POST", "/requests/{id}/replies", KNOWN),
    ("POST", "/requests/{id}/solution", KNOWN),
    ("POST", "/requests/{id}/rating", KNOWN),
    ("GET", "/questions", ALL),
    ("GET", "/questions/matching", ALL),
    ("GET", "/questions/{id}", ALL),
    ("POST", "/questions/{id}/feedback", ALL),
    ("GET POST", "/questions/new", DESK),
    ("GET POST", "/questions/{id}/edit", DESK),
    ("POST", "/questions/{id}/withdrawal", DESK),
    ("POST", "/questions/{id}/restoration", DESK),
    ("GET POST", "/tickets/{id}/claim", DESK),
    ("GET", "/tickets/{id}/question", DESK),
    ("POST", "/settings/me/single-keys", KNOWN),
    ("GET", "/rota/calendar/{file}", ALL),
    ("GET POST", "/settings/me", DESK),
    ("POST", "/settings/me/calendar", DESK),
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
    ("GET", "/tickets/{id}/state", DESK),
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

fn flat(table: &'static [(&str, &str, Roles)]) -> Vec<(&'static str, &'static str, Roles)> {
    let verbs = table
        .iter()
        .flat_map(|(verbs, path, roles)| verbs.split(' ').map(|verb| (verb, *path, *roles)));
    verbs.collect()
}

/// Both lists name the same routes.
fn compare(expected: &[(&str, &str, Roles)], routes: impl Iterator<Item = (String, &'static str)>) {
    let expected: BTreeSet<(String, &str)> =
        expected.iter().map(|(verb, path, _)| ((*verb).to_owned(), *path)).collect();
    let routes: BTreeSet<(String, &str)> = routes.collect();
    let missing: Vec<_> = routes.difference(&expected).collect();
    assert!(missing.is_empty(), "not in the table of this test: {missing:?}");
    let gone: Vec<_> = expected.difference(&routes).collect();
    assert!(gone.is_empty(), "no such route any more: {gone:?}");
}

#[test]
fn every_route_of_the_api_is_in_the_table() {
    let routes = api::routes();
    compare(
        &flat(API),
        routes.iter().map(|route| (format!("{:?}", route.method).to_uppercase(), route.path)),
    );
}

#[test]
fn every_page_is_in_the_table() {
    let routes = web::routes();
    compare(
        &flat(PAGES),
        routes.iter().map(|route| (format!("{:?}", route.method).to_uppercase(), route.path)),
    );
}

/// A path with numbers that belong to nothing.
fn filled(path: &str, id: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { id } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn each_role_is_let_in_where_the_table_says() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        desk.ask(KIM, "", "");
        let callers = [desk.as_anybody(), desk.as_user(KIM), desk.as_user(ADA), desk.as_admin()];
        let mut wrong = Vec::new();
        for (verb, path, roles) in flat(API) {
            for (caller, (is_known, may)) in
                callers.iter().zip([false, true, true, true].into_iter().zip(roles))
            {
                let body = if verb == "GET" { None } else { Some("{}") };
                let kind = body.map(|_| "application/json");
                let path = format!("/api/v2{}.json", filled(path, "999999"));
                let answer = caller.send(verb, &path, kind, body.unwrap_or_default().as_bytes());
                let expected = match (may, is_known) {
                    (true, _) => !matches!(answer.status, 401 | 403),
                    (false, true) => {
                        answer.status == 403 && answer.at("/error/title") == "Forbidden"
                    }
                    (false, false) => {
                        answer.status == 401 && answer.at("/error") == "Couldn't authenticate you"
                    }
                };
                if !expected || answer.status >= 500 {
                    wrong.push(format!("{may} but {answer:?}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    });
}

#[test]
fn wrong_credentials_open_nothing_not_even_what_is_open_to_all() {
    testkit::on_sqlite(BINARY, MONDAY, |desk| {
        let anybody = || desk.as_anybody();
        let wrong: [(&str, Caller); 7] = [
            (
                "a wrong token",
                anybody().token(desk.admin_email(), "0000000000000000000000000000000000000000"),
            ),
            ("an unknown address", anybody().token("nobody@acme.test", desk.api_token())),
            ("a wrong password", anybody().password(desk.admin_email(), "wrong password")),
            ("an unknown bearer", anybody().with("Authorization", "Bearer 123")),
            ("another scheme", anybody().with("Authorization", "Digest 123")),
            ("no base64", anybody().with("Authorization", "Basic !!!")),
            ("no text", anybody().with("Authorization", "Basic /////w==")),
        ];
        for (verb, path, _) in flat(API) {
            for (what, caller) in wrong.iter().take(if path == "/users/me" { 7 } else { 1 }) {
                let answer =
                    caller.send(verb, &format!("/api/v2{}", filled(path, "1")), None, b"{}");
                assert_eq!(answer.status, 401, "{what}: {answer:?}");
            }
        }
        let token = desk.api_token();
        let bearer = anybody()
            .with("Authorization", &format!("Bearer {token}"))
            .get("users/me.json")
            .expect(200);
        assert_eq!(bearer.at("/user/email"), desk.admin_email());
        let password = desk.as_admin_by_password().get("users/me.json").expect(200);
        assert_eq!(password.at("/user/role"), "admin");
        let nobody = anybody().get("users/me.json").expect(200);
        assert_eq!(nobody.at("/user/id"), Value::Null);
        assert_eq!(nobody.at("/user/name"), "Anonymous user");
    });
}

#[test]
fn a_suspended_or_deleted_person_is_not_let_in() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        desk.ask(KIM, "", "");
        let id = desk.as_user(KIM).get("users/me.json").expect(200).number("/user/id");
        let change = |suspended: bool| {
            let change = json!({ "user": { "suspended": suspended } });
            desk.as_admin().put(&format!("users/{id}.json"), &change).expect(200);
        };

        change(true);
        let status = desk.as_user(KIM).get("requests.json").status;
        assert!(matches!(status, 401 | 403), "{status}");
        change(false);
        desk.as_user(KIM).get("requests.json").expect(200);
        desk.as_admin().delete(&format!("users/{id}.json")).expect(200);
        let status = desk.as_user(KIM).get("requests.json").status;
        assert!(matches!(status, 401 | 403), "{status}");
    });
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

#[test]
fn a_customer_sees_their_own_requests_and_no_note_and_nobody_elses() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let mine = desk.ask(KIM, "critical", "");
        let other = desk.ask("lee@customer.test", "critical", "");
        desk.note(ADA, mine, "Kim is difficult.");
        desk.reply(ADA, mine, "Please reload.");
        let kim = desk.as_user(KIM);

        let list = kim.get("requests.json").expect(200);
        let ids: Vec<i64> = list
            .at("/requests")
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one["id"].as_i64())
            .collect();
        assert_eq!(ids, [mine]);
        let comments = kim.get(&format!("requests/{mine}/comments.json?include=users")).expect(200);
        assert_eq!(comments.at("/comments").as_array().map(Vec::len), Some(2));
        assert!(!comments.text().contains("difficult"));
        assert!(
            !comments.text().contains(ADA),
            "the agent's address is not the customer's business"
        );
        for path in [format!("requests/{other}.json"), format!("requests/{other}/comments.json")] {
            let answer = kim.get(&path).expect(404);
            assert_eq!(answer.at("/error"), "RecordNotFound");
            assert_eq!(
                answer.json(),
                kim.get(&path.replace(&other.to_string(), "999999")).expect(404).json()
            );
        }
        let words = json!({ "request": { "comment": { "body": "I am not Lee." } } });
        kim.put(&format!("requests/{other}.json"), &words).expect(404);
        assert_eq!(desk.comments(other).len(), 1);
        let id =
            desk.as_user("lee@customer.test").get("users/me.json").expect(200).number("/user/id");
        for path in [
            "end_users/{id}.json",
            "end_users/{id}/identities.json",
            "users/{id}/identities.json",
            "users/{id}.json",
        ] {
            let [theirs, nobodys] =
                [id, 999_999].map(|id| kim.get(&path.replace("{id}", &id.to_string())));
            assert!(matches!(theirs.status, 403 | 404), "{theirs:?}");
            assert_eq!(
                (theirs.status, theirs.text()),
                (nobodys.status, nobodys.text()),
                "it can be told who is known"
            );
        }
        let own = kim.get("users/me.json").expect(200).number("/user/id");
        kim.get(&format!("end_users/{own}.json")).expect(200);
        kim.get(&format!("users/{own}/identities.json")).expect(200);
        let me = kim.get("users/me.json").expect(200);
        assert_eq!(me.at("/user").get("notes"), None, "what agents note is not shown");
        assert_eq!(me.at("/user").get("tags"), None);
    });
}

/// zendesk-api 18: naming an agent's address gives the sender nothing of that agent.
#[test]
fn an_agents_address_on_a_form_gives_away_nothing() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        let request = json!({ "requester": { "name": "Mallory", "email": ADA }, "subject": "Hello",
            "comment": { "body": "I am Ada." } });

        let answer =
            desk.as_anybody().post("requests.json", &json!({ "request": request })).expect(201);

        assert!(!answer.text().contains("\"Ada\""), "{answer:?}");
        let ada = desk.as_user(ADA).get("users/me.json").expect(200);
        assert_eq!(ada.at("/user/name"), "Ada", "a name on a form renames nobody");
        assert_eq!(ada.at("/user/role"), "agent");
    });
}

/// Roles are not given away by those who do not have them.
#[test]
fn an_agent_makes_nobody_an_admin() {
    testkit::on_each_engine(BINARY, MONDAY, |desk| {
        desk.ask(KIM, "", "");
        let kim = desk.as_user(KIM).get("users/me.json").expect(200).number("/user/id");
        let ada = desk.as_user(ADA).get("users/me.json").expect(200).number("/user/id");
        for (id, role) in [(kim, "admin"), (kim, "agent"), (ada, "admin")] {
            let change = json!({ "user": { "role": role } });
            let answer = desk.as_user(ADA).put(&format!("users/{id}.json"), &change);
            assert!(matches!(answer.status, 403 | 422), "{answer:?}");
        }
        let user = json!({ "user": { "name": "New", "email": "new@acme.test", "role": "admin" } });
        let answer = desk.as_user(ADA).post("users.json", &user);
        assert!(matches!(answer.status, 403 | 422), "{answer:?}");
        let admin = desk.as_admin().get("users/me.json").expect(200).number("/user/id");
        for change in [json!({ "suspended": true }), json!({ "role": "end-user" })] {
            let answer =
                desk.as_user(ADA).put(&format!("users/{admin}.json"), &json!({ "user": change }));
            assert!(matches!(answer.status, 403 | 422), "{answer:?}");
        }
        let answer = desk.as_user(ADA).delete(&format!("users/{admin}.json"));
        assert!(matches!(answer.status, 403 | 422), "{answer:?}");
        let identity = json!({ "identity": { "type": "email", "value": "mallory@acme.test", "primary": true } });
        let answer = desk.as_user(ADA).post(&format!("users/{admin}/identities.json"), &identity);
        assert!(matches!(answer.status, 403 | 422), "{answer:?}");
        assert_eq!(desk.as_user(ADA).get("users/me.json").at("/user/role"), "agent");
        assert_eq!(desk.as_user(KIM).get("users/me.json").at("/user/role"), "end-user");
    });
}
