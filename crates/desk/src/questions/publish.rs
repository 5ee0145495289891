//! Publishing a question with its answer, changing it, and taking it away.

use domain::questions::{Answer, Question, QuestionState, private_parts};
use domain::words::Locale;
use domain::{AnswerId, QuestionId, TicketId, UserId};
use serde_json::json;
use store::Tx;
use store::comments::Whose;
use store::page::Page;

use super::{Answered, with_answers};
use crate::texts::{self, Body, LONGEST_TITLE};
use crate::{Act, Ctx, Error, FieldError, require, tickets};

/// Messages of a ticket that are looked through for the last answer.
const LOOKED_AT: i64 = 50;

/// What a door asks for; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// What it asks, on one line.
    pub title: Option<String>,
    /// The question.
    pub body: Option<String>,
    /// The accepted answer.
    pub answer: Option<String>,
    /// The part of the product.
    pub area: Option<Option<String>>,
    /// The language it is written in.
    pub locale: Option<Locale>,
    /// The ticket it is written from.
    pub ticket: Option<TicketId>,
    /// Whether somebody has read every word and says that all of it may be public.
    pub is_checked: bool,
}

/// What a ticket proposes: only what was said in public there, for somebody to rewrite.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The subject.
    pub title: String,
    /// The first public message.
    pub body: String,
    /// The last public answer of one of us.
    pub answer: String,
    /// The part of the product.
    pub area: Option<String>,
    /// The language of the conversation.
    pub locale: Locale,
    /// What in these words looks private.
    pub private: Vec<String>,
}

/// What a ticket proposes for a question. Notes are not looked at.
pub fn draft(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Draft, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let stored = tickets::show(tx, ctx, id)?;
    let whose = Whose::Customers(ctx.now);
    let first = store::comments::page(tx, id, whose, &Page::first(1))?.pop();
    let last = Page { descending: true, ..Page::first(LOOKED_AT) };
    let newest = store::comments::page(tx, id, whose, &last)?;
    let authors: Vec<UserId> = newest.iter().map(|comment| comment.author).collect();
    let authors = store::users::many(tx, &authors)?;
    let is_ours = |author: UserId| {
        authors.iter().any(|user| {
            user.id == author && user.role.answers() && !stored.ticket.has_participant(author)
        })
    };
    let answer = newest.into_iter().find(|comment| is_ours(comment.author));
    let mut draft = Draft {
        title: stored.subject.clone(),
        body: first.map(|comment| comment.body).unwrap_or_default(),
        answer: answer.map(|comment| comment.body).unwrap_or_default(),
        area: stored.ticket.area.clone(),
        locale: stored.locale.as_deref().map(Locale::nearest).unwrap_or_default(),
        private: Vec::new(),
    };
    let names = names(tx, id)?;
    draft.private = looked_through(&[&draft.title, &draft.body, &draft.answer], &names);
    Ok(draft)
}

/// Publishes a question with its accepted answer.
///
/// # Errors
///
/// What is missing; and what looks private, or comes from a ticket, until somebody says that it was read and may be
/// public (`checked`).
pub fn publish(tx: &mut Tx<'_>, ctx: &Ctx, input: &Input) -> Result<Answered, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let author = ctx.actor.user().ok_or_else(Error::forbidden)?;
    if let Some(ticket) = input.ticket {
        tickets::show(tx, ctx, ticket)?;
    }
    let locale = input.locale.unwrap_or_default();
    let question = Question {
        id: QuestionId(store::questions::next_id(tx)?),
        state: QuestionState::Published,
        title: String::new(),
        body: String::new(),
        html: String::new(),
        area: None,
        locale,
        accepted: Some(AnswerId(store::questions::next_id(tx)?)),
        ticket: input.ticket,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let whole = written(tx, ctx, Answered { question, answer: None }, input, author)?;
    store::questions::insert(tx, &whole.question)?;
    keep(tx, ctx, whole, "question_published")
}

/// Changes a question or its answer. Its address stays; each change of its words is another version.
pub fn change(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: QuestionId,
    input: &Input,
) -> Result<Answered, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let author = ctx.actor.user().ok_or_else(Error::forbidden)?;
    let before = locked(tx, id)?;
    let mut whole = written(tx, ctx, before.clone(), input, author)?;
    if whole == before {
        return Ok(before);
    }
    whole.question.version += 1;
    whole.question.updated_at = ctx.now;
    store::questions::update(tx, &whole.question)?;
    keep(tx, ctx, whole, "question_changed")
}

/// Takes a question away: its address says so from now on, and it is found no more. (CH-04)
pub fn withdraw(tx: &mut Tx<'_>, ctx: &Ctx, id: QuestionId) -> Result<Answered, Error> {
    set_state(tx, ctx, id, QuestionState::Withdrawn, "question_withdrawn")
}

/// Brings back what was taken away.
pub fn restore(tx: &mut Tx<'_>, ctx: &Ctx, id: QuestionId) -> Result<Answered, Error> {
    set_state(tx, ctx, id, QuestionState::Published, "question_restored")
}

fn set_state(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: QuestionId,
    state: QuestionState,
    kind: &str,
) -> Result<Answered, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let mut whole = locked(tx, id)?;
    if whole.question.state == state {
        return Ok(whole);
    }
    whole.question.state = state;
    whole.question.updated_at = ctx.now;
    store::questions::update(tx, &whole.question)?;
    keep(tx, ctx, whole, kind)
}

fn locked(tx: &mut Tx<'_>, id: QuestionId) -> Result<Answered, Error> {
    let question = store::questions::lock(tx, id)?.ok_or(Error::NotFound)?;
    with_answers(tx, vec![question])?.pop().ok_or(Error::NotFound)
}

/// Stores the answer and the words to find both by, and writes down who did it.
fn keep(tx: &mut Tx<'_>, ctx: &Ctx, whole: Answered, kind: &str) -> Result<Answered, Error> {
    if let Some(answer) = &whole.answer {
        store::questions::put_answer(tx, answer)?;
    }
    store::questions::index(tx, &whole.question, whole.answer.as_ref())?;
    let facts =
        json!({ "version": whole.question.version, "ticket": whole.question.ticket }).to_string();
    crate::handbooks::record_admin(tx, ctx, "question", whole.question.id.0, kind, &facts)?;
    Ok(whole)
}

/// A question as it is asked for, or everything that is wrong with it.
fn written(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    before: Answered,
    input: &Input,
    author: UserId,
) -> Result<Answered, Error> {
    let Answered { mut question, answer } = before;
    let mut errors = Vec::new();
    let mut text = |field: &'static str, human: &str, sent: Option<&str>, before: &str| {
        let text = sent.unwrap_or(before);
        if text.trim().is_empty() {
            let said = format!("{human}: cannot be blank");
            errors.push(wrong(field, "BlankValue", said));
        }
        text.to_owned()
    };
    let title = text("title", "Title", input.title.as_deref(), &question.title);
    let body = text("details", "Details", input.body.as_deref(), &question.body);
    let known = answer.as_ref().map_or("", |answer| answer.body.as_str());
    let said = text("answer", "Answer", input.answer.as_deref(), known);
    if title.chars().count() > LONGEST_TITLE {
        let said = format!("Title: is too long (maximum is {LONGEST_TITLE} characters)");
        errors.push(wrong("title", "TooLong", said));
    }
    if let Some(area) = &input.area {
        if area.as_deref().is_some_and(|slug| ctx.handbook.area(slug).is_none()) {
            errors.push(wrong("area", "InvalidValue", "Area: there is no such area".to_owned()));
        }
        question.area.clone_from(area);
    }
    let ticket = question.ticket;
    let is_new_text = input.title.is_some() || input.body.is_some() || input.answer.is_some();
    if errors.is_empty() && is_new_text && !input.is_checked {
        let names = ticket.map_or(Ok(Vec::new()), |ticket| names(tx, ticket))?;
        errors.extend(unchecked(&looked_through(&[&title, &body, &said], &names), ticket));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let body = Body::markdown(&body);
    question.title = texts::one_line(&title, LONGEST_TITLE);
    question.locale = input.locale.unwrap_or(question.locale);
    (question.body, question.html) = (body.text, body.html);
    let said = Body::markdown(&said);
    let answer = match answer {
        Some(known) if known.body == said.text => known,
        known => Answer {
            id: question.accepted.unwrap_or(AnswerId(question.id.0)),
            question: question.id,
            author,
            body: said.text,
            html: said.html,
            created_at: known.map_or(ctx.now, |known| known.created_at),
            updated_at: ctx.now,
        },
    };
    Ok(Answered { question, answer: Some(answer) })
}

fn wrong(field: &str, code: &'static str, description: String) -> FieldError {
    FieldError { field: field.to_owned(), code, description }
}

/// That nobody has said yet that this may be public.
fn unchecked(private: &[String], ticket: Option<TicketId>) -> Option<FieldError> {
    let said = match (private, ticket) {
        ([], None) => return None,
        ([], Some(_)) => {
            "Checked: this comes from a private ticket; say that you have read every word of it"
                .to_owned()
        }
        (some, _) => format!(
            "Checked: this looks private: {}. Take it out, or say that it may be public",
            some.join(", ")
        ),
    };
    Some(wrong("checked", "InvalidValue", said))
}

/// What looks private in any of these texts, each once.
fn looked_through(texts: &[&str], names: &[String]) -> Vec<String> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    private_parts(&texts.join("\n"), &names)
}

/// The customer's names that must not slip into what becomes public.
fn names(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Vec<String>, Error> {
    let Some(stored) = store::tickets::load(tx, ticket)? else { return Ok(Vec::new()) };
    let mut people = vec![stored.ticket.requester];
    people.extend(&stored.ticket.ccs);
    let mut names: Vec<String> =
        store::users::many(tx, &people)?.into_iter().map(|user| user.name).collect();
    if let Some(id) = stored.ticket.organization
        && let Some(organization) = store::organizations::load(tx, id)?
    {
        names.push(organization.name);
    }
    Ok(names)
}
