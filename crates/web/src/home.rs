//! `/`: sign in, one's own queue, or one's own requests, depending on who comes.

use axum::response::{IntoResponse, Redirect};
use desk::Act;

use crate::memory::answers;
use crate::problem::Answer;
use crate::table::Route;
use crate::views::{self, View};
use crate::visitor::{Visitor, local};
use crate::{routes, sign_in};

pub(crate) fn pages() -> Vec<Route> {
    vec![Route::get("/", Act::ReadPublic, home)]
}

async fn home(visitor: Visitor) -> Answer {
    match visitor.user.as_deref() {
        None => sign_in::page(&visitor, &sign_in::Typed::default()).await,
        Some(_) if !visitor.query.get("back").is_empty() => {
            Ok(Redirect::to(local(visitor.query.get("back"))).into_response())
        }
        Some(user) if answers(user) => {
            let around = visitor.around().await?;
            let view = if around.own.is_empty() { View::Open } else { View::MyQueue };
            views::show(&visitor, view).await
        }
        Some(_) => Ok(Redirect::to(routes::REQUESTS).into_response()),
    }
}
