//! Prepared words of the sample company, so that a known question takes one word more.

use desk::macros::{Input, create};
use desk::{Ctx, Error, Tx};
use domain::ViewFor;
use domain::actions::{Object, Value};

/// Title, what it is for, words, and the status that follows.
const PREPARED: [(&str, &str, &str, &str); 3] = [
    (
        "Replay::Mask a field",
        "A field is seen in recordings",
        "Hi {{ticket.requester.first_name}},\n\ngive the element the class `no-capture`, and it is masked from the next recording on. What was recorded before stays as it is; delete those recordings.",
        "pending",
    ),
    (
        "Ask for the versions",
        "A bug report without versions",
        "Hi {{ticket.requester.first_name}},\n\nwhich version of the library do you have, and in which browser does it happen?",
        "pending",
    ),
    (
        "Billing::Invoices",
        "A change on an invoice",
        "Hi {{ticket.requester.first_name}},\n\nenter it under *Billing, Details*; it is on every invoice from then on. For earlier ones send us their numbers.",
        "solved",
    ),
];

/// Keeps them for everybody.
pub(super) fn keep(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(), Error> {
    for (title, about, words, status) in PREPARED {
        let action = |field: &str, value: &str| Object {
            field: field.to_owned(),
            value: Value::One(value.to_owned()),
        };
        let input = Input {
            title: Some(title.to_owned()),
            description: Some(Some(about.to_owned())),
            actions: Some(vec![action("comment_value", words), action("status", status)]),
            kept_for: Some(ViewFor::Everybody),
            ..Input::default()
        };
        create(tx, ctx, &input)?;
    }
    Ok(())
}
