//! Sending a mail that did not arrive to another address.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use desk::{Act, Error, FieldError};
use domain::DeliveryId;
use maud::html;

use super::super::{Seen, number};
use crate::components::button::{self, Button};
use crate::components::field::{Control, Field, field, summary};
use crate::form::Form;
use crate::problem::Answer;
use crate::table::Route;
use crate::visitor::{Visitor, referer};
use crate::words::Text;
use crate::{bulk, frame, routes};

pub(super) fn pages() -> Vec<Route> {
    const PATH: &str = "/tickets/{id}/deliveries/{delivery}/address";
    vec![Route::get(PATH, Act::WorkTickets, show), Route::post(PATH, Act::WorkTickets, send)]
}

async fn show(visitor: Visitor, Path((id, delivery)): Path<(String, String)>) -> Answer {
    ask(&visitor, &id, &delivery, "", &[]).await
}

/// The form, with what was typed and what is wrong with it.
async fn ask(
    visitor: &Visitor,
    id: &str,
    delivery: &str,
    typed: &str,
    errors: &[FieldError],
) -> Answer {
    let (id, delivery) = (number(id)?, DeliveryId(number(delivery)?.0));
    let seen = Seen::read(visitor, id, 1).await?;
    let mail = seen.whole.deliveries.iter().find(|one| one.delivery.id == delivery);
    let mail = mail.ok_or(Error::NotFound)?;
    let words = seen.reader.words;
    let (to, name) = (mail.delivery.to.join(", "), seen.requester());
    let means = words.fill(Text::ElsewhereMeans, &[("to", &to), ("name", &name)]);
    let email = Field {
        control: Control::Line { kind: "email", autocomplete: "off" },
        value: typed,
        error: errors.first().map(|error| error.description.as_str()),
        ..Field::line("email", words.say(Text::ElsewhereEmail))
    };
    let form = html! {
        form.stack method="post" action=(routes::elsewhere(id.0, delivery.0)) {
            (button::csrf(&seen.reader))
            p { (means) }
            (summary(words, &[&email]))
            (field(words, &email))
            div.field-actions {
                (button::submit(Button::primary(words.say(Text::ButtonElsewhere))))
                a.button href=(routes::ticket(id.0)) data-close { (words.say(Text::Cancel)) }
            }
        }
    };
    let title = words.say(Text::TitleElsewhere);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    if visitor.fragment {
        let form = frame::html(html! { h2 #dialog-heading { (title) } (form) });
        return Ok((status, form).into_response());
    }
    let main = html! {
        p.ticket-way { a href=(routes::ticket(id.0)) { (seen.title()) } }
        h1 tabindex="-1" { (title) }
        (form)
    };
    let tab = format!("{title}, #{id}");
    let frame = frame::Frame { title: &tab, ..frame::Frame::default() };
    let page = frame::workspace(visitor, &seen.reader, frame, &main, None).await?;
    Ok((status, frame::html(page)).into_response())
}

async fn send(
    visitor: Visitor,
    Path((id, delivery)): Path<(String, String)>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let (ticket, mail) = (number(&id)?, DeliveryId(number(&delivery)?.0));
    let email = form.get("email").trim().to_owned();
    let typed = email.clone();
    let sent = visitor
        .desk
        .write(visitor.ctx.clone(), move |tx, ctx| {
            desk::deliveries::send_elsewhere(tx, ctx, ticket, mail, &email)
        })
        .await;
    match sent {
        // It is on its way already: pressed twice.
        Ok(()) | Err(Error::Conflict(_)) => {
            let to = routes::ticket(ticket.0);
            bulk::told(&visitor, (referer(&headers), &to), &[ticket], None).await
        }
        Err(Error::Invalid(errors)) => ask(&visitor, &id, &delivery, &typed, &errors).await,
        Err(error) => Err(error.into()),
    }
}
