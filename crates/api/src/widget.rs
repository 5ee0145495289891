//! What the in-app help needs to know before it can show its form.

use axum::extract::State;
use desk::fields::{self, Whose};
use desk::{Act, Ctx, Desk, Error, Tx};
use domain::Field;
use domain::words::{Locale, survey};
use serde_json::{Value, json};

use crate::answers::{Answer, ok};
use crate::caller::Caller;
use crate::paging::Query;
use crate::routes::Route;
use crate::tickets::json as shape;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/widget", Act::ReadPublic, show)]
}

/// The company's name, its areas, the fields that customers fill in, those that hold area, severity and kind, how large a file may be, and the words of
/// the survey in the language asked for. All of it is public anyway.
async fn show(State(desk): State<Desk>, caller: Caller, query: Query) -> Answer {
    let survey = survey::texts(query.get("locale").map(Locale::nearest).unwrap_or_default());
    let handbook = caller.ctx.handbook.clone();
    let read = |tx: &mut Tx<'_>, ctx: &Ctx| -> Result<_, Error> {
        Ok((shape::custom_fields(tx)?, fields::custom(tx, ctx, Whose::Asked)?))
    };
    let (fields, asked) = desk.read(caller.ctx, read).await?;
    let asked: Vec<Value> = asked.iter().map(field).collect();
    let id = |key: &str| {
        let field = fields.custom().find(|field| field.key.as_deref() == Some(key));
        field.map(|field| field.id.0)
    };
    let areas: Vec<Value> =
        handbook.areas.iter().map(|area| json!({ "slug": area.slug, "name": area.name })).collect();
    Ok(ok(json!({ "widget": {
        "company": handbook.company.name,
        "areas": areas,
        "largest_file": desk::attachments::LARGEST,
        "survey": {
            "question": survey.question,
            "scale": survey.scale,
            "words": survey.words,
            "send": survey.send,
            "changeable": survey.changeable(handbook.csat.changeable),
            "thanks": survey.thanks,
            "settled": survey.settled,
        },
        "asked": asked,
        "fields": { "area": id("area"), "severity": id("severity"), "kind": id("kind") },
    } })))
}

/// A field as the form asks for it.
fn field(field: &Field) -> Value {
    let options = field.options.iter().map(|one| json!({ "name": one.name, "value": one.value }));
    json!({
        "id": field.id.0,
        "type": field.kind,
        "title": field.title,
        "description": field.description,
        "required": fields::is_required(field),
        "options": options.collect::<Vec<_>>(),
    })
}
