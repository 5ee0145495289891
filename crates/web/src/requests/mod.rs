//! The customer's side: asking, and one's own requests. No internal word is ever in reach of these pages.

mod ask;
mod own;
mod rating;
mod sign_in;

use desk::Act;

use crate::table::Route;

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
        Route::post("/requests/{id}/rating", Act::OwnRequests, rating::rate),
    ]
}
