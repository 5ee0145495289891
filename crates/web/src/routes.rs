//! Every path the components lead to. They stay put once shipped.

/// The start page.
pub const HOME: &str = "/";
/// Sign in.
pub const SIGN_IN: &str = "/sign-in";
/// Sign out.
pub const SIGN_OUT: &str = "/sign-out";
/// Search.
pub const SEARCH: &str = "/search";
/// Single keys on and off.
pub const LOOK: &str = "/settings/me/look";
/// When and how we answer.
pub const SUPPORT_HOURS: &str = "/support-hours";
/// How the help was.
pub const SURVEY: &str = "/survey";
/// No more of that.
pub const SURVEY_REFUSAL: &str = "/survey/refusal";
/// What readers did not find in the answered questions.
pub const DOCS_GAPS: &str = "/docs-gaps";
/// Questions that were answered in public.
pub const QUESTIONS: &str = "/questions";
/// Publishing one.
pub const NEW_QUESTION: &str = "/questions/new";
/// Those that fit what is being typed.
pub const MATCHING: &str = "/questions/matching";
/// A customer's own tickets.
pub const REQUESTS: &str = "/requests";
/// Where a customer asks for a link by mail.
pub const OWN_SIGN_IN: &str = "/requests/sign-in";
/// A new ticket by a customer.
pub const NEW_REQUEST: &str = "/requests/new";
/// The demo's clock.
pub const DEMO_CLOCK: &str = "/demo/clock";
/// The demo's choice of eyes.
pub const DEMO_AS: &str = "/demo/as";
/// The demo's deliveries.
pub const DEMO_OUTBOX: &str = "/demo/outbox";
/// A step of the tour.
pub const DEMO_TOUR: &str = "/demo/tour";

/// Takes the next ticket.
pub const NEXT: &str = "/next";
/// What one was told.
pub const NOTICES: &str = "/notices";
/// How much of it is not read.
pub const NOTICES_COUNT: &str = "/notices/count";
/// Where it is marked as read.
pub const NOTICES_READ: &str = "/notices/read";
/// What one has chosen for oneself.
pub const SETTINGS: &str = "/settings/me";
/// Everything there is to set.
pub const SETTINGS_HOME: &str = "/settings";
/// Prepared words and changes.
pub const MACROS: &str = "/settings/macros";
/// One more.
pub const NEW_MACRO: &str = "/settings/macros/new";

/// Who answers.
pub const PEOPLE: &str = "/settings/people";
/// Teams and groups.
pub const TEAMS: &str = "/settings/teams";
/// Where requests come in and answers leave.
pub const CHANNELS: &str = "/settings/channels";
/// What is asked of a ticket.
pub const FIELDS: &str = "/settings/fields";
/// One more.
pub const NEW_FIELD: &str = "/settings/fields/new";
/// What other programs sign in with.
pub const TOKENS: &str = "/settings/tokens";
/// Other programs that are told.
pub const WEBHOOKS: &str = "/settings/webhooks";
/// One more.
pub const NEW_WEBHOOK: &str = "/settings/webhooks/new";
/// Everything that leaves.
pub const DELIVERIES: &str = "/settings/deliveries";

/// One of us, in the settings.
pub fn staff(id: i64) -> String {
    format!("{PEOPLE}/{id}")
}

/// A team, in the settings.
pub fn team(id: i64) -> String {
    format!("{TEAMS}/{id}")
}

/// A field's form.
pub fn field(id: i64) -> String {
    format!("{FIELDS}/{id}")
}

/// A webhook's form.
pub fn webhook(id: i64) -> String {
    format!("{WEBHOOKS}/{id}")
}

/// What happens by itself when a ticket changes.
pub const TRIGGERS: &str = "/settings/triggers";
/// What happens by itself as time passes.
pub const AUTOMATIONS: &str = "/settings/automations";

/// A macro's form.
pub fn macro_(id: i64) -> String {
    format!("{MACROS}/{id}")
}
/// A new secret link for one's own calendar.
pub const SETTINGS_CALENDAR: &str = "/settings/me/calendar";
/// Who is hero when.
pub const ROTA: &str = "/rota";
/// The policy.
pub const HANDBOOK: &str = "/settings/handbook";
/// How mail comes in.
pub const MAIL: &str = "/settings/mail";
/// Things leave again.
pub const VOICE: &str = "/settings/mail/voice";
/// Another handbook over the recorded history.
pub const REPLAY: &str = "/settings/handbook/replay";

/// How support is doing.
pub const REPORTS: &str = "/reports";
/// How promises were kept, for anybody.
pub const PROMISES: &str = "/promises";
/// What each customer was told, and what became of it.
pub const PROMISES_LEDGER: &str = "/reports/promises";

/// A report.
pub fn report(name: &str) -> String {
    format!("{REPORTS}/{name}")
}

/// The rota of a team.
pub fn rota(team: &str) -> String {
    format!("{ROTA}/{team}")
}

/// What a week's hero of a team hands over; the week by a local day.
pub fn handover(team: &str, week: jiff::civil::Date) -> String {
    format!("{ROTA}/{team}/{week}/handover")
}

/// The digest of a team and the week of a Monday.
pub fn digest(team: &str, week: &str) -> String {
    format!("/digest/{team}/{week}")
}

/// A handbook that was in force once.
pub fn handbook(version: &str) -> String {
    format!("{HANDBOOK}/{version}")
}

/// What the bar at the top finds.
pub const BAR: &str = "/bar";
/// One change for many tickets.
pub const BULK: &str = "/bulk";
/// What the bar offers to set.
pub const CHOICES: &str = "/bar/choices";
/// What was done last is taken back.
pub const UNDO: &str = "/undo";
/// All keys.
pub const KEYS: &str = "/keys";
/// Keeping a list.
pub const NEW_VIEW: &str = "/views/new";

/// A search.
pub fn search(query: &str) -> String {
    format!("{SEARCH}?q={}", crate::form::escaped(query))
}

/// A list with a query over it.
pub fn filtered(list: &str, query: &str) -> String {
    format!("{list}?q={}", crate::form::escaped(query))
}

/// A list of tickets.
pub fn view(slug: &str) -> String {
    format!("/views/{slug}")
}

/// Known tags, while one types.
pub const TAGS: &str = "/tags";
/// Who is at the tickets of a list.
pub const PRESENCE: &str = "/presence";
/// People who may be meant, while one types.
pub const REQUESTERS: &str = "/people";
/// A ticket for a customer.
pub const NEW_TICKET: &str = "/tickets/new";

/// A person.
pub fn person(id: i64) -> String {
    format!("/people/{id}")
}

/// An organization.
pub fn organization(id: i64) -> String {
    format!("/organizations/{id}")
}

/// A ticket.
pub fn ticket(id: i64) -> String {
    format!("/tickets/{id}")
}

/// One action on a ticket or one face of it: `ticket_part(7, "solution")`.
pub fn ticket_part(id: i64, part: &str) -> String {
    format!("/tickets/{id}/{part}")
}

/// Trying a delivery again.
pub fn retry(ticket: i64, delivery: i64) -> String {
    ticket_part(ticket, &format!("deliveries/{delivery}/retry"))
}

/// Sending a delivery to another address.
pub fn elsewhere(ticket: i64, delivery: i64) -> String {
    ticket_part(ticket, &format!("deliveries/{delivery}/address"))
}

/// Where a reply goes, and nothing else.
pub fn replies(id: i64) -> String {
    ticket_part(id, "replies")
}

/// Where an internal note goes, and nothing else.
pub fn notes(id: i64) -> String {
    ticket_part(id, "notes")
}

/// What is being written, of a kind: `draft(7, "note")`.
pub fn draft(id: i64, kind: &str) -> String {
    ticket_part(id, &format!("drafts/{kind}"))
}

/// How something will be read.
pub fn preview(id: i64) -> String {
    ticket_part(id, "preview")
}

/// Files sent ahead of what is being written.
pub fn uploads(id: i64) -> String {
    ticket_part(id, "uploads")
}

/// The form that opens a ticket which goes on with a closed one.
pub fn follow_up(id: i64) -> String {
    format!("{NEW_TICKET}?follow_up={id}")
}

/// Where a reply that has not left is taken back.
pub fn undo(id: i64, comment: i64) -> String {
    ticket_part(id, &format!("replies/{comment}/undo"))
}

/// A customer's link of one use.
pub fn own_link(token: &str) -> String {
    format!("{OWN_SIGN_IN}/{token}")
}

/// Where a moved conversation is claimed.
pub fn claim(token: &str) -> String {
    format!("/claim/{token}")
}

/// A mail of a ticket as it came.
pub fn mail_source(id: i64, mail: i64) -> String {
    format!("/tickets/{id}/mails/{mail}/source")
}

/// Mail that waits for a decision.
pub const SUSPENDED: &str = "/views/suspended";

/// One action on such a mail: `suspended(7, "acceptance")`.
pub fn suspended(mail: i64, part: &str) -> String {
    format!("/suspended/{mail}/{part}")
}

/// A public question.
pub fn question(id: i64) -> String {
    format!("{QUESTIONS}/{id}")
}

/// One action on a public question: `question_part(7, "edit")`.
pub fn question_part(id: i64, part: &str) -> String {
    format!("{QUESTIONS}/{id}/{part}")
}

/// A customer's ticket.
pub fn request(id: i64) -> String {
    format!("/requests/{id}")
}
