//! The frame around pages: the workspace of those who answer, the one column of everybody else.

use axum::response::{Html, IntoResponse, Response};
use domain::TicketId;
use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::leaving::Leaving;
use crate::components::navigation::Place;
use crate::components::notice::Notice;
use crate::components::shell::{Page, page};
use crate::components::signed_out::{PublicPage, Width, public_page};
use crate::memory::{Around, triage_query};
use crate::problem::Problem;
use crate::reader::Reader;
use crate::views::View;
use crate::visitor::Visitor;
use crate::words::{Language, Text, Words};
use crate::{bulk, keys, routes, times};

/// What a page of the workspace says about itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Frame<'a> {
    /// What it is, for the tab.
    pub(crate) title: &'a str,
    /// The view one is in.
    pub(crate) view: Option<View>,
    /// The kept view one is in, by its name in addresses.
    pub(crate) kept: Option<&'a str>,
    /// Whether one looks at the mail that waits.
    pub(crate) suspended: bool,
    /// What is searched for.
    pub(crate) query: &'a str,
    /// Whether the page shows what is found, so that the bar need not.
    pub(crate) searches: bool,
    /// What the page listens to, beside what its reader is told.
    pub(crate) topics: Option<&'a str>,
    /// What is to be said about the last action.
    pub(crate) notice: Option<Notice<'a>>,
    /// The ticket whose page it is, which says itself what leaves.
    pub(crate) ticket: Option<TicketId>,
}

/// A page of the workspace.
pub(crate) async fn workspace(
    visitor: &Visitor,
    reader: &Reader,
    frame: Frame<'_>,
    main: &Markup,
    aside: Option<&Markup>,
) -> Result<Markup, Problem> {
    let around = visitor.around().await?;
    let bar = visitor.demo().await?;
    let words = reader.words;
    let triage = triage(visitor);
    let is_triage = triage == *visitor.path;
    let hrefs: Vec<String> = View::ALL.iter().map(|view| view.href()).collect();
    let mut views: Vec<Place<'_>> = View::ALL
        .iter()
        .zip(&around.counts)
        .zip(&hrefs)
        .map(|((view, count), href)| Place {
            count: Some(*count),
            chord: view.chord(),
            current: frame.view == Some(*view) && !is_triage,
            ..Place::new(words.say(view.label()), href)
        })
        .collect();
    views.push(Place {
        count: Some(around.triage),
        chord: Some(keys::GO_TRIAGE),
        current: is_triage,
        ..Place::new(words.say(Text::ViewTriage), &triage)
    });
    views.push(Place {
        count: Some(around.suspended),
        chord: Some(keys::GO_SUSPENDED),
        current: frame.suspended,
        ..Place::new(words.say(Text::ViewSuspended), routes::SUSPENDED)
    });
    let hrefs: Vec<String> = around.kept.iter().map(|(view, _)| routes::view(&view.slug)).collect();
    let kept: Vec<Place<'_>> = around
        .kept
        .iter()
        .zip(&hrefs)
        .map(|((view, count), href)| Place {
            count: Some(*count),
            current: frame.kept == Some(view.slug.as_str()),
            ..Place::new(&view.title, href)
        })
        .collect();
    let configures = desk::may(&visitor.ctx.actor, desk::Act::Configure);
    let places = other_places(words, configures);
    let main = &html! {
        @if configures { (around.mail.banner(visitor, reader)) }
        (main)
    };
    let me = visitor.person()?;
    let own = format!("notices:{}", me.id);
    let topics = frame.topics.map_or(own.clone(), |topics| format!("{topics},{own}"));
    let hero = hero(visitor, reader, &around);
    let told = bulk::notice(visitor).await;
    let told = told.as_ref().map(|(text, undo)| Notice { text, undo: undo.as_deref() });
    let leaves = leaving(visitor, reader, frame.ticket).await?;
    let leaves = leaves.as_ref().map(|(words, until, undo)| Leaving { words, until: *until, undo });
    let shown = Page {
        reader,
        title: frame.title,
        person: &me.name,
        notices: Some((around.unread, me.id.0)),
        hero: hero.as_deref(),
        theme: visitor.theme,
        looks: visitor.looks,
        next: frame.view.is_none() && !around.own.is_empty(),
        views: &views,
        team_views: &kept,
        places: &places,
        query: frame.query,
        searches: frame.searches,
        demo: bar.as_ref().map(|bar| bar.shown(&visitor.path)),
        notice: frame.notice.or(told),
        leaving: leaves,
        live: Some((&topics, &visitor.mark)),
    };
    Ok(page(&shown, main, aside))
}

/// What is said about a reply of the reader's that can still be undone, wherever they are by now.
async fn leaving(
    visitor: &Visitor,
    reader: &Reader,
    here: Option<TicketId>,
) -> Result<Option<(String, Timestamp, String)>, Problem> {
    let Some((ticket, comment)) = visitor.leaving.filter(|(ticket, _)| here != Some(*ticket))
    else {
        return Ok(None);
    };
    let ctx = visitor.ctx.clone();
    let found = visitor
        .desk
        .read(ctx, move |tx, ctx| desk::tickets::leaving(tx, ctx, ticket, comment))
        .await?;
    Ok(found.map(|(until, name)| {
        let name = name.split_whitespace().next().unwrap_or_default();
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("id", &ticket), ("name", &name), ("n", &"{n}")];
        let words = reader.words.fill(Text::ReplyLeavesOf, &values);
        (words, until, routes::undo(ticket.0, comment.0))
    }))
}

/// What waits for us and went to the team for whatever has no area.
pub(crate) fn triage(visitor: &Visitor) -> String {
    routes::filtered(&View::Open.href(), &triage_query(&visitor.ctx))
}

/// Where one goes beside the lists.
fn other_places(words: Words, configures: bool) -> Vec<Place<'static>> {
    let led =
        |label, href, chord| Place { chord: Some(chord), ..Place::new(words.say(label), href) };
    let new = Place::new(words.say(Text::ActNewTicket), routes::NEW_TICKET);
    let mut places = vec![
        Place { key: Some(keys::NEW), ..new },
        led(Text::Rota, routes::ROTA, keys::GO_ROTA),
        led(Text::Reports, routes::REPORTS, keys::GO_REPORTS),
        led(Text::Handbook, routes::HANDBOOK, keys::GO_HANDBOOK),
        led(Text::Settings, routes::SETTINGS_HOME, keys::GO_SETTINGS),
        Place::new(words.say(Text::Questions), routes::QUESTIONS),
        Place::new(words.say(Text::SupportHours), routes::SUPPORT_HOURS),
    ];
    if configures {
        places.push(Place::new(words.say(Text::MailIn), routes::MAIL));
    }
    places
}

/// A page that everybody may read: in the workspace of those who answer, in one column of anybody else.
pub(crate) async fn everybodys(
    visitor: &Visitor,
    reader: &Reader,
    title: &str,
    main: &Markup,
) -> Result<Markup, Problem> {
    if visitor.answers() {
        let main = html! { div.column { (main) } };
        return workspace(visitor, reader, Frame { title, ..Frame::default() }, &main, None).await;
    }
    column(visitor, reader, title, Width::Text, main).await
}

/// A page of one column, for customers and those who are not signed in.
pub(crate) async fn column(
    visitor: &Visitor,
    reader: &Reader,
    title: &str,
    width: Width,
    main: &Markup,
) -> Result<Markup, Problem> {
    let bar = visitor.demo().await?;
    let shown = PublicPage {
        reader,
        title,
        theme: visitor.theme,
        width,
        demo: bar.as_ref().map(|bar| bar.shown(&visitor.path)),
        person: visitor.user.as_ref().map(|user| user.name.as_str()),
    };
    if visitor.answers() {
        return Ok(public_page(&shown, main));
    }
    let main = html! { (main) (languages(visitor, reader)) };
    Ok(public_page(&shown, &main))
}

/// The languages of customers' pages, each by its own name.
fn languages(visitor: &Visitor, reader: &Reader) -> Markup {
    let words = reader.words;
    let path = visitor.path.split('?').next().unwrap_or("/");
    html! {
        nav.languages aria-label=(words.say(Text::Languages)) {
            @for language in Language::ALL {
                @let name = language_name(language);
                @if language == words.language { span lang=(language.tag()) aria-current="true" { (name) } }
                @else { a href={ (path) "?lang=" (language.tag()) } lang=(language.tag()) hreflang=(language.tag()) { (name) } }
            }
        }
    }
}

/// A language by its own name.
pub(crate) fn language_name(language: Language) -> &'static str {
    match language {
        Language::En => "English",
        Language::De => "Deutsch",
        Language::Fr => "Français",
        Language::Es => "Español",
        Language::Ja => "日本語",
    }
}

/// A page as an answer.
pub(crate) fn html(markup: Markup) -> Response {
    Html(markup.into_string()).into_response()
}

/// Who has the week, in the reader's first team that has a hero, or who stands in.
fn hero(visitor: &Visitor, reader: &Reader, around: &Around) -> Option<String> {
    let holding = around.holding.as_ref()?;
    let words = reader.words;
    let until = times::soon(words, holding.shift.to, &reader.zone, reader.now);
    let me = visitor.user.as_ref()?.id;
    let name = holding.person.as_ref().map_or(words.say(Text::TheTeam), |user| &user.name);
    let text = match holding.shift.holder {
        Some(holder) if holder == me => Text::HeroYou,
        Some(_) => Text::HeroOther,
        None => Text::HeroNobody,
    };
    Some(words.fill(text, &[("team", &holding.team.name), ("name", &name), ("until", &until)]))
}
