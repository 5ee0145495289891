//! "Mail weekly": a report for whoever wants it, every week within their hours.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use desk::Act;
use desk::reports::{Ask, Name, Report};
use maud::{Markup, html};

use crate::components::button::{self, Button};
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::routes;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::Text;

pub(super) fn pages() -> Vec<Route> {
    vec![Route::post("/reports/{name}/mail", Act::ReadDesk, act)]
}

/// The button, and what it has done.
pub(super) async fn mail_form(visitor: &Visitor, report: &Report) -> Result<Markup, Problem> {
    let (ctx, name) = (visitor.ctx.clone(), report.ask.name);
    let is_mailed =
        visitor.desk.read(ctx, move |tx, ctx| desk::reports::is_mailed(tx, ctx, name)).await?;
    let reader = visitor.reader();
    let words = reader.words;
    let ask = report.ask;
    let level = ask.level.map_or("all", domain::Level::as_str);
    let (label, act) =
        if is_mailed { (Text::ReportMailStop, "forget") } else { (Text::ReportMailWeekly, "keep") };
    Ok(html! {
        form.action method="post" action={ (routes::report(ask.name.as_str())) "/mail" } {
            (button::csrf(&reader))
            input type="hidden" name="weeks" value=(ask.weeks);
            input type="hidden" name="by" value=(ask.by.as_str());
            input type="hidden" name="level" value=(level);
            input type="hidden" name="do" value=(act);
            (button::submit(Button::plain(words.say(label))))
        }
        @if is_mailed { span.hint { (words.say(Text::ReportMailed)) } }
    })
}

async fn act(visitor: Visitor, Path(name): Path<String>, form: Form) -> Answer {
    let ctx = visitor.ctx.clone();
    let to = if form.get("do") == "forget" {
        let name = Name::parse(&name).ok_or(Problem::NotFound)?;
        visitor.desk.write(ctx, move |tx, ctx| desk::reports::mail_no_more(tx, ctx, name)).await?;
        routes::report(name.as_str())
    } else {
        let ask = Ask::read(&name, |field| form.get(field))?;
        visitor.desk.write(ctx, move |tx, ctx| desk::reports::mail_weekly(tx, ctx, ask)).await?;
        format!("{}?{}", routes::report(&name), ask.query())
    };
    Ok(Redirect::to(&to).into_response())
}
