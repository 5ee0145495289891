//! How was our help? Opening the link records nothing, whoever opens it and how often; only the form does. (CS-04 to CS-07)
//!
//! The signature in the address is the credential: there is no cookie, no script, and nothing of the ticket on the page.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use desk::surveys::{self, Link, MOST_WORDS, Opened, Said, Standing};
use desk::{Act, Error};
use domain::Rating;
use maud::Markup;

use crate::components::survey::{self as pages_of, Filled, SurveyPage};
use crate::form::Form;
use crate::frame;
use crate::problem::{Answer, Problem};
use crate::routes::{SURVEY, SURVEY_REFUSAL};
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::{self, Language};

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get(SURVEY, Act::AnswerSurvey, show).signed(),
        Route::post(SURVEY, Act::AnswerSurvey, answer).signed(),
        Route::get(SURVEY_REFUSAL, Act::AnswerSurvey, show_refusal).signed(),
        Route::post(SURVEY_REFUSAL, Act::AnswerSurvey, refuse).signed(),
    ]
}

/// A page in a language.
fn page(visitor: &Visitor, locale: Language) -> SurveyPage<'_> {
    SurveyPage {
        lang: locale.tag(),
        texts: words::survey(locale),
        company: &visitor.ctx.handbook.company.name,
        most: MOST_WORDS,
        changeable: visitor.ctx.handbook.csat.changeable,
    }
}

/// The language the address asks for; an expired link and one that never was must look alike.
fn asked_for(visitor: &Visitor) -> Language {
    Language::nearest(visitor.query.get("lang"))
}

/// What the address is. One that somebody changed is counted.
fn opened(visitor: &Visitor) -> Opened {
    let opened = Link::open(&visitor.ctx, |name| visitor.query.get(name));
    if opened == Opened::Forged && visitor.query.some("signature").is_some() {
        visitor.desk.count_forged_link();
    }
    opened
}

fn with(status: StatusCode, page: Markup) -> Response {
    (status, frame::html(page)).into_response()
}

async fn show(visitor: Visitor) -> Answer {
    let Opened::Good(link) = opened(&visitor) else {
        return Ok(gone(&visitor, StatusCode::OK, &Filled::default()));
    };
    let ctx = visitor.ctx.clone();
    let standing = visitor.desk.read(ctx, move |tx, ctx| surveys::look(tx, ctx, &link)).await?;
    let Some(standing) = standing else {
        return Ok(gone(&visitor, StatusCode::OK, &Filled::default()));
    };
    if standing.settled {
        return Ok(thanks(&visitor, standing));
    }
    let clicked = visitor.query.get("rating").parse().ok();
    let filled = Filled {
        rating: clicked.or(standing.rating),
        has_words: standing.has_words,
        ..Filled::default()
    };
    Ok(with(StatusCode::OK, pages_of::form(page(&visitor, standing.locale), &filled)))
}

async fn answer(visitor: Visitor, form: Form) -> Answer {
    match opened(&visitor) {
        Opened::Good(link) => rate(&visitor, link, &form).await,
        Opened::Expired(link) => tell(&visitor, Some(link), &form).await,
        Opened::Forged => tell(&visitor, None, &form).await,
    }
}

async fn rate(visitor: &Visitor, link: Link, form: &Form) -> Answer {
    let asked = link.clone();
    let ctx = visitor.ctx.clone();
    let standing = visitor.desk.read(ctx, move |tx, ctx| surveys::look(tx, ctx, &asked)).await?;
    let Some(standing) = standing else { return tell(visitor, None, form).await };
    let Ok(rating) = form.get("rating").trim().parse::<Rating>() else {
        return Ok(wrong(visitor, standing, form, None));
    };
    let words = form.get("comment").to_owned();
    let ctx = visitor.ctx.clone();
    let said = visitor
        .desk
        .write(ctx, move |tx, ctx| surveys::answer(tx, ctx, &link, rating, &words))
        .await;
    match said {
        Ok(Said::Taken(standing) | Said::Settled(standing)) => Ok(thanks(visitor, standing)),
        Ok(Said::Gone) => Ok(refused(visitor, form)),
        Err(Error::Invalid(_)) => Ok(wrong(visitor, standing, form, Some(rating))),
        Err(error) => Err(error.into()),
    }
}

/// The form once more, with what is wrong: no rating of the scale, or, if there is one, too many words.
fn wrong(visitor: &Visitor, standing: Standing, form: &Form, rating: Option<Rating>) -> Response {
    let page = page(visitor, standing.locale);
    let too_long = too_long(page);
    let words = cut(form.get("comment"));
    let filled = Filled {
        rating,
        words: &words,
        has_words: standing.has_words,
        wrong_rating: rating.is_none(),
        wrong_words: rating.map(|_| too_long.as_str()),
    };
    with(StatusCode::UNPROCESSABLE_ENTITY, pages_of::form(page, &filled))
}

fn too_long(page: SurveyPage<'_>) -> String {
    page.texts.too_long.replace("{most}", &MOST_WORDS.to_string())
}

/// Words by a link that is no longer good, or never was, go to the team; an answer does not, and is not lost either.
async fn tell(visitor: &Visitor, link: Option<Link>, form: &Form) -> Answer {
    let Some(words) = form.some("comment").filter(|_| form.some("rating").is_none()) else {
        return Ok(refused(visitor, form));
    };
    let words = words.to_owned();
    let ctx = visitor.ctx.clone();
    let told =
        visitor.desk.write(ctx, move |tx, ctx| surveys::tell(tx, ctx, link.as_ref(), &words)).await;
    let page = page(visitor, asked_for(visitor));
    match told {
        Ok(()) => Ok(with(StatusCode::OK, pages_of::told(page))),
        Err(Error::Invalid(_)) => {
            let (too_long, words) = (too_long(page), cut(form.get("comment")));
            let filled =
                Filled { words: &words, wrong_words: Some(&too_long), ..Filled::default() };
            Ok(gone(visitor, StatusCode::UNPROCESSABLE_ENTITY, &filled))
        }
        Err(error) => Err(error.into()),
    }
}

/// Nothing was recorded; what was written stands there still, for the team.
fn refused(visitor: &Visitor, form: &Form) -> Response {
    let words = cut(form.get("comment"));
    gone(visitor, StatusCode::GONE, &Filled { words: &words, ..Filled::default() })
}

fn gone(visitor: &Visitor, status: StatusCode, filled: &Filled<'_>) -> Response {
    with(status, pages_of::gone(page(visitor, asked_for(visitor)), filled))
}

/// As much of the words as is taken.
fn cut(words: &str) -> String {
    words.chars().take(MOST_WORDS).collect()
}

fn thanks(visitor: &Visitor, standing: Standing) -> Response {
    let page = page(visitor, standing.locale);
    let zone = visitor.ctx.handbook.company_calendar().zone();
    let until = standing.until.filter(|_| !standing.settled);
    let until = until.map(|at| page.texts.until(at, zone));
    let thanks = pages_of::thanks(page, standing.rating, until.as_deref(), &visitor.path);
    with(StatusCode::OK, thanks)
}

/// Opening the page changes nothing: scanners open every link of a mail.
async fn show_refusal(visitor: Visitor) -> Answer {
    let page = page(&visitor, asked_for(&visitor));
    match surveys::refusal_of(&visitor.ctx, |name| visitor.query.get(name)) {
        Some(_) => Ok(with(StatusCode::OK, pages_of::refusal(page))),
        None => Err(Problem::NotFound),
    }
}

/// From the page, or by the one request that mail programs send. (CS-03, RFC 8058)
async fn refuse(visitor: Visitor, form: Form) -> Answer {
    let person = surveys::refusal_of(&visitor.ctx, |name| visitor.query.get(name));
    let person = person.ok_or(Problem::NotFound)?;
    let again = form.some("again").is_some();
    let ctx = visitor.ctx.clone();
    visitor
        .desk
        .write(ctx, move |tx, ctx| {
            if again { surveys::allow(tx, person) } else { surveys::refuse(tx, ctx, person) }
        })
        .await?;
    let page = page(&visitor, asked_for(&visitor));
    let done = if again { pages_of::allowed(page) } else { pages_of::refused(page) };
    Ok(with(StatusCode::OK, done))
}
