//! Names and sentences of the sample company. All of it is made up, and says so.

use desk::handovers::Mark;
use desk::{Ctx, Error, Tx};
use domain::{Actor, Kind, ViewFor};
use handbook::Handbook;
use serde_json::{Map, Value, json};

use super::{Agent, Customer};

/// Something a customer asks.
pub(super) struct Question {
    pub(super) subject: &'static str,
    pub(super) body: &'static str,
    pub(super) area: &'static str,
    pub(super) kind: Kind,
}

const fn ask(
    subject: &'static str,
    body: &'static str,
    area: &'static str,
    kind: Kind,
) -> Question {
    Question { subject, body, area, kind }
}

/// What customers ask.
pub(super) const QUESTIONS: &[Question] = &[
    ask(
        "Flags fall back to default on Safari",
        "Since this morning every flag is off for our Safari users.\n\nChrome and Firefox are fine. The console shows nothing.",
        "feature_flags",
        Kind::Bug,
    ),
    ask(
        "Rollout stuck at 50 %",
        "We moved the rollout to 100 % an hour ago, but only half of our users see it.",
        "feature_flags",
        Kind::Bug,
    ),
    ask(
        "How do I target by country?",
        "Is there a condition for the country of the user? I looked at the docs and found only the language.",
        "feature_flags",
        Kind::Question,
    ),
    ask(
        "Recordings stop after two minutes",
        "Longer sessions are cut at exactly 2:00. We are on the newest version of the library.",
        "session_replay",
        Kind::Bug,
    ),
    ask(
        "Masking a password field",
        "One of our inputs is not masked in recordings. It has type=text because of a widget. How do we mask it?",
        "session_replay",
        Kind::Question,
    ),
    ask(
        "Replay of single page app is blank",
        "The first page is recorded, after the first navigation everything is white.",
        "session_replay",
        Kind::Bug,
    ),
    ask(
        "Numbers differ between dashboard and query",
        "The dashboard says 1,204 sign-ups for Monday, the same query in the editor says 1,187.",
        "product_analytics",
        Kind::Bug,
    ),
    ask(
        "Funnel with optional step",
        "Can a funnel have a step that users may skip?",
        "product_analytics",
        Kind::Question,
    ),
    ask(
        "Export a cohort by API",
        "We would like to fetch the members of a cohort every night. Which endpoint is the right one?",
        "product_analytics",
        Kind::Question,
    ),
    ask(
        "Bounce rate of 100 % on landing page",
        "Since we added the new banner, the bounce rate of that page is always 100 %.",
        "web_analytics",
        Kind::Bug,
    ),
    ask(
        "Traffic from the app counts as direct",
        "Visits that come from our mobile app show up as direct traffic. Can we tag them?",
        "web_analytics",
        Kind::Question,
    ),
    ask(
        "Sync of orders table fails",
        "The sync fails with \"type mismatch in column total\" since Friday. Nothing changed on our side.",
        "data_warehouse",
        Kind::Bug,
    ),
    ask(
        "Which regions can the warehouse be in?",
        "Our legal team wants to know in which regions the data can be kept.",
        "data_warehouse",
        Kind::Question,
    ),
    ask(
        "Invoice has the old address",
        "We moved in spring, the invoices still go to the old office.",
        "billing",
        Kind::Question,
    ),
    ask(
        "Charged twice in May",
        "There are two charges for May on our card, 1 and 3 May, the same amount.",
        "billing",
        Kind::Bug,
    ),
    ask(
        "Survey does not show on mobile",
        "The survey shows on desktop but never on phones narrower than 400 px.",
        "feature_success",
        Kind::Bug,
    ),
    ask(
        "Remind people who did not answer",
        "It would be great to remind people once who closed the survey without an answer.",
        "feature_success",
        Kind::Feature,
    ),
    ask(
        "Newsletter in two languages",
        "Can one campaign go out in English and German, by the language of the person?",
        "comms",
        Kind::Question,
    ),
    ask(
        "Onboarding call moved?",
        "Our call of tomorrow vanished from the calendar. Is it still on?",
        "customer_success",
        Kind::Question,
    ),
    ask(
        "The new menu is lovely",
        "No question, I only wanted to say that the new menu saves me a click all day.",
        "",
        Kind::Feedback,
    ),
    ask(
        "Dark mode for charts",
        "The charts stay white in dark mode. Could they follow?",
        "product_analytics",
        Kind::Feature,
    ),
    ask(
        "Where do I find my API key?",
        "I am new here and cannot find the key that the set-up asks for.",
        "",
        Kind::Question,
    ),
];

const ANSWERS: &[&str] = &[
    "Thanks for the details. I can reproduce it: the library reads the flags before the storage is ready.\n\nThe fix is in version **41.2**. Until then this helps:\n\n```js\nflags.reload()\n```",
    "That is possible. Open the settings of the project, choose *Advanced* and switch it on. Tell me if it is not there.",
    "I looked at your project: the two numbers use different time zones. Set both to the same one and they agree.",
    "You are right, this is wrong on our side. I have corrected it; it can take an hour until you see it.",
    "Not yet, but it is planned. I have added your vote to the request.",
];

const NOTES: &[&str] = &[
    "Same as the storage bug of March, @Ada? The stack looks alike.",
    "Looked at the logs: two retries, then a timeout of 30 s. Asking the data team before I answer.",
    "Customer is on an old version of the library, see the context.",
];

const FOLLOW_UPS: &[&str] = &[
    "Thanks! I tried it, and it works for most of us. One colleague still sees the old behaviour.",
    "Any news? We show this to our board tomorrow.",
    "Where exactly do I find that? I do not see it in the menu.",
];

/// What heroes say about the first tickets they hand over; about the others they say nothing.
pub(super) const WORDS: &[(Mark, &str)] = &[
    (Mark::Told, "Talked it through, the trace is in the note."),
    (Mark::Waiting, "The customer sends a recording by then."),
];

/// The note of an escalation.
pub(super) const ESCALATION: &str = "**Why:** this needs somebody who knows the ingestion.\n\n**Tried:** cleared the cache, newest version, another browser.\n\n**Expected:** find out why the events arrive late, and a word to the customer.";

/// How customers found the help, and what some of them added.
pub(super) const RATINGS: [(u8, &str); 12] = [
    (5, ""),
    (5, "Quick and to the point, thank you."),
    (4, ""),
    (5, ""),
    (4, "It works. The docs could have told me."),
    (5, "An engineer who knew the product answered me. More of that."),
    (3, ""),
    (4, ""),
    (5, "Fixed the same day."),
    (2, "It took three days until somebody understood the question."),
    (5, ""),
    (1, "The answer was a link to a page I had named in my question."),
];

/// An agent's answer.
pub(super) fn answer(index: usize) -> &'static str {
    ANSWERS[index % ANSWERS.len()]
}

/// An agent's note.
pub(super) fn note(index: usize) -> &'static str {
    NOTES[index % NOTES.len()]
}

/// A customer's next message.
pub(super) fn follow_up(index: usize) -> &'static str {
    FOLLOW_UPS[index % FOLLOW_UPS.len()]
}

/// Organizations with their mail domain and the facts that decide priorities.
fn organizations() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        (
            "Fernlight",
            "fernlight.test",
            json!({ "plan": "paid", "mrr": 2400, "addons": ["teams"], "card": true }),
        ),
        ("Tallow & Sons", "tallow.test", json!({ "plan": "paid", "mrr": 5200, "card": true })),
        ("Marl Analytics", "marl.test", json!({ "plan": "startups", "mrr": 0, "card": true })),
        ("Quillwork", "quillwork.test", json!({ "plan": "yc", "mrr": 0, "card": false })),
        (
            "Harbor Nine",
            "harbornine.test",
            json!({ "plan": "ridiculously-cheap", "mrr": 90, "card": true }),
        ),
        (
            "Osier Labs",
            "osier.test",
            json!({ "plan": "free", "mrr": 0, "trial": true, "card": false }),
        ),
        ("Pebble & Pine", "pebblepine.test", json!({ "plan": "free", "mrr": 0, "card": false })),
        (
            "Lantern Freight",
            "lanternfreight.test",
            json!({ "plan": "paid", "mrr": 700, "card": true }),
        ),
        (
            "Brookhollow School",
            "brookhollow.test",
            json!({ "plan": "free", "mrr": 0, "card": false }),
        ),
        (
            "Copperline",
            "copperline.test",
            json!({ "plan": "paid", "mrr": 3100, "addons": ["teams", "sso"], "card": true }),
        ),
    ]
}

const NAMES: &[&str] =
    &["Dana", "Kim", "Lu", "Noor", "Pat", "Robin", "Sasha", "Toni", "Yuki", "Remy", "Alex", "Mika"];
/// Family names that say what they are, so that no two people have the same names.
const FAMILIES: &[&str] = &["Sample", "Example", "Specimen", "Placeholder", "Instance"];

/// What the sample app sends along.
pub(super) fn sent_along(ticket: usize) -> Map<String, Value> {
    let pages = ["flags", "replay", "insights", "settings/billing"];
    let browsers = ["Chrome 130 on macOS", "Safari 18 on iOS", "Firefox 132 on Linux"];
    let sent = json!({
        "page": format!("https://app.example.test/{}", pages[ticket % pages.len()]),
        "version": format!("41.{}", ticket % 9),
        "browser": browsers[ticket % browsers.len()],
        "zone": "Europe/London",
        "replay": format!("https://replay.example.test/{ticket}"),
    });
    sent.as_object().cloned().unwrap_or_default()
}

/// Makes organizations and their people known.
pub(super) fn people(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Customer>, Error> {
    let ctx = ctx.acting_as(Actor::System);
    let mut customers = Vec::new();
    for (index, (name, domain, fields)) in organizations().into_iter().enumerate() {
        let input = desk::organizations::Input {
            name: Some(name.to_owned()),
            domains: Some(vec![domain.to_owned()]),
            fields: fields.as_object().cloned().unwrap_or_default(),
            ..desk::organizations::Input::default()
        };
        desk::organizations::create(tx, &ctx, &input)?;
        for offset in 0..3 {
            let place = index * 3 + offset;
            let person = NAMES[place % NAMES.len()];
            let family = FAMILIES[place / NAMES.len() % FAMILIES.len()];
            let email = format!("{}@{domain}", person.to_lowercase());
            customers.push(customer(tx, &ctx, &email, &format!("{person} {family}"))?);
        }
    }
    for name in ["jo", "sam", "ray"] {
        customers.push(customer(tx, &ctx, &format!("{name}@example.test"), name)?);
    }
    Ok(customers)
}

/// Lists that everybody has beside the built-in ones: title and query.
const VIEWS: [(&str, &str); 2] = [
    ("Bugs, unsolved", "kind:bug status<solved order_by:due sort:asc"),
    ("Critical this week", "severity:critical created>7days order_by:created sort:desc"),
];

/// Keeps the lists.
pub(super) fn views(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(), Error> {
    for (title, query) in VIEWS {
        let input = desk::views::Input {
            title: Some(title.to_owned()),
            query: Some(query.to_owned()),
            kept_for: Some(ViewFor::Everybody),
            ..desk::views::Input::default()
        };
        desk::views::create(tx, ctx, &input)?;
    }
    Ok(())
}

fn customer(tx: &mut Tx<'_>, ctx: &Ctx, email: &str, name: &str) -> Result<Customer, Error> {
    desk::users::find_or_create(tx, ctx, email, Some(name)).map(|user| Customer { id: user.id })
}

/// The handbook's members with their first team.
pub(super) fn agents(tx: &mut Tx<'_>, handbook: &Handbook) -> Result<Vec<Agent>, Error> {
    let teams = desk::tickets::beside::teams(tx)?;
    let mut agents = Vec::new();
    for team in &handbook.teams {
        let Some(id) =
            teams.iter().find(|one| one.slug.as_deref() == Some(&team.slug)).map(|one| one.id)
        else {
            continue;
        };
        for email in &team.members {
            if let Some(user) = desk::sessions::candidate(tx, email)? {
                agents.push(Agent { id: user.id, team: id, slug: team.slug.clone() });
            }
        }
    }
    Ok(agents)
}

/// Mail that becomes no ticket by itself: one that waits for a decision, and one that no person wrote.
pub(super) const LETTERS: [&str; 2] = [
    "Subject: Our invoice\r\nMessage-ID: <invoice@sample.test>\r\nTo: support@acme.test\r\n\r\n\
     Hello, our last invoice names the old address. Could you send it again?\r\n",
    "From: News <news@letters.test>\r\nSubject: Ten ways to write less\r\n\
     Message-ID: <ten@letters.test>\r\nTo: support@acme.test\r\nList-Id: <news.letters.test>\r\n\r\n\
     This week: ten ways to write less.\r\n",
];
