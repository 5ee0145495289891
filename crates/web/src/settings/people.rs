//! `/settings/people`: who answers, as what, and how they get in.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use desk::users::{Filter, Input, Order};
use desk::{Ctx, Error, FieldError, Key, KeyValue, Page, Start, Tx};
use domain::{Role, User, UserId};
use maud::{Markup, html};

use super::frame::{page, status};
use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::field::{Control, Field, checkbox, field};
use crate::components::notice::{Tone, message_box};
use crate::components::table::{Column, listing};
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::routes;
use crate::visitor::Visitor;
use crate::words::{Text, Words};

/// How many people a page has.
const SIZE: i64 = 50;

fn role_text(role: Role) -> Text {
    match role {
        Role::Admin => Text::PersonRoleAdmin,
        Role::Agent => Text::PersonRoleAgent,
        Role::Light => Text::PersonRoleLight,
        Role::EndUser => Text::PersonRoleNone,
    }
}

fn role_of(word: &str) -> Option<Role> {
    word.parse().ok()
}

pub(super) async fn list(visitor: Visitor) -> Answer {
    listed(&visitor, &Form::default(), &[]).await
}

async fn listed(visitor: &Visitor, typed: &Form, errors: &[FieldError]) -> Answer {
    let after = visitor.query.some("after").map(str::to_owned).zip(visitor.query.number("id"));
    let start = match after {
        Some((name, id)) => Start::After(Key { value: Some(KeyValue::Text(name)), id }),
        None => Start::Offset(0),
    };
    let wanted = Page { start, size: SIZE + 1, descending: false };
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let roles = vec![Role::Light, Role::Agent, Role::Admin];
        let filter = Filter { roles, ..Filter::default() };
        desk::users::list(tx, ctx, &filter, Order::Name, &wanted, false)
    };
    let (mut people, _) = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let size = usize::try_from(SIZE).unwrap_or_default();
    let more = people.len() > size;
    people.truncate(size);
    let reader = visitor.reader();
    let words = reader.words;
    let main = html! {
        @if people.is_empty() {
            (empty_state(words.say(Text::PersonNone), words.say(Text::PersonNoneWhy), None))
        } @else { (rows(words, &people)) }
        @if let Some(last) = people.last().filter(|_| more) {
            @let key = Order::Name.key(last);
            @if let Some(KeyValue::Text(name)) = &key.value {
                p { a href={ (routes::PEOPLE) "?after=" (crate::form::escaped(name)) "&id=" (last.id) } { (words.say(Text::Older)) } }
            }
        }
        (invitation(&reader, typed, errors))
    };
    let here = (routes::PEOPLE, words.say(Text::SettingsPeople));
    page(visitor, &reader, here, &main, status(errors)).await
}

fn rows(words: Words, people: &[User]) -> Markup {
    let columns = [
        Column::text(words.say(Text::PersonName)),
        Column::text(words.say(Text::PersonEmail)),
        Column::text(words.say(Text::PersonRole)),
        Column::text(words.say(Text::SettingsColumnState)),
    ];
    let row = |user: &User| {
        let state = if user.suspended { Text::PersonSuspended } else { Text::SettingsActive };
        vec![
            html! { a href=(routes::staff(user.id.0)) dir="auto" { (user.name) } },
            html! { (user.email.as_deref().unwrap_or_default()) },
            html! { (words.say(role_text(user.role))) },
            html! { (words.say(state)) },
        ]
    };
    let rows: Vec<Vec<Markup>> = people.iter().map(row).collect();
    listing("people", words.say(Text::SettingsPeople), &columns, &rows)
}

fn invitation(reader: &Reader, typed: &Form, errors: &[FieldError]) -> Markup {
    let words = reader.words;
    let error = |name: &str| {
        let found = errors.iter().find(|error| error.field.ends_with(name));
        found.map(|error| error.description.as_str())
    };
    let roles = [Role::Agent, Role::Admin, Role::Light]
        .map(|role| (role.as_str(), words.say(role_text(role))));
    html! {
        section.stack.narrow aria-labelledby="invite-heading" {
            h2 #invite-heading { (words.say(Text::PersonInvite)) }
            (super::errors_elsewhere(errors, &["name", "email", "requester.email", "role"]))
            form.stack method="post" action=(routes::PEOPLE) {
                (button::csrf(reader))
                (field(words, &Field { value: typed.get("name"), error: error("name"), ..Field::line("name", words.say(Text::PersonName)) }))
                (field(words, &Field { value: typed.get("email"), error: error("email"), control: Control::Line { kind: "email", autocomplete: "off" }, ..Field::line("email", words.say(Text::PersonEmail)) }))
                (field(words, &Field { value: typed.get("role"), error: error("role"), control: Control::Select(&roles), ..Field::line("role", words.say(Text::PersonRole)) }))
                div.field-actions { (button::submit(Button::primary(words.say(Text::PersonInviteButton)))) }
            }
        }
    }
}

pub(super) async fn invite(visitor: Visitor, form: Form) -> Answer {
    let (email, name) = (form.get("email").trim().to_owned(), form.get("name").to_owned());
    let role = role_of(form.get("role")).unwrap_or(Role::Agent);
    let write =
        move |tx: &mut Tx<'_>, ctx: &Ctx| desk::sessions::invite(tx, ctx, (&email, &name), role);
    match visitor.desk.write(visitor.ctx.clone(), write).await {
        Ok((user, token)) => show(&visitor, &user, Some(&token), &[]).await,
        Err(Error::Invalid(errors)) => listed(&visitor, &form, &errors).await,
        Err(error) => Err(error.into()),
    }
}

async fn load(visitor: &Visitor, id: &str) -> Result<User, Problem> {
    let id = UserId(id.parse().map_err(|_| Problem::NotFound)?);
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::users::show(tx, ctx, id);
    let user = visitor.desk.read(visitor.ctx.clone(), read).await?;
    if user.role == Role::EndUser { Err(Problem::NotFound) } else { Ok(user) }
}

pub(super) async fn edit(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let user = load(&visitor, &id).await?;
    show(&visitor, &user, None, &[]).await
}

pub(super) async fn update(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let user = load(&visitor, &id).await?;
    let input = Input {
        role: role_of(form.get("role")),
        suspended: Some(form.get("suspended") == "true"),
        ..Input::default()
    };
    let id = user.id;
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::users::update(tx, ctx, id, &input);
    match visitor.desk.write(visitor.ctx.clone(), write).await {
        Ok(changed) if changed.role == Role::EndUser => {
            Ok(Redirect::to(&format!("{}?saved=1", routes::PEOPLE)).into_response())
        }
        Ok(_) => Ok(Redirect::to(&format!("{}?saved=1", routes::staff(id.0))).into_response()),
        Err(Error::Invalid(errors)) => show(&visitor, &user, None, &errors).await,
        Err(error) => Err(error.into()),
    }
}

/// Makes another link of one use, which is shown this once.
pub(super) async fn link(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let user = load(&visitor, &id).await?;
    let id = user.id;
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::sessions::invite_again(tx, ctx, id);
    let token = visitor.desk.write(visitor.ctx.clone(), write).await?;
    show(&visitor, &user, Some(&token), &[]).await
}

async fn show(
    visitor: &Visitor,
    user: &User,
    token: Option<&str>,
    errors: &[FieldError],
) -> Answer {
    let id = user.id;
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::teams::of_user(tx, ctx, id);
    let teams = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let fixed = teams.iter().find(|team| team.slug.is_some());
    let is_self = visitor.person()?.id == user.id;
    let reader = visitor.reader();
    let words = reader.words;
    let error = |name: &str| {
        let found = errors.iter().find(|error| error.field == name);
        found.map(|error| error.description.as_str())
    };
    let roles = [Role::Admin, Role::Agent, Role::Light, Role::EndUser]
        .map(|role| (role.as_str(), words.say(role_text(role))));
    let main = html! {
        @if let Some(token) = token {
            (message_box("link", Tone::Ok, words.say(Text::PersonLink), &html! {
                p { (words.fill(Text::PersonLinkWhy, &[("name", &user.name)])) }
                p { code { (visitor.ctx.base_url) "/welcome/" (token) } }
            }))
        }
        p { (user.email.as_deref().unwrap_or_default()) }
        @if let Some(team) = fixed { p.hint { (words.fill(Text::PersonFixed, &[("name", &user.name), ("team", &team.name)])) } }
        @if is_self { p.hint { (words.say(Text::PersonSelf)) } }
        form.stack.narrow method="post" action=(routes::staff(user.id.0)) {
            (button::csrf(&reader))
            (super::errors_elsewhere(errors, &["role"]))
            (field(words, &Field { value: user.role.as_str(), error: error("role"), control: Control::Select(&roles), ..Field::line("role", words.say(Text::PersonRole)) }))
            (checkbox("suspended", "suspended", words.say(Text::PersonSuspended), user.suspended, None))
            div.field-actions { (button::submit(Button::primary(words.say(Text::SettingsSaveChanges)))) }
        }
        (button::action(&reader, &format!("{}/link", routes::staff(user.id.0)), Button::plain(words.say(Text::PersonNewLink))))
    };
    let code = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(visitor, &reader, (routes::PEOPLE, &user.name), &main, code).await
}
