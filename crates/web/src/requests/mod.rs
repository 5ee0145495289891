//! The customer's side: asking, and one's own requests. No internal word is ever in reach of these pages.

mod ask;
mod own;
mod rating;
mod sign_in;

use desk::Act;
use desk::attachments::{LARGEST, MOST, NewFile};
use domain::Refusal;

use crate::table::Route;
use crate::words::{Text, Words};

pub(crate) use ask::kinds;

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get("/requests/new", Act::OpenRequest, ask::form),
        Route::post("/requests/new", Act::OpenRequest, ask::send),
        Route::get("/requests/sign-in", Act::ReadPublic, sign_in::form),
        Route::post("/requests/sign-in", Act::ReadPublic, sign_in::send),
        Route::get("/requests/sign-in/{token}", Act::ReadPublic, sign_in::link),
        Route::post("/requests/sign-in/{token}", Act::ReadPublic, sign_in::follow),
        Route::get("/claim/{token}", Act::ReadPublic, sign_in::claim),
        Route::post("/claim/{token}", Act::ReadPublic, sign_in::take),
        Route::get("/requests", Act::OwnRequests, own::list),
        Route::get("/requests/{id}", Act::OwnRequests, own::show),
        Route::post("/requests/{id}/replies", Act::OwnRequests, own::reply),
        Route::post("/requests/{id}/solution", Act::OwnRequests, own::solve),
        Route::post("/requests/{id}/severity", Act::OwnRequests, own::say_severity),
        Route::post("/requests/{id}/rating", Act::OwnRequests, rating::rate),
    ]
}

/// What is wrong with files that were chosen, in the reader's words.
fn files_wrong(words: Words, files: &[NewFile]) -> Option<String> {
    const MEGABYTE: usize = 1024 * 1024;
    let many = i64::try_from(files.len()).unwrap_or(i64::MAX);
    if files.len() > MOST {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("n", &words.number(many)), ("most", &MOST)];
        return Some(words.fill(Text::TooManyFiles, &values));
    }
    let large = files.iter().find(|file| file.content.len() > LARGEST)?;
    let megabytes = large.content.len().div_ceil(MEGABYTE);
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("name", &large.name), ("n", &megabytes), ("most", &(LARGEST / MEGABYTE))];
    Some(words.fill(Text::FileTooLarge, &values))
}

/// Why something cannot be done any more, in the reader's words.
fn refused(words: Words, refusal: &Refusal) -> &'static str {
    words.say(match refusal {
        Refusal::Closed => Text::ClosedForYou,
        _ => Text::ChangedForYou,
    })
}
