//! The frame of every signed-in page.

use domain::looks::Looks;
use maud::{DOCTYPE, Markup, html};
use serde_json::json;

use super::avatar::{Size, avatar};
use super::button::{self, Button, csrf};
use super::demo_bar::{DemoBar, demo_bar};
use super::icon::icon;
use super::leaving::Leaving;
use super::navigation::{Place, navigation};
use super::notice::{self, Notice};
use super::notices_link::notices_link;
use crate::reader::{Clock, Density, Reader, Theme};
use crate::words::{Text, Words};
use crate::{assets, keys, routes};

/// What the name of the place is.
const NAME: &str = "Answerable";

/// How htmx behaves here: nothing is evaluated, nothing injected, nothing of a customer kept in the browser, and the
/// answers to refused forms are shown.
const HTMX_CONFIG: &str = r#"{"allowEval":false,"includeIndicatorStyles":false,"historyEnabled":false,"attributesToSettle":["class"],"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"409|422","swap":true},{"code":"...","swap":false,"error":true}]}"#;

/// A page around its main part.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// Who reads it.
    pub reader: &'a Reader,
    /// What it is, for the tab.
    pub title: &'a str,
    /// The reader's name.
    pub person: &'a str,
    /// How many notices the reader has not read, and the reader's number.
    pub notices: Option<(i64, i64)>,
    /// Who is hero of the week: "Hero: you, until Mon 00:00".
    pub hero: Option<&'a str>,
    /// The colours.
    pub theme: Theme,
    /// How it looks otherwise.
    pub looks: Looks,
    /// Whether the navigation offers the next ticket, as it does where no list does. (ROT-11)
    pub next: bool,
    /// The views with their counts.
    pub views: &'a [Place<'a>],
    /// The views of teams.
    pub team_views: &'a [Place<'a>],
    /// Everything else one can go to.
    pub places: &'a [Place<'a>],
    /// What is searched for.
    pub query: &'a str,
    /// Whether the page itself shows what is found, while one types.
    pub searches: bool,
    /// The demo's bar, in the demo.
    pub demo: Option<DemoBar<'a>>,
    /// What is to be said about the last action.
    pub notice: Option<Notice<'a>>,
    /// A reply of the reader's that can still be undone.
    pub leaving: Option<Leaving<'a>>,
    /// What the page listens to, `"ticket:7,tickets"`, and where the news stood when it was drawn.
    pub live: Option<(&'a str, &'a str)>,
}

/// The page.
pub fn page(page: &Page<'_>, main: &Markup, aside: Option<&Markup>) -> Markup {
    let words = page.reader.words;
    let next = page.next.then(|| {
        let button = Button::plain(words.say(Text::NextTicket)).with_key(keys::TAKE);
        button::action(page.reader, routes::NEXT, button)
    });
    let density = if page.looks.density == Density::Compact { " density-compact" } else { "" };
    let body = html! {
        a.skip href="#main" { (words.say(Text::SkipToContent)) }
        @if let Some(demo) = &page.demo { (demo_bar(page.reader, demo)) }
        (header(page))
        div class={ "frame" @if aside.is_some() { " with-aside" } } {
            (navigation(words, next.as_ref(), page.views, page.team_views, page.places))
            main #main tabindex="-1" { (main) }
            @if let Some(aside) = aside { aside.aside aria-label=(words.say(Text::AboutThis)) { (aside) } }
        }
        (notice::region(page.reader, page.notice, page.leaving))
        p #connection .notices role="status" hidden {}
        div #dictation .notices popover data-said=(words.say(Text::LooksLikeDictation)) {
            div.notice {
                p role="status" {}
                form method="post" action=(routes::LOOK) {
                    (csrf(page.reader))
                    button.button type="submit" name="single_keys" value="off" { (words.say(Text::SwitchLettersOff)) }
                }
            }
        }
        section #signed-out .notices aria-label=(words.say(Text::WereSignedOut)) hidden {
            div.notice { p role="status" { (words.say(Text::SignedOutHere)) } (button::link(routes::HOME, Button::plain(words.say(Text::SignIn)))) }
        }
        modal-box { dialog #dialog { div #dialog-content data-dialog-content hx-target="this" {} } }
        key-map data-letters=(if page.looks.single_keys { "on" } else { "off" }) data-exact[page.looks.exact_times] data-look=(routes::LOOK) {}
        @if let Some((topics, mark)) = page.live { live-events topics=(topics) at=(mark) {} }
    };
    let class = format!(
        "{}{density}{}",
        theme_class(page.theme),
        if aside.is_some() { " has-aside" } else { "" }
    );
    document(page.reader, page.title, &class, Script::Workspace, &body)
}

/// What a page runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// What the workspace is made of.
    Workspace,
    /// The little that helps customers.
    Customers,
}

/// A whole document: what stands in its head, and its body.
pub(super) fn document(
    reader: &Reader,
    title: &str,
    class: &str,
    script: Script,
    body: &Markup,
) -> Markup {
    let words = reader.words;
    let still = if reader.clock == Clock::Still { "still" } else { "running" };
    html! {
        (DOCTYPE)
        html lang=(words.tag()) class=(class.trim()) {
            head {
                (head(&words.fill(Text::Title, &[("page", &title), ("name", &NAME)])))
                @if script == Script::Customers { script src=(assets::customers_js_url()) type="module" {} }
                @if script == Script::Workspace {
                    meta name="now" content=(reader.now) data-clock=(still);
                    meta name="words" content=(words_for_script(words, reader));
                    meta name="htmx-config" content=(HTMX_CONFIG);
                    script src=(assets::htmx_url()) defer {}
                    script src=(assets::js_url()) type="module" {}
                }
            }
            body { (body) }
        }
    }
}

/// A document that is read by somebody we look at no cookie of: a language, a title, a body, and no script.
pub(super) fn plain_document(lang: &str, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang) {
            head {
                (head(title))
                meta name="robots" content="noindex";
            }
            body { (body) }
        }
    }
}

fn head(title: &str) -> Markup {
    html! {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta name="color-scheme" content="light dark";
        title { (title) }
        link rel="icon" type="image/svg+xml" href=(assets::favicon_url());
        link rel="stylesheet" href=(assets::css_url());
    }
}

/// The class on `html` that fixes the colours a cookie asks for.
pub(super) fn theme_class(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "",
        Theme::Light => "theme-light",
        Theme::Dark => "theme-dark",
    }
}

/// The name of the place, leading home.
pub(super) fn wordmark() -> Markup {
    html! {
        a href=(routes::HOME) { span.mark-a aria-hidden="true" {} span.wordmark { (NAME) } }
    }
}

/// The few sentences the script writes itself, patterns included.
fn words_for_script(words: Words, reader: &Reader) -> String {
    json!({
        "left": words.say(Text::Left),
        "over": words.say(Text::Over),
        "daysHours": words.say(Text::DaysHours),
        "hoursMinutes": words.say(Text::HoursMinutes),
        "minutes": words.say(Text::Minutes),
        "underMinute": words.say(Text::UnderMinute),
        "notSaved": words.say(Text::NotSavedThere),
        "draftHere": words.say(Text::DraftHere),
        "draftUse": words.say(Text::DraftUse),
        "sendsWhenBack": words.say(Text::SendsWhenBack),
        "fileFailed": words.say(Text::FileFailed),
        "offline": words.say(Text::Offline),
        "notDone": words.say(Text::NotDoneOffline),
        "zone": reader.zone.iana_name().unwrap_or("UTC"),
    })
    .to_string()
}

fn header(page: &Page<'_>) -> Markup {
    let words = page.reader.words;
    html! {
        header.top {
            div.top-name {
                button.button.quiet.top-menu-button type="button" popovertarget="views" { (icon("menu")) (words.say(Text::Menu)) }
                (wordmark())
            }
            command-bar data-bar=(routes::BAR) data-choices=(routes::CHOICES) data-page=(words.say(Text::BarPage)) data-go=(words.say(Text::BarGo))
                data-pick=(words.say(Text::PickPlaceholder)) data-none=(words.say(Text::BarNoTarget)) data-searches[page.searches] {
                form.search role="search" action=(routes::SEARCH) {
                    label.hidden for="search" { (words.say(Text::Search)) }
                    (icon("search"))
                    input #search name="q" type="search" value=(page.query) placeholder=(words.say(Text::SearchOrCommand))
                        autocomplete="off" data-key=(keys::SEARCH) aria-keyshortcuts="/ Control+K" data-key-label=(words.say(Text::Search));
                    kbd aria-hidden="true" { "Ctrl K" }
                }
                dialog #bar .bar closedby="any" aria-label=(words.say(Text::KeyBar)) {
                    div.bar-field {
                        span.bar-scope role="status" {}
                        input #bar-input type="text" role="combobox" aria-expanded="true" aria-controls="bar-options" aria-autocomplete="list"
                            aria-label=(words.say(Text::SearchOrCommand)) autocomplete="off" spellcheck="false";
                        button.button.quiet type="button" data-close { span.hidden { (words.say(Text::BarClose)) " " } kbd { "Esc" } }
                    }
                    div #bar-options role="listbox" aria-label=(words.say(Text::SearchOrCommand)) {}
                    p.bar-hint aria-hidden="true" { (words.say(Text::BarHints)) }
                }
            }
            p.top-hero { @if let Some(hero) = page.hero { (hero) } }
            div.top-own {
                @if let Some((unread, person)) = page.notices { (notices_link(words, unread, person)) }
                details.menu #own-menu {
                    summary {
                        span.hidden { (words.fill(Text::YourMenu, &[("name", &page.person)])) }
                        (avatar(page.person, Size::Large)) (icon("down"))
                    }
                    div.menu-panel {
                        p.hint { (page.person) }
                        a href=(routes::SETTINGS) { (words.say(Text::Settings)) }
                        a href=(routes::SUPPORT_HOURS) { (words.say(Text::SupportHours)) }
                        a href=(routes::KEYS) hx-get=(routes::KEYS) hx-target="#dialog-content" data-key=(keys::SHEET) aria-keyshortcuts=(keys::SHEET) { (words.say(Text::AllKeys)) (button::key_cap(Some(keys::SHEET))) }
                        form method="post" action=(routes::UNDO) { (csrf(page.reader)) button type="submit" data-key=(keys::UNDO) aria-keyshortcuts=[button::shortcut(Some(keys::UNDO))] { (words.say(Text::KeyUndo)) (button::key_cap(Some(keys::UNDO))) } }
                        form method="post" action=(routes::SIGN_OUT) data-signs-out { (csrf(page.reader)) button type="submit" { (words.say(Text::SignOut)) } }
                    }
                }
            }
        }
    }
}
