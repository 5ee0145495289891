//! One program out of pages, API and health checks.

use std::fmt::Write as _;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use desk::{Ctx, Desk, Error, Tx};
use domain::{Actor, Channel};
use tower::Layer as _;
use tower::ServiceExt as _;
use tower::util::MapRequestLayer;
use tower_http::compression::CompressionLayer;

use crate::{addresses, bodies};

/// Everything that answers over HTTP. `more` are routes that only some modes have.
pub(crate) fn router(desk: Desk, more: Router<Desk>) -> Router {
    let app = Router::new()
        .nest("/api/v2", api::router(&desk))
        .merge(web::router(&desk).layer(CompressionLayer::new()))
        .merge(more)
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(desk);
    // The suffix is taken off before a route is chosen, so this wraps the router instead of being a layer in it.
    let service = MapRequestLayer::new(api::without_suffix as fn(Request) -> Request).layer(app);
    Router::new().fallback_service(tower::service_fn(move |request: Request| {
        let service = service.clone();
        async move {
            match bodies::whole(request).await {
                Ok(mut request) => {
                    if let Some(address) = addresses::of(&request) {
                        request.extensions_mut().insert(address);
                    }
                    service.oneshot(request).await
                }
                Err(refused) => Ok(refused),
            }
        }
    }))
}

/// The database can be reached and has every migration.
async fn ready(State(desk): State<Desk>) -> Response {
    let ctx = desk.ctx(Actor::System, Channel::System);
    match desk.read(ctx, |tx, _| desk::handbooks::active_version(tx)).await {
        Ok(Some(_)) => "ready\n".into_response(),
        Ok(None) => (StatusCode::SERVICE_UNAVAILABLE, "no handbook is in force\n").into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

/// Figures for Prometheus.
async fn metrics(State(desk): State<Desk>) -> Response {
    let counter = desk.clone();
    let ctx = desk.ctx(Actor::System, Channel::System);
    let figures = desk.read(ctx, move |tx, ctx| figures(tx, ctx, &counter)).await;
    figures.map_or_else(
        |_| StatusCode::SERVICE_UNAVAILABLE.into_response(),
        IntoResponse::into_response,
    )
}

fn figures(tx: &mut Tx<'_>, ctx: &Ctx, desk: &Desk) -> Result<String, Error> {
    let mut text = String::new();
    gauge(&mut text, "tickets", [("", desk.count_tickets(tx)?)]);
    for state in ["pending", "failed", "held"] {
        let count = desk::deliveries::unsent(tx, state)?;
        gauge(&mut text, &format!("outbox_{state}"), [("", count)]);
    }
    text.push_str("# TYPE answerable_survey_links_refused_total counter\n");
    let _ = writeln!(text, "answerable_survey_links_refused_total {}", desk.forged_links());
    let muted = i64::from(desk::installation::muted(tx)?.is_some());
    gauge(&mut text, "muted", [("", muted)]);
    let alarms = desk::mailboxes::alarms(tx, ctx)?;
    let waiting = desk::mailboxes::count(tx, desk::mailboxes::WAITING)?;
    gauge(&mut text, "mails_waiting", [("", waiting)]);
    gauge(&mut text, "mails_undecided", [("", alarms.failed)]);
    let unarchived = alarms.unarchived.iter().map(|(name, count)| (name.as_str(), *count));
    gauge(&mut text, "mailbox_unarchived", unarchived);
    let unreachable = alarms.unreachable.iter().map(|one| (one.name.as_str(), 1));
    gauge(&mut text, "mailbox_unreachable", unreachable);
    Ok(text)
}

/// Writes a figure, for each mailbox or once.
fn gauge<'a>(text: &mut String, name: &str, values: impl IntoIterator<Item = (&'a str, i64)>) {
    let lines: Vec<String> = values
        .into_iter()
        .map(|(mailbox, value)| match mailbox {
            "" => format!("answerable_{name} {value}\n"),
            named => {
                let quoted = named.replace('\\', "\\\\").replace('"', "\\\"");
                format!("answerable_{name}{{mailbox=\"{quoted}\"}} {value}\n")
            }
        })
        .collect();
    if !lines.is_empty() {
        text.extend(["# TYPE answerable_", name, " gauge\n"]);
        text.extend(lines);
    }
}
