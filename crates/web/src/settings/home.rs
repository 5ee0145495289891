//! `/settings`: what there is to set, each with a line of what it is for.

use axum::http::StatusCode;
use maud::html;

use super::frame::{page, sections};
use crate::problem::Answer;
use crate::routes;
use crate::visitor::Visitor;
use crate::words::Text;

pub(super) async fn show(visitor: Visitor) -> Answer {
    let reader = visitor.reader();
    let words = reader.words;
    let main = html! {
        ul.settings-list {
            @for section in sections(&visitor) {
                li {
                    a href=(section.href) { (words.say(section.name)) }
                    p.hint { (words.say(section.what)) }
                }
            }
        }
    };
    let heading = words.say(Text::SettingsOfDesk);
    page(&visitor, &reader, (routes::SETTINGS_HOME, heading), &main, StatusCode::OK).await
}
