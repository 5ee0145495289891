//! One program out of pages, API and health checks.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use desk::Desk;
use domain::{Actor, Channel};
use tower::Layer as _;
use tower::ServiceExt as _;
use tower::util::MapRequestLayer;
use tower_http::compression::CompressionLayer;

use crate::{addresses, bodies, figures};

/// Everything that answers over HTTP. `more` are routes that only some modes have.
pub(crate) fn router(desk: Desk, more: Router<Desk>) -> Router {
    let app = Router::new()
        .nest("/api/v2", api::router(&desk))
        .merge(web::router(&desk).layer(CompressionLayer::new()))
        .merge(more)
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures::show))
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
