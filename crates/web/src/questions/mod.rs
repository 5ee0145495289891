//! Answered questions that everybody may read and search, and whether a page was useful. (CH-04, COM-03)

mod forms;
mod gaps;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use desk::limits::Limit;
use desk::questions::{self, Answered, Hit, MOST_WORDS, Remark, Verdict, Verdicts};
use desk::{Act, Error, Page, Start};
use domain::QuestionId;
use domain::questions::QuestionState;
use maud::{Markup, html};

use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::excerpt::excerpt;
use crate::components::field::{Control, Field, field};
use crate::components::notice::{Tone, message_box};
use crate::components::prose::prose;
use crate::components::time::past;
use crate::form::{Form, escaped};
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::{Text, Words};
use crate::{frame, routes};

/// How many questions a page lists.
const SIZE: i64 = 50;
/// How many a search finds.
const FOUND: usize = 20;
/// How many are offered while somebody types.
const OFFERED: usize = 3;

pub(crate) fn pages() -> Vec<Route> {
    let mut all = vec![
        Route::get(routes::QUESTIONS, Act::ReadPublic, list),
        Route::get(routes::MATCHING, Act::ReadPublic, matching),
        Route::get("/questions/{id}", Act::ReadPublic, show),
        Route::post("/questions/{id}/feedback", Act::JudgePage, judge),
        Route::get(routes::DOCS_GAPS, Act::ReadDesk, gaps::list),
        Route::post("/questions/{id}/mending", Act::WorkTickets, gaps::mend),
        Route::post("/questions/{id}/reopening", Act::WorkTickets, gaps::reopen),
    ];
    all.extend(forms::pages());
    all
}

fn number(text: &str) -> Result<QuestionId, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

async fn find(visitor: &Visitor, text: &str, most: usize) -> Result<Vec<Hit>, Error> {
    let (text, locale) = (text.to_owned(), visitor.language);
    let find = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
        questions::matching(tx, ctx, &text, locale, most)
    };
    visitor.desk.read(visitor.ctx.clone(), find).await
}

/// The search, and what is found; without words the newest.
async fn list(visitor: Visitor) -> Answer {
    let query = visitor.query.get("q").trim().to_owned();
    let reader = visitor.everybody();
    let words = reader.words;
    let shown = if query.is_empty() {
        newest(&visitor, &reader).await?
    } else {
        found(words, &query, &find(&visitor, &query, FOUND).await?)
    };
    let main = html! {
        div.heading {
            h1 tabindex="-1" { (words.say(Text::Questions)) }
            @if visitor.answers() {
                a href=(routes::DOCS_GAPS) { (words.say(Text::DocsGaps)) }
                (button::link(routes::NEW_QUESTION, Button::plain(words.say(Text::PublishQuestion))))
            }
        }
        form.question-search role="search" aria-label=(words.say(Text::Questions)) method="get" action=(routes::QUESTIONS) {
            div.field {
                label for="q" { (words.say(Text::SearchQuestions)) }
                input #q name="q" type="search" value=(query) autocomplete="off" dir="auto";
            }
            (button::submit(Button::primary(words.say(Text::SearchButton))))
        }
        (shown)
        p { (words.say(Text::NotAnsweredHere)) " " a href=(routes::NEW_REQUEST) { (words.say(Text::AskForHelp)) } }
    };
    let title = words.say(Text::Questions);
    Ok(frame::html(frame::everybodys(&visitor, &reader, title, &main).await?))
}

async fn newest(visitor: &Visitor, reader: &Reader) -> Result<Markup, Problem> {
    let start = visitor
        .query
        .number("after")
        .map_or(Start::Offset(0), |id| Start::After(desk::Key { value: None, id }));
    let page = Page { start, size: SIZE + 1, descending: true };
    let ctx = visitor.ctx.clone();
    let mut all = visitor.desk.read(ctx, move |tx, ctx| questions::list(tx, ctx, &page)).await?;
    let size = usize::try_from(SIZE).unwrap_or_default();
    let more = all.len() > size;
    all.truncate(size);
    let words = reader.words;
    let last = all.last().map(|one| one.question.id).filter(|_| more);
    Ok(html! {
        @if all.is_empty() {
            (empty_state(words.say(Text::NoQuestions), words.say(Text::NoQuestionsWhy), None))
        } @else {
            ul.questions { @for one in &all {
                li {
                    h2 { (link(one)) }
                    p.muted { (past(reader, one.question.updated_at)) }
                }
            } }
        }
        @if let Some(last) = last {
            nav.pages aria-label=(words.say(Text::Pages)) {
                a.button.quiet href={ (routes::QUESTIONS) "?after=" (last) } rel="next" { (words.say(Text::Older)) }
            }
        }
    })
}

fn found(words: Words, query: &str, hits: &[Hit]) -> Markup {
    html! {
        @if hits.is_empty() {
            (empty_state(&words.fill(Text::NoAnswerFound, &[("query", &query)]), words.say(Text::NoAnswerFoundWhy), None))
        } @else {
            ul.questions { @for hit in hits {
                li {
                    h2 { (link(&hit.answered)) }
                    p lang=(hit.answered.question.locale.tag()) { (excerpt(&hit.excerpt)) }
                }
            } }
        }
    }
}

fn link(one: &Answered) -> Markup {
    let question = &one.question;
    html! { a href=(routes::question(question.id.0)) lang=(question.locale.tag()) dir="auto" { (question.title) } }
}

/// A line for a form: what fits the words in it. Nothing at all if nothing fits.
async fn matching(visitor: Visitor) -> Answer {
    let query = visitor.query.get("q").trim().to_owned();
    let hits = find(&visitor, &query, OFFERED).await?;
    if !visitor.fragment {
        return Ok(
            Redirect::to(&format!("{}?q={}", routes::QUESTIONS, escaped(&query))).into_response()
        );
    }
    let words = visitor.everybody().words;
    let count = i64::try_from(hits.len()).unwrap_or_default();
    Ok(frame::html(html! {
        @if !hits.is_empty() {
            details {
                summary { (words.count(Text::AnswersMayHelp, count)) }
                ul { @for hit in &hits {
                    @let question = &hit.answered.question;
                    li {
                        a href=(routes::question(question.id.0)) target="_blank" lang=(question.locale.tag()) dir="auto" { (question.title) }
                        span.hidden { " " (words.say(Text::WidgetNewTab)) }
                        p lang=(question.locale.tag()) { (excerpt(&hit.excerpt)) }
                    }
                } }
            }
        }
    }))
}

/// The place below a field where [`matching`] is shown.
pub(crate) fn hints(words: Words, id: &str) -> Markup {
    html! {
        answer-hints for=(id) data-from={ (routes::MATCHING) "?q=" } {
            a href=(routes::QUESTIONS) { (words.say(Text::SearchQuestions)) }
        }
    }
}

async fn show(visitor: Visitor, Path(id): Path<String>) -> Answer {
    page(&visitor, number(&id)?, "", None).await
}

async fn page(visitor: &Visitor, id: QuestionId, typed: &str, error: Option<&str>) -> Answer {
    let ours = visitor.answers();
    let read = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| -> Result<_, Error> {
        let whole = questions::show(tx, ctx, id)?;
        let judged = if ours { Some(questions::judged(tx, ctx, id)?) } else { None };
        Ok((whole, judged))
    };
    let (whole, judged) = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let reader = visitor.everybody();
    let words = reader.words;
    let question = &whole.question;
    let is_gone = question.state == QuestionState::Withdrawn;
    let title = if is_gone && !ours { words.say(Text::QuestionGone) } else { &question.title };
    let main = html! {
        p.ticket-way { a href=(routes::QUESTIONS) { (words.say(Text::Questions)) } }
        @if is_gone { (tombstone(words, ours)) }
        @if !is_gone || ours { (thread(visitor, &reader, &whole)) }
        @if !is_gone { (verdict(visitor, &reader, &whole, typed, error)) }
        @if let Some((verdicts, remarks)) = &judged { (for_us(&reader, &whole, verdicts, remarks)) }
    };
    let page = frame::everybodys(visitor, &reader, title, &main).await?;
    let status = match (is_gone && !ours, error) {
        (true, _) => StatusCode::GONE,
        (false, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        (false, None) => StatusCode::OK,
    };
    Ok((status, frame::html(page)).into_response())
}

/// What stands where a question was. (CH-04)
fn tombstone(words: Words, ours: bool) -> Markup {
    html! {
        @if ours { p.message-box role="status" { (words.say(Text::QuestionGone)) } }
        @else {
            h1 tabindex="-1" { (words.say(Text::QuestionGone)) }
            p { (words.say(Text::QuestionGoneWhy)) }
        }
    }
}

fn thread(visitor: &Visitor, reader: &Reader, whole: &Answered) -> Markup {
    let words = reader.words;
    let Answered { question, answer } = whole;
    let company = &visitor.ctx.handbook.company.name;
    html! {
        article lang=(question.locale.tag()) {
            h1 tabindex="-1" dir="auto" { (question.title) }
            div.question-text dir="auto" { (prose(&question.html, 1)) }
            @if let Some(answer) = answer {
                section.question-answer aria-labelledby="accepted" {
                    h2 #accepted lang=(words.tag()) { (words.fill(Text::AcceptedAnswer, &[("company", company)])) }
                    div dir="auto" { (prose(&answer.html, 2)) }
                    p.muted lang=(words.tag()) { (past(reader, answer.updated_at)) }
                }
            }
        }
    }
}

/// "Was this page useful?", without a cookie and without script. (COM-03)
fn verdict(
    visitor: &Visitor,
    reader: &Reader,
    whole: &Answered,
    typed: &str,
    error: Option<&str>,
) -> Markup {
    let words = reader.words;
    let id = whole.question.id.0;
    if visitor.query.some("thanks").is_some() {
        return message_box("thanks", Tone::Ok, words.say(Text::ThanksForVerdict), &html! {});
    }
    let remark = Field {
        value: typed,
        error,
        optional: true,
        control: Control::Text,
        ..Field::line("words", words.say(Text::WhatIsMissing))
    };
    html! {
        section.verdict aria-labelledby="useful" {
            h2 #useful { (words.say(Text::WasItUseful)) }
            form method="post" action=(routes::question_part(id, "feedback")) {
                (button::csrf(reader))
                input type="hidden" name="version" value=(whole.question.version);
                (field(words, &remark))
                div.field-actions {
                    button.button type="submit" name="useful" value="yes" { (words.say(Text::ItWasUseful)) }
                    button.button type="submit" name="useful" value="no" { (words.say(Text::ItWasNot)) }
                }
            }
        }
    }
}

async fn judge(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = number(&id)?;
    let is_useful = match form.get("useful") {
        "yes" => true,
        "no" => false,
        _ => {
            let why = visitor.everybody().words.say(Text::SayWhether);
            return page(&visitor, id, form.get("words"), Some(why)).await;
        }
    };
    visitor.admit(Limit::VerdictsFromAddress)?;
    let said = form.get("words").to_owned();
    let version = form.number("version").unwrap_or(1);
    let done = visitor
        .desk
        .write(visitor.ctx.clone(), move |tx, ctx| {
            questions::judge(tx, ctx, id, Verdict { version, is_useful, words: &said })
        })
        .await;
    match done {
        Ok(()) => {
            let to = format!("{}?thanks=1#thanks-heading", routes::question(id.0));
            Ok(Redirect::to(&to).into_response())
        }
        Err(Error::Invalid(errors)) if errors.iter().all(|error| error.field == "words") => {
            let typed: String = form.get("words").chars().take(MOST_WORDS).collect();
            let why = visitor.everybody().words.fill(Text::WordsTooLong, &[("most", &MOST_WORDS)]);
            page(&visitor, id, &typed, Some(&why)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What only those who answer see: where it comes from, what readers say of it, and what can be done with it.
fn for_us(reader: &Reader, whole: &Answered, verdicts: &[Verdicts], remarks: &[Remark]) -> Markup {
    let words = reader.words;
    let id = whole.question.id.0;
    let act = |part: &str, text: Text| {
        button::action(reader, &routes::question_part(id, part), Button::plain(words.say(text)))
    };
    html! {
        section.question-ours aria-labelledby="ours" {
            h2 #ours { (words.say(Text::ForUsOnly)) }
            @if let Some(ticket) = whole.question.ticket {
                p { (words.say(Text::WrittenFrom)) " " a href=(routes::ticket(ticket.0)) { "#" (ticket) } }
            }
            @if verdicts.is_empty() { p.muted { (words.say(Text::NobodyJudged)) } }
            @else {
                ul { @for one in verdicts {
                    li { (words.fill(Text::JudgedUseful, &[("version", &one.version), ("useful", &one.useful), ("all", &(one.useful + one.useless))])) }
                } }
            }
            @for one in remarks {
                blockquote dir="auto" { p { (one.words) } p.muted { (words.say(if one.is_useful { Text::ItWasUseful } else { Text::ItWasNot })) " · " (past(reader, one.created_at)) } }
            }
            div.line {
                (button::link(&routes::question_part(id, "edit"), Button::plain(words.say(Text::EditQuestion))))
                @if whole.question.state == QuestionState::Published { (act("withdrawal", Text::WithdrawQuestion)) }
                @else { (act("restoration", Text::RestoreQuestion)) }
            }
        }
    }
}
