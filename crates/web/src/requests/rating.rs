//! How the help was, said on the page of one's own request: the same one answer that the link in the mail asks for. (CS-02)

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Redirect};
use desk::Error;
use desk::surveys::{self, MOST_WORDS, OwnRating};
use domain::{Rating, Refusal, TicketId};
use maud::{Markup, html};

use crate::components::button::{self, Button};
use crate::components::notice::{Tone, message_box};
use crate::form::Form;
use crate::problem::Answer;
use crate::reader::Reader;
use crate::tickets::number;
use crate::visitor::Visitor;
use crate::words::{self, Text};
use crate::{frame, routes};

/// What was wrong with an answer, and what was chosen and typed.
pub(super) struct Refused<'a> {
    why: &'a str,
    rating: Option<Rating>,
    words: &'a str,
}

/// The five answers and room for words; what was said, once it cannot be changed.
pub(super) fn form(
    reader: &Reader,
    id: TicketId,
    own: &OwnRating,
    thanks: bool,
    wrong: Option<&Refused<'_>>,
) -> Markup {
    let texts = words::survey(reader.words.language);
    let chosen = wrong.map_or(own.rating, |wrong| wrong.rating.or(own.rating));
    let typed = wrong.map_or(own.words.as_deref().unwrap_or_default(), |wrong| wrong.words);
    if own.is_settled {
        return html! {
            section.own-rating aria-labelledby="rate" {
                h2 #rate { (texts.question) }
                @if let Some(rating) = own.rating { p { strong { (rating) " " (texts.rating(rating)) } } }
                p.muted { (texts.settled) }
            }
        };
    }
    html! {
        section.own-rating aria-labelledby="rate" {
            h2 #rate { (texts.question) }
            @if thanks { (message_box("rated", Tone::Ok, texts.thanks, &html! {})) }
            form method="post" action={ (routes::request(id.0)) "/rating" } {
                (button::csrf(reader))
                @if let Some(wrong) = wrong { p.error #rating-error role="alert" { (wrong.why) } }
                fieldset.field aria-labelledby="rate" aria-describedby=[wrong.map(|_| "rating-error")] {
                    @for rating in Rating::ALL {
                        div { label.choice {
                            input type="radio" name="rating" value=(rating) checked[chosen == Some(rating)] required;
                            span { (rating) " " (texts.rating(rating)) }
                        } }
                    }
                }
                div.field {
                    label for="comment" { (texts.words) }
                    textarea #comment name="comment" rows="3" maxlength=(MOST_WORDS) dir="auto" { (typed) }
                }
                div.field-actions {
                    (button::submit(Button::plain(texts.send)))
                    span.hint { (texts.changeable(own.changeable)) }
                }
            }
        }
    }
}

/// Takes the answer.
pub(super) async fn rate(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = number(&id)?;
    let texts = words::survey(visitor.language);
    let rating = form.get("rating").trim().parse::<Rating>().ok();
    let again = |why: String| {
        let visitor = &visitor;
        let typed: String = form.get("comment").chars().take(MOST_WORDS).collect();
        async move {
            let wrong = Refused { why: &why, rating, words: &typed };
            super::own::page(visitor, id, "", None, Some(&wrong)).await
        }
    };
    if let Err(Error::TooMany { seconds }) = super::ask::admit(&visitor, &form) {
        let why = visitor.customer().words.count(Text::WidgetTooOften, seconds);
        let page = again(why).await?;
        let wait = [(RETRY_AFTER, seconds.to_string())];
        return Ok((StatusCode::TOO_MANY_REQUESTS, wait, frame::html(page)).into_response());
    }
    let Some(rated) = rating else {
        let page = again(texts.choose.to_owned()).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, frame::html(page)).into_response());
    };
    let words = form.get("comment").to_owned();
    let done = visitor
        .desk
        .write(visitor.ctx.clone(), move |tx, ctx| {
            // Agents ask for help too, and then see no more than any customer.
            desk::tickets::show_own(tx, ctx, id)?;
            surveys::rate(tx, ctx, id, rated, &words)
        })
        .await;
    let why = match done {
        Ok(_) => {
            let to = format!("{}?thanks=1#rate", routes::request(id.0));
            return Ok(Redirect::to(&to).into_response());
        }
        Err(Error::Refused(Refusal::RatingSettled { .. })) => texts.settled.to_owned(),
        Err(Error::Refused(refusal)) => {
            super::refused(visitor.customer().words, &refusal).to_owned()
        }
        Err(Error::Invalid(_)) => texts.too_long.replace("{most}", &MOST_WORDS.to_string()),
        Err(error) => return Err(error.into()),
    };
    let page = again(why).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, frame::html(page)).into_response())
}
