//! Every route of the pages in one table: method, path, and what it takes to be let in.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::middleware;
use axum::routing::{self, MethodRouter};
use desk::{Act, Desk};

use crate::guard::{Door, guard};
use crate::memory::Memory;
use crate::problem::Problem;

/// Forms know no verbs but the first two; drafts are kept by script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Read; without effects.
    Get,
    /// Change.
    Post,
    /// Keep, in place of what was there.
    Put,
}

/// One route: nobody is let in who may not do its act.
pub struct Route {
    /// The verb.
    pub method: Method,
    /// The path.
    pub path: &'static str,
    /// What the visitor must be allowed to do.
    pub act: Act,
    /// Whether it exists only in the demo.
    pub demo: bool,
    /// Whether a signature in its address is all it takes: no cookie is looked at or given.
    pub signed: bool,
    handler: MethodRouter<Desk>,
}

impl Route {
    /// A page.
    pub(crate) fn get<T: 'static>(
        path: &'static str,
        act: Act,
        handler: impl Handler<T, Desk>,
    ) -> Self {
        let handler = routing::get(handler);
        Self { method: Method::Get, path, act, demo: false, signed: false, handler }
    }

    /// Where a form goes.
    pub(crate) fn post<T: 'static>(
        path: &'static str,
        act: Act,
        handler: impl Handler<T, Desk>,
    ) -> Self {
        let handler = routing::post(handler);
        Self { method: Method::Post, path, act, demo: false, signed: false, handler }
    }

    /// Where a script keeps something, with the proof of a form.
    pub(crate) fn put<T: 'static>(
        path: &'static str,
        act: Act,
        handler: impl Handler<T, Desk>,
    ) -> Self {
        let handler = routing::put(handler);
        Self { method: Method::Put, path, act, demo: false, signed: false, handler }
    }

    /// The same, in the demo only.
    pub(crate) fn in_demo(self) -> Self {
        Self { demo: true, ..self }
    }

    /// The same, proved by a signature in the address.
    pub(crate) fn signed(self) -> Self {
        Self { signed: true, ..self }
    }
}

/// The whole table.
pub fn routes() -> Vec<Route> {
    let mut all = Vec::new();
    all.extend(crate::home::pages());
    all.extend(crate::sign_in::pages());
    all.extend(crate::suspended::pages());
    all.extend(crate::views::pages());
    all.extend(crate::lists::pages());
    all.extend(crate::bulk::pages());
    all.extend(crate::keys::pages());
    all.extend(crate::tickets::pages());
    all.extend(crate::people::pages());
    all.extend(crate::questions::pages());
    all.extend(crate::requests::pages());
    all.extend(crate::attachments::pages());
    all.extend(crate::support_hours::pages());
    all.extend(crate::surveys::pages());
    all.extend(crate::search::pages());
    all.extend(crate::handbook::pages());
    all.extend(crate::rota::pages());
    all.extend(crate::digests::pages());
    all.extend(crate::reports::pages());
    all.extend(crate::notices::pages());
    all.extend(crate::settings::pages());
    all.extend(crate::mailboxes::pages());
    all.extend(crate::demo::pages());
    all.extend(crate::tour::pages());
    all.extend(crate::live::pages());
    all
}

/// The pages as a router, to be merged with whatever else answers over HTTP.
pub fn router(desk: &Desk) -> Router<Desk> {
    let memory = Arc::new(Memory::new(desk));
    let door =
        |act| Door { desk: desk.clone(), memory: memory.clone(), act, demo: false, signed: false };
    let mut router = Router::new();
    for route in routes() {
        let door = Door { demo: route.demo, signed: route.signed, ..door(route.act) };
        let guarded = route.handler.layer(middleware::from_fn_with_state(door, guard));
        router = router.route(route.path, guarded);
    }
    let missing = || async { Problem::NotFound };
    let fallback =
        routing::any(missing).layer(middleware::from_fn_with_state(door(Act::ReadPublic), guard));
    router
        .route("/assets/{name}", routing::get(crate::assets::serve))
        .route("/widget.js", routing::get(crate::assets::widget))
        .route("/speculation-rules.json", routing::get(crate::editions::rules))
        .fallback_service(fallback.with_state(desk.clone()))
}
