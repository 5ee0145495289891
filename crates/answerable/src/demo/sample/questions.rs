//! Answered questions of the sample company, so that there is something to find.

use desk::questions::{self, Input};
use desk::{Ctx, Error, Tx};
use domain::{Actor, Role};

/// Title, question, answer and area.
const ANSWERED: [(&str, &str, &str, &str); 4] = [
    (
        "Why do flags fall back to their default on Safari?",
        "Since an update every flag is off in Safari, and on everywhere else.",
        "Safari drops the cookie that remembers who somebody is. Set `persistence` to `localStorage`:\n\n```js\ninit(key, { persistence: \"localStorage\" });\n```\n\nFlags are there again with the next page.",
        "feature_flags",
    ),
    (
        "How do I keep a field out of session recordings?",
        "There are names in a form that nobody should see.",
        "Give the element the class `no-capture`, or mask all inputs in the project's settings. What was recorded before stays as it is; delete those recordings.",
        "session_replay",
    ),
    (
        "Why does a funnel show fewer people than its first step?",
        "The first step alone has more people than the funnel says.",
        "A funnel counts whoever does the steps in order within its window, fourteen days unless you say otherwise. Widen the window, or let the steps come in any order.",
        "product_analytics",
    ),
    (
        "Can I get an invoice with our tax number on it?",
        "Our accountants want it on every invoice, also on the last ones.",
        "Enter it under *Billing, Details*; it is on every invoice from then on. For earlier ones ask us and name their numbers.",
        "billing",
    ),
];

/// Publishes them, in the name of somebody who answers.
pub(super) fn publish(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(), Error> {
    let mut members = ctx.handbook.teams.iter().flat_map(|team| &team.members);
    let Some(author) = members.next() else { return Ok(()) };
    let Some(author) = desk::sessions::candidate(tx, author)? else { return Ok(()) };
    let ctx = ctx.acting_as(Actor::Person { id: author.id, role: Role::Agent });
    for (title, body, answer, area) in ANSWERED {
        let area = ctx.handbook.area(area).map(|area| area.slug.clone());
        let input = Input {
            title: Some(title.to_owned()),
            body: Some(body.to_owned()),
            answer: Some(answer.to_owned()),
            area: Some(area),
            is_checked: true,
            ..Input::default()
        };
        questions::publish(tx, &ctx, &input)?;
    }
    Ok(())
}
