//! `/settings/tokens`: what other programs sign in with. Made once, shown once.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use desk::sessions::Token;
use desk::{Ctx, Error, FieldError, Key, Page, Start, Tx};
use domain::{TokenId, User, UserId};
use maud::{Markup, html};

use super::frame::{page, status};
use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::field::{Field, field};
use crate::components::notice::{Tone, message_box};
use crate::components::table::{Column, listing};
use crate::components::time;
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::routes;
use crate::visitor::Visitor;
use crate::words::Text;

/// How many tokens a page has.
const SIZE: i64 = 50;

pub(super) async fn list(visitor: Visitor) -> Answer {
    listed(&visitor, None, &Form::default(), &[]).await
}

async fn listed(
    visitor: &Visitor,
    made: Option<&str>,
    typed: &Form,
    errors: &[FieldError],
) -> Answer {
    let start = match visitor.query.number("before") {
        Some(id) => Start::After(Key { value: None, id }),
        None => Start::Offset(0),
    };
    let wanted = Page { start, size: SIZE + 1, descending: true };
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let tokens = desk::sessions::tokens(tx, ctx, &wanted)?;
        let ids: Vec<UserId> = tokens.iter().map(|token| token.user).collect();
        Ok::<_, Error>((tokens, desk::tickets::beside::people(tx, &ids)?))
    };
    let (mut tokens, people) = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let size = usize::try_from(SIZE).unwrap_or_default();
    let more = tokens.len() > size;
    tokens.truncate(size);
    let reader = visitor.reader();
    let words = reader.words;
    let email = visitor.person()?.email.clone().unwrap_or_default();
    let wrong = errors.iter().find(|error| error.field == "name");
    let main = html! {
        @if let Some(token) = made {
            (message_box("made", Tone::Ok, words.say(Text::TokenMade), &html! {
                p { (words.fill(Text::TokenMadeWhy, &[("email", &email)])) }
                p { code { (token) } }
            }))
        }
        @if tokens.is_empty() { (empty_state(words.say(Text::TokenNone), words.say(Text::TokenNoneWhy), None)) }
        @else { (rows(&reader, &tokens, &people)) }
        @if let Some(last) = tokens.last().filter(|_| more) {
            p { a href={ (routes::TOKENS) "?before=" (last.id) } { (words.say(Text::Older)) } }
        }
        section.stack.narrow aria-labelledby="make-heading" {
            h2 #make-heading { (words.say(Text::TokenMake)) }
            form.stack method="post" action=(routes::TOKENS) {
                (button::csrf(&reader))
                (field(words, &Field { value: typed.get("name"), error: wrong.map(|error| error.description.as_str()), ..Field::line("name", words.say(Text::TokenName)) }))
                div.field-actions { (button::submit(Button::primary(words.say(Text::TokenMake)))) }
            }
        }
    };
    let here = (routes::TOKENS, words.say(Text::SettingsTokens));
    page(visitor, &reader, here, &main, status(errors)).await
}

fn rows(reader: &Reader, tokens: &[Token], people: &[User]) -> Markup {
    let words = reader.words;
    let columns = [
        Column::text(words.say(Text::TokenName)),
        Column::text(words.say(Text::TokenBy)),
        Column::text(words.say(Text::TokenCreated)),
        Column::text(words.say(Text::TokenUsed)),
        Column::text(words.say(Text::TokenRevoke)),
    ];
    let row = |token: &Token| {
        let by = people.iter().find(|user| user.id == token.user);
        let to = format!("{}/{}/revocation", routes::TOKENS, token.id);
        let name = token.name.clone().unwrap_or_else(|| format!("#{}", token.id));
        vec![
            html! { span dir="auto" { (name) } },
            html! { (by.map_or("", |user| user.name.as_str())) },
            time::dated(reader, token.created_at),
            match token.used_at {
                Some(at) => time::dated(reader, at),
                None => html! { (words.say(Text::TokenNever)) },
            },
            html! {
                form.action method="post" action=(to) {
                    (button::csrf(reader))
                    button.button.danger type="submit" aria-label={ (words.say(Text::TokenRevoke)) " " (name) } { (words.say(Text::TokenRevoke)) }
                }
            },
        ]
    };
    let rows: Vec<Vec<Markup>> = tokens.iter().map(row).collect();
    listing("tokens", words.say(Text::SettingsTokens), &columns, &rows)
}

pub(super) async fn create(visitor: Visitor, form: Form) -> Answer {
    let name = form.get("name").to_owned();
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::sessions::own_token(tx, ctx, &name);
    match visitor.desk.write(visitor.ctx.clone(), write).await {
        Ok(token) => listed(&visitor, Some(&token), &Form::default(), &[]).await,
        Err(Error::Invalid(errors)) => listed(&visitor, None, &form, &errors).await,
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn revoke(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = TokenId(id.parse().map_err(|_| Problem::NotFound)?);
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::sessions::revoke_token(tx, ctx, id);
    visitor.desk.write(visitor.ctx.clone(), write).await?;
    Ok(Redirect::to(&format!("{}?deleted=1", routes::TOKENS)).into_response())
}
