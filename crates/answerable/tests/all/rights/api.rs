//! The routes of the API, and who is let in.

use serde_json::Value;
use testkit::Caller;

use super::{
    ADA, ADMIN, ALL, BINARY, DESK, KIM, KNOWN, MONDAY, NOBODY, OTHERS, Roles, compare, filled, flat,
};

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
    ("GET", "/docs_gaps", DESK),
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
    ("GET", "/satisfaction_reasons", DESK),
    ("GET", "/satisfaction_reasons/{id}", DESK),
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

#[test]
fn every_route_of_the_api_is_in_the_table() {
    let routes = api::routes();
    compare(
        &flat(API),
        routes.iter().map(|route| (format!("{:?}", route.method).to_uppercase(), route.path)),
    );
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
