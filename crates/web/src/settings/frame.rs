//! The frame of the settings: what there is to set, and the page one is on.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use desk::{Act, may};
use maud::{Markup, html};

use crate::components::icon::icon;
use crate::components::notice::Notice;
use crate::frame;
use crate::problem::Answer;
use crate::reader::Reader;
use crate::routes;
use crate::visitor::Visitor;
use crate::words::Text;

/// One place of the settings: where it is, what it is called, what for, and what it takes.
pub(super) struct Section {
    pub(super) href: &'static str,
    pub(super) name: Text,
    pub(super) what: Text,
    pub(super) act: Act,
}

/// All of them, in the order in which they are shown.
pub(super) const SECTIONS: &[Section] = &[
    Section {
        href: routes::SETTINGS,
        name: Text::SettingsOwn,
        what: Text::SettingsOwnWhat,
        act: Act::ReadDesk,
    },
    Section {
        href: routes::MACROS,
        name: Text::Macros,
        what: Text::SettingsMacrosWhat,
        act: Act::ReadDesk,
    },
    Section {
        href: routes::TRIGGERS,
        name: Text::Triggers,
        what: Text::SettingsTriggersWhat,
        act: Act::Configure,
    },
    Section {
        href: routes::AUTOMATIONS,
        name: Text::Automations,
        what: Text::SettingsAutomationsWhat,
        act: Act::Configure,
    },
    Section {
        href: routes::PEOPLE,
        name: Text::SettingsPeople,
        what: Text::SettingsPeopleWhat,
        act: Act::Configure,
    },
    Section {
        href: routes::TEAMS,
        name: Text::SettingsTeams,
        what: Text::SettingsTeamsWhat,
        act: Act::Configure,
    },
    Section {
        href: routes::CHANNELS,
        name: Text::SettingsChannels,
        what: Text::SettingsChannelsWhat,
        act: Act::Configure,
    },
    Section {
        href: routes::FIELDS,
        name: Text::SettingsFields,
        what: Text::SettingsFieldsWhat,
        act: Act::Configure,
    },
    Section {
        href: routes::TOKENS,
        name: Text::SettingsTokens,
        what: Text::SettingsTokensWhat,
        act: Act::Configure,
    },
    Section {
        href: routes::WEBHOOKS,
        name: Text::SettingsWebhooks,
        what: Text::SettingsWebhooksWhat,
        act: Act::Configure,
    },
    Section {
        href: routes::DELIVERIES,
        name: Text::SettingsDeliveries,
        what: Text::SettingsDeliveriesWhat,
        act: Act::Configure,
    },
    Section {
        href: routes::HANDBOOK,
        name: Text::Handbook,
        what: Text::SettingsHandbookWhat,
        act: Act::ReadDesk,
    },
];

/// Those that the visitor may use.
pub(super) fn sections(visitor: &Visitor) -> impl Iterator<Item = &'static Section> {
    let actor = visitor.ctx.actor.clone();
    SECTIONS.iter().filter(move |section| may(&actor, section.act))
}

/// A page of the settings under the heading of its section, or of its own.
pub(super) async fn page(
    visitor: &Visitor,
    reader: &Reader,
    (here, heading): (&str, &str),
    main: &Markup,
    status: StatusCode,
) -> Answer {
    let words = reader.words;
    let main = html! {
        nav.tabs.settings-tabs aria-label=(words.say(Text::SettingsSections)) {
            @if here != routes::SETTINGS_HOME { a href=(routes::SETTINGS_HOME) { (icon("back")) " " (words.say(Text::SettingsOfDesk)) } } @else { span {} }
            @for section in sections(visitor) {
                a href=(section.href) aria-current=[(section.href == here).then_some("page")] { (words.say(section.name)) }
            }
        }
        div.stack {
            h1 tabindex="-1" dir="auto" { (heading) }
            (main)
        }
    };
    let said = if visitor.query.some("saved").is_some() {
        Some(Text::SettingsWasSaved)
    } else if visitor.query.some("deleted").is_some() {
        Some(Text::SettingsWasDeleted)
    } else {
        None
    };
    let notice = said.map(|text| Notice { text: words.say(text), undo: None });
    let frame = frame::Frame { title: heading, notice, ..frame::Frame::default() };
    let page = frame::workspace(visitor, reader, frame, &main, None).await?;
    Ok((status, frame::html(page)).into_response())
}

/// 200, or 422 where something is wrong.
pub(super) fn status(errors: &[desk::FieldError]) -> StatusCode {
    if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}
