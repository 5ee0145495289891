//! Signing in and out, the one-time link, and what a person chooses for themselves.

use axum::extract::Path;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use desk::{Act, Error};
use maud::{Markup, html};

use crate::components::button::{self, Button};
use crate::components::field::{Control, Field, field};
use crate::components::signed_out::Width;
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::table::Route;
use crate::visitor::{Visitor, local};
use crate::words::Text;
use crate::{cookies, frame, routes};

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::post("/sign-in", Act::ReadPublic, sign_in),
        Route::post("/sign-out", Act::ReadPublic, sign_out),
        Route::get("/welcome/{token}", Act::ReadPublic, welcome),
        Route::post("/welcome/{token}", Act::ReadPublic, set_password),
    ]
}

/// What was typed before, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Typed {
    email: String,
    back: String,
    error: Option<String>,
}

/// The page to sign in on.
pub(crate) async fn page(visitor: &Visitor, typed: &Typed) -> Answer {
    let reader = visitor.reader();
    let words = reader.words;
    let bar = visitor.demo().await?;
    let back = if typed.back.is_empty() { visitor.query.get("back") } else { &typed.back };
    let main = html! {
        div.stack {
            h1 tabindex="-1" { (words.say(Text::SignIn)) }
            (form(&reader, typed, back))
            p.hint { (words.say(Text::FirstTime)) }
            @if let Some(bar) = &bar { (bar.go_on_as(&reader)) }
            p { a href=(routes::NEW_REQUEST) { (words.say(Text::AskForHelp)) } }
        }
    };
    let page =
        frame::column(visitor, &reader, words.say(Text::SignIn), Width::Narrow, &main).await?;
    Ok(frame::html(page))
}

fn form(reader: &Reader, typed: &Typed, back: &str) -> Markup {
    let words = reader.words;
    let email = Field {
        value: &typed.email,
        control: Control::Line { kind: "email", autocomplete: "username" },
        ..Field::line("email", words.say(Text::Email))
    };
    let password = Field {
        error: typed.error.as_deref(),
        control: Control::Line { kind: "password", autocomplete: "current-password" },
        ..Field::line("password", words.say(Text::Password))
    };
    html! {
        form method="post" action=(routes::SIGN_IN) {
            (button::csrf(reader))
            @if !back.is_empty() { input type="hidden" name="back" value=(back); }
            (field(words, &email))
            (field(words, &password))
            div.field-actions { (button::submit(Button::primary(words.say(Text::SignIn)))) }
        }
    }
}

async fn sign_in(visitor: Visitor, form: Form) -> Answer {
    let email = form.get("email").trim().to_owned();
    match visitor.desk.sign_in(&email, form.get("password").to_owned()).await {
        Ok(user) => {
            let token = begin(&visitor, user.id).await?;
            Ok(signed_in(&visitor, &token, local(form.get("back"))))
        }
        Err(Error::Unauthenticated) => {
            let error = visitor.reader().words.fill(Text::WrongPassword, &[("email", &email)]);
            again(&visitor, &form, StatusCode::UNPROCESSABLE_ENTITY, error).await
        }
        Err(Error::TooManyAttempts { seconds }) => {
            let minutes = (seconds + 59) / 60;
            let error = visitor.reader().words.count(Text::TooManyAttempts, minutes);
            again(&visitor, &form, StatusCode::TOO_MANY_REQUESTS, error).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The page again, with the address and what is wrong.
async fn again(visitor: &Visitor, form: &Form, status: StatusCode, error: String) -> Answer {
    let email = form.get("email").trim().to_owned();
    let typed = Typed { email, back: form.get("back").to_owned(), error: Some(error) };
    let page = page(visitor, &typed).await?;
    Ok((status, page).into_response())
}

/// Begins a session; gives its token.
pub(crate) async fn begin(visitor: &Visitor, user: domain::UserId) -> Result<String, Problem> {
    let ctx = visitor.ctx.clone();
    let begun = visitor.desk.write(ctx, move |tx, ctx| desk::sessions::sign_in(tx, ctx, user));
    Ok(begun.await?)
}

/// Gives the session to the browser and goes on.
pub(crate) fn signed_in(visitor: &Visitor, token: &str, to: &str) -> Response {
    let cookie = cookies::made(&visitor.desk, cookies::SESSION, token, cookies::SESSION_SECONDS);
    ([(SET_COOKIE, cookie)], Redirect::to(to)).into_response()
}

async fn sign_out(visitor: Visitor) -> Answer {
    if visitor.user.is_some() {
        let token = visitor.cookie.to_string();
        let ctx = visitor.ctx.clone();
        visitor.desk.write(ctx, move |tx, _| desk::sessions::sign_out(tx, &token)).await?;
    }
    let cookie = cookies::made(&visitor.desk, cookies::SESSION, "", 0);
    let clear = (HeaderName::from_static("clear-site-data"), "\"cache\", \"storage\"");
    Ok(([(SET_COOKIE, cookie)], [clear], Redirect::to(routes::HOME)).into_response())
}

/// Looking at the link does not use it up: scanners open links.
async fn welcome(visitor: Visitor, Path(token): Path<String>) -> Answer {
    welcome_page(&visitor, &token, None).await
}

async fn welcome_page(visitor: &Visitor, token: &str, error: Option<&str>) -> Answer {
    let asked = token.to_owned();
    let ctx = visitor.ctx.clone();
    let found =
        visitor.desk.read(ctx, move |tx, ctx| desk::sessions::look_at_link(tx, ctx, &asked)).await;
    let reader = visitor.reader();
    let words = reader.words;
    let user = match found {
        Ok(user) => user,
        Err(Error::NotFound | Error::Unauthenticated) => {
            return link_is_over(visitor, &reader).await;
        }
        Err(error) => return Err(error.into()),
    };
    let password = Field {
        error,
        hint: Some(words.say(Text::PasswordHint)),
        control: Control::Line { kind: "password", autocomplete: "new-password" },
        ..Field::line("password", words.say(Text::NewPassword))
    };
    let main = html! {
        div.stack {
            h1 tabindex="-1" { (words.fill(Text::Welcome, &[("name", &user.name)])) }
            form method="post" action={ "/welcome/" (token) } {
                (button::csrf(&reader))
                input type="hidden" name="email" value=(user.email.as_deref().unwrap_or_default()) autocomplete="username";
                (field(words, &password))
                div.field-actions { (button::submit(Button::primary(words.say(Text::SetPassword)))) }
            }
        }
    };
    let page =
        frame::column(visitor, &reader, words.say(Text::SetPassword), Width::Narrow, &main).await?;
    Ok(frame::html(page))
}

async fn link_is_over(visitor: &Visitor, reader: &Reader) -> Answer {
    let words = reader.words;
    let main = html! {
        div.stack {
            h1 tabindex="-1" { (words.say(Text::LinkIsOver)) }
            p { (words.say(Text::LinkIsOverWhy)) }
            p { (button::link(routes::HOME, Button::primary(words.say(Text::SignIn)))) }
        }
    };
    let title = words.say(Text::LinkIsOver);
    let page = frame::column(visitor, reader, title, Width::Narrow, &main).await?;
    Ok((StatusCode::NOT_FOUND, frame::html(page)).into_response())
}

async fn set_password(visitor: Visitor, Path(token): Path<String>, form: Form) -> Answer {
    let password = form.get("password").to_owned();
    if desk::sessions::check_new_password(&password).is_err() {
        let words = visitor.reader().words;
        let page = welcome_page(&visitor, &token, Some(words.say(Text::PasswordTooShort))).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    // Hashing is slow on purpose and has no business on a thread that serves others.
    let hashed = tokio::task::spawn_blocking(move || desk::sessions::hash_password(&password));
    let hash = hashed.await.map_err(|_| Problem::Failed("password".to_owned()))?;
    let ctx = visitor.ctx.clone();
    let used = visitor
        .desk
        .write(ctx, move |tx, ctx| desk::sessions::use_link(tx, ctx, &token, &hash))
        .await;
    match used {
        Ok((_, session)) => Ok(signed_in(&visitor, &session, routes::HOME)),
        Err(Error::NotFound) => link_is_over(&visitor, &visitor.reader()).await,
        Err(error) => Err(error.into()),
    }
}
