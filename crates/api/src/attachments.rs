//! Files: sent ahead with a token, bound by a comment, fetched by an address that nobody can guess.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use desk::attachments::{self, Attachment, NewFile};
use desk::limits::Limit;
use desk::{Act, Ctx, Desk, Error};
use domain::{Actor, CommentId, TicketId};
use serde_json::{Value, json};

use crate::answers::{Answer, Problem, created, no_content, ok};
use crate::body::path_id;
use crate::caller::{Caller, signed};
use crate::paging::Query;
use crate::routes::Route;
use crate::tickets::json::time;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/uploads", Act::OpenRequest, upload),
        Route::delete("/uploads/{token}", Act::OpenRequest, take_back),
        Route::get("/attachments/{id}", Act::OwnRequests, show),
        Route::get("/attachments/{id}/content", Act::OwnRequests, content),
        Route::put(
            "/tickets/{id}/comments/{comment}/attachments/{attachment}/redact",
            Act::WorkTickets,
            redact,
        ),
    ]
}

/// A file as the API writes it. One at a note is fetched with credentials.
pub(crate) fn attachment(file: &Attachment, public: bool, base: &str) -> Value {
    let url = format!("{base}/api/v2/attachments/{}.json", file.id);
    let content_url = if public {
        let name = percent(&file.name);
        format!("{base}/attachments/token/{}/?name={name}", file.token)
    } else {
        format!("{base}/api/v2/attachments/{}/content", file.id)
    };
    json!({
        "id": file.id,
        "url": url,
        "file_name": file.name,
        "content_url": content_url,
        "mapped_content_url": content_url,
        "content_type": file.content_type,
        "size": file.size,
        "width": file.picture.map(|(width, _)| width),
        "height": file.picture.map(|(_, height)| height),
        "inline": file.inline,
        "deleted": false,
        "malware_access_override": false,
        "malware_scan_result": "not_scanned",
        "thumbnails": [],
    })
}

fn percent(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// Who sends a file: whoever has signed in, whoever an app signs for, else nobody we know. (CH-01)
async fn sender(desk: &Desk, caller: &Caller) -> Result<Ctx, Error> {
    let Some(token) = &caller.identity else { return Ok(caller.ctx.clone()) };
    match signed(desk, token).await {
        Ok(user) => Ok(caller.ctx.acting_as(Actor::Person { id: user.id, role: user.role })),
        Err(Error::Identity(_) | Error::Unauthenticated) => Ok(caller.ctx.clone()),
        Err(error) => Err(error),
    }
}

/// Counts a file before it is read.
fn admit(desk: &Desk, caller: &Caller, ctx: &Ctx) -> Result<(), Error> {
    match ctx.actor.user() {
        None => caller.admit(desk, Limit::FilesFromAddress),
        Some(_) if desk::may(&ctx.actor, Act::ReadDesk) => Ok(()),
        Some(user) => desk.admit(Limit::FilesByPerson, &format!("user {user}")),
    }
}

async fn upload(
    State(desk): State<Desk>,
    caller: Caller,
    query: Query,
    request: Request,
) -> Answer {
    let name = query.get("filename").unwrap_or_default().to_owned();
    if name.trim().is_empty() {
        return Err(Error::blank("filename", "Filename").into());
    }
    let ctx = sender(&desk, &caller).await?;
    admit(&desk, &caller, &ctx)?;
    let content = axum::body::to_bytes(request.into_body(), attachments::LARGEST).await;
    let content = content.map_err(|_| Problem::AttachmentTooLarge)?;
    let token = query.get("token").map(str::to_owned);
    let new = NewFile { name, content: content.into(), content_id: None };
    let kept = desk.keep(vec![new]).await?.pop().ok_or(Problem::BrokenJson)?;
    let base = caller.base;
    let sent = desk
        .write(ctx, move |tx, ctx| attachments::upload(tx, ctx, &kept, token.as_deref()))
        .await?;
    let files: Vec<Value> = sent.files.iter().map(|file| attachment(file, true, &base)).collect();
    let last = files.last().cloned();
    let location = last.as_ref().and_then(|file| file["url"].as_str()).unwrap_or_default();
    let upload = json!({
        "token": sent.token,
        "expires_at": time(sent.expires_at),
        "attachment": last,
        "attachments": files,
    });
    Ok(created(location, json!({ "upload": upload })))
}

async fn take_back(State(desk): State<Desk>, caller: Caller, Path(token): Path<String>) -> Answer {
    let ctx = sender(&desk, &caller).await?;
    desk.write(ctx, move |tx, ctx| attachments::take_back(tx, ctx, &token)).await?;
    Ok(no_content())
}

async fn show(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = path_id(&id)?;
    let base = caller.base;
    let (file, public) =
        desk.read(caller.ctx, move |tx, ctx| attachments::show(tx, ctx, id)).await?;
    Ok(ok(json!({ "attachment": attachment(&file, public, &base) })))
}

async fn content(State(desk): State<Desk>, caller: Caller, Path(id): Path<String>) -> Answer {
    let id = path_id(&id)?;
    let (file, _) = desk.read(caller.ctx, move |tx, ctx| attachments::show(tx, ctx, id)).await?;
    let content = desk.content(&file.hash).await?;
    Ok(download(&file, content))
}

/// A file as a download that runs nothing.
fn download(file: &Attachment, content: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename*=UTF-8''{}", percent(&file.name));
    let headers = [
        (header::CONTENT_TYPE, file.content_type.as_str()),
        (header::CONTENT_DISPOSITION, &disposition),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    let mut response = (StatusCode::OK, content).into_response();
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

async fn redact(
    State(desk): State<Desk>,
    caller: Caller,
    Path((ticket, comment, id)): Path<(String, String, String)>,
) -> Answer {
    let place = (TicketId(path_id(&ticket)?), CommentId(path_id(&comment)?));
    let id = path_id(&id)?;
    let base = caller.base;
    let file =
        desk.write(caller.ctx, move |tx, ctx| attachments::erase(tx, ctx, place, id)).await?;
    let mut value = attachment(&file, true, &base);
    value["deleted"] = true.into();
    value["file_name"] = "redacted.txt".into();
    value["content_type"] = "text/plain".into();
    value["size"] = 0.into();
    Ok(ok(json!({ "attachment": value })))
}
