//! The survey's pages: small, without script, in the customer's language, and without a word of the ticket. (CS-06, CS-07)

use domain::Rating;
use maud::{Markup, html};

use super::shell::plain_document;
use crate::words::SurveyTexts;

/// What every page of the survey has.
#[derive(Clone, Copy, Debug)]
pub struct SurveyPage<'a> {
    /// The tag of the language.
    pub lang: &'a str,
    /// The words.
    pub texts: &'a SurveyTexts,
    /// Who asks.
    pub company: &'a str,
    /// How many characters of words are taken.
    pub most: usize,
    /// For how many elapsed seconds an answer can be changed.
    pub changeable: i64,
}

/// What is chosen and written so far, and what is wrong with it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filled<'a> {
    /// The rating.
    pub rating: Option<Rating>,
    /// The words typed.
    pub words: &'a str,
    /// Whether words were sent before.
    pub has_words: bool,
    /// What is wrong with the rating.
    pub wrong_rating: bool,
    /// What is wrong with the words.
    pub wrong_words: Option<&'a str>,
}

/// Five answers and room for words.
pub fn form(page: SurveyPage<'_>, filled: &Filled<'_>) -> Markup {
    let texts = page.texts;
    let hint = filled.has_words.then_some(texts.kept);
    document(
        page,
        texts.question,
        &html! {
            form method="post" {
                fieldset.field #rating aria-describedby=[filled.wrong_rating.then_some("rating-error")] {
                    legend { h1 { (texts.question) } }
                    @if filled.wrong_rating { p.error #rating-error role="alert" { (texts.choose) } }
                    @for rating in Rating::ALL {
                        label.choice {
                            input type="radio" name="rating" value=(rating) checked[filled.rating == Some(rating)] required;
                            (rating) " " (texts.rating(rating))
                        }
                    }
                }
                (words_field(page, texts.words, hint, filled))
                div.field-actions {
                    button.button.primary type="submit" { (texts.send) }
                    span.hint { (texts.changeable(page.changeable)) }
                }
            }
        },
    )
}

/// The answer is there; until when it can be changed, or that it cannot.
pub fn thanks(
    page: SurveyPage<'_>,
    rating: Option<Rating>,
    until: Option<&str>,
    back: &str,
) -> Markup {
    let texts = page.texts;
    document(
        page,
        texts.thanks,
        &html! {
            h1 { (texts.thanks) }
            @if let Some(rating) = rating { p { strong { (rating) " " (texts.rating(rating)) } } }
            @match until {
                Some(until) => {
                    p { (until) }
                    p { a href=(back) { (texts.change) } }
                }
                None => p { (texts.settled) },
            }
        },
    )
}

/// A link that is over, or never was: one page for both. (CS-07)
pub fn gone(page: SurveyPage<'_>, filled: &Filled<'_>) -> Markup {
    let texts = page.texts;
    document(
        page,
        texts.gone,
        &html! {
            h1 { (texts.gone) }
            form method="post" {
                (words_field(page, texts.tell, None, filled))
                div.field-actions { button.button.primary type="submit" { (texts.tell_button) } }
            }
        },
    )
}

/// The words went to the team.
pub fn told(page: SurveyPage<'_>) -> Markup {
    let texts = page.texts;
    document(page, texts.thanks, &html! { h1 { (texts.thanks) } p { (texts.told) } })
}

/// Whether one wants no more surveys.
pub fn refusal(page: SurveyPage<'_>) -> Markup {
    let texts = page.texts;
    document(
        page,
        texts.stop_question,
        &html! {
            h1 { (texts.stop_question) }
            p { (texts.stop_why) }
            form method="post" { button.button.primary type="submit" { (texts.stop) } }
        },
    )
}

/// It is done, with the way back.
pub fn refused(page: SurveyPage<'_>) -> Markup {
    let texts = page.texts;
    document(
        page,
        texts.stopped,
        &html! {
            h1 { (texts.stopped) }
            form method="post" {
                button.button type="submit" name="again" value="true" { (texts.again) }
            }
        },
    )
}

/// It is undone.
pub fn allowed(page: SurveyPage<'_>) -> Markup {
    document(page, page.texts.asking, &html! { h1 { (page.texts.asking) } })
}

fn words_field(
    page: SurveyPage<'_>,
    label: &str,
    hint: Option<&str>,
    filled: &Filled<'_>,
) -> Markup {
    let error = filled.wrong_words.map(|_| "comment-error");
    let described = error.or(hint.map(|_| "comment-hint"));
    html! {
        div.field {
            label for="comment" { (label) }
            @if let Some(hint) = hint { p.hint #comment-hint { (hint) } }
            @if let Some(error) = filled.wrong_words { p.error #comment-error role="alert" { (error) } }
            textarea #comment name="comment" rows="4" maxlength=(page.most) dir="auto"
                aria-describedby=[described] aria-invalid=[error.map(|_| "true")] { (filled.words) }
        }
    }
}

fn document(page: SurveyPage<'_>, title: &str, main: &Markup) -> Markup {
    let title = format!("{title} · {}", page.company);
    let body = html! {
        header.plain-top { strong { (page.company) } }
        main.column.narrow { (main) }
    };
    plain_document(page.lang, &title, &body)
}
