//! `/settings/me`: one's zone, hours, what comes by mail, and how the pages look. What the handbook says about a person
//! is shown and counts.

pub(crate) mod actions;
mod deliveries;
mod fields;
mod frame;
mod home;
mod macros;
mod people;
mod rules;
mod teams;
mod tokens;
mod webhooks;

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Redirect};
use desk::calendars::Whose;
use desk::notices::{Hours, Source};
use desk::preferences::{self, Input};
use desk::{Act, Error, FieldError};
use domain::notices::{AfterSending, Kind, Preferences, UNDO_CHOICES};
use maud::{Markup, html};

use crate::components::button::{self, Button};
use crate::components::field::{Control, Field, field, summary};
use crate::form::Form;
use crate::problem::Answer;
use crate::reader::{Reader, Theme};
use crate::table::Route;
use crate::visitor::{Visitor, referer};
use crate::words::Text;
use crate::{cookies, routes};

macro_rules! rules_of {
    ($path:literal, $sort:expr) => {
        [
            Route::get($path, Act::Configure, |visitor| rules::list(visitor, $sort)),
            Route::get(concat!($path, "/new"), Act::Configure, |visitor| {
                rules::new(visitor, $sort)
            }),
            Route::post(concat!($path, "/new"), Act::Configure, |visitor, form| {
                rules::create(visitor, form, $sort)
            }),
            Route::get(concat!($path, "/{id}"), Act::Configure, |visitor, id| {
                rules::edit(visitor, id, $sort)
            }),
            Route::post(concat!($path, "/{id}"), Act::Configure, |visitor, id, form| {
                rules::update(visitor, id, form, $sort)
            }),
            Route::post(concat!($path, "/{id}/activation"), Act::Configure, |visitor, id, form| {
                rules::activate(visitor, id, form, $sort)
            }),
            Route::post(concat!($path, "/{id}/deletion"), Act::Configure, |visitor, id| {
                rules::delete(visitor, id, $sort)
            }),
        ]
    };
}

pub(crate) fn pages() -> Vec<Route> {
    let mut all = own_pages();
    all.extend(admin_pages());
    all.extend(rules_of!("/settings/triggers", rules::TRIGGERS));
    all.extend(rules_of!("/settings/automations", rules::AUTOMATIONS));
    all
}

fn admin_pages() -> Vec<Route> {
    vec![
        Route::get("/settings/people", Act::Configure, people::list),
        Route::post("/settings/people", Act::Configure, people::invite),
        Route::get("/settings/people/{id}", Act::Configure, people::edit),
        Route::post("/settings/people/{id}", Act::Configure, people::update),
        Route::post("/settings/people/{id}/link", Act::Configure, people::link),
        Route::get("/settings/teams", Act::Configure, teams::list),
        Route::post("/settings/teams", Act::Configure, teams::create),
        Route::get("/settings/teams/{id}", Act::Configure, teams::show),
        Route::post("/settings/teams/{id}", Act::Configure, teams::update),
        Route::post("/settings/teams/{id}/members", Act::Configure, teams::join),
        Route::post("/settings/teams/{id}/members/{member}/removal", Act::Configure, teams::leave),
        Route::post("/settings/teams/{id}/deletion", Act::Configure, teams::delete),
        Route::get("/settings/channels", Act::Configure, deliveries::channels),
        Route::get("/settings/fields", Act::Configure, fields::list),
        Route::get("/settings/fields/new", Act::Configure, fields::new),
        Route::post("/settings/fields/new", Act::Configure, fields::create),
        Route::get("/settings/fields/{id}", Act::Configure, fields::edit),
        Route::post("/settings/fields/{id}", Act::Configure, fields::update),
        Route::post("/settings/fields/{id}/deletion", Act::Configure, fields::delete),
        Route::get("/settings/tokens", Act::Configure, tokens::list),
        Route::post("/settings/tokens", Act::Configure, tokens::create),
        Route::post("/settings/tokens/{id}/revocation", Act::Configure, tokens::revoke),
        Route::get("/settings/webhooks", Act::Configure, webhooks::list),
        Route::get("/settings/webhooks/new", Act::Configure, webhooks::new),
        Route::post("/settings/webhooks/new", Act::Configure, webhooks::create),
        Route::get("/settings/webhooks/{id}", Act::Configure, webhooks::edit),
        Route::post("/settings/webhooks/{id}", Act::Configure, webhooks::update),
        Route::post("/settings/webhooks/{id}/secret", Act::Configure, webhooks::secret),
        Route::post("/settings/webhooks/{id}/test", Act::Configure, webhooks::test),
        Route::post("/settings/webhooks/{id}/deletion", Act::Configure, webhooks::delete),
        Route::get("/settings/deliveries", Act::Configure, deliveries::list),
        Route::post("/settings/deliveries/{id}/retry", Act::Configure, deliveries::retry),
    ]
}

fn own_pages() -> Vec<Route> {
    vec![
        Route::get("/settings/me", Act::ReadDesk, show),
        Route::post("/settings/me", Act::ReadDesk, save),
        Route::post("/settings/me/calendar", Act::ReadDesk, renew),
        Route::post(routes::LOOK, Act::ReadDesk, look),
        Route::get("/settings", Act::ReadDesk, home::show),
        Route::get("/settings/macros", Act::ReadDesk, macros::list),
        Route::get("/settings/macros/new", Act::WorkTickets, macros::new),
        Route::post("/settings/macros/new", Act::WorkTickets, macros::create),
        Route::get("/settings/macros/{id}", Act::WorkTickets, macros::edit),
        Route::post("/settings/macros/{id}", Act::WorkTickets, macros::update),
        Route::post("/settings/macros/{id}/deletion", Act::WorkTickets, macros::delete),
    ]
}

/// What was typed and refused.
#[derive(Clone, Debug, Default)]
struct Typed {
    form: Form,
    errors: Vec<FieldError>,
}

async fn show(visitor: Visitor) -> Answer {
    page(&visitor, &Typed::default()).await
}

async fn page(visitor: &Visitor, typed: &Typed) -> Answer {
    let me = visitor.person()?.id;
    let ctx = visitor.ctx.clone();
    let (hours, chosen, link) = visitor
        .desk
        .read(ctx, move |tx, ctx| {
            let (hours, chosen) = desk::notices::hours(tx, ctx)?;
            Ok::<_, Error>((hours, chosen, desk::calendars::link(tx, ctx, Whose::Person(me))?))
        })
        .await?;
    let reader = visitor.reader();
    let words = reader.words;
    let form = Asked { visitor, reader: &reader, hours: &hours, chosen: &chosen, typed };
    let main = html! {
        (form.markup())
        (crate::rota::link(&reader, &link, routes::SETTINGS_CALENDAR, Text::CalendarOwn))
    };
    let here = (routes::SETTINGS, words.say(Text::Settings));
    frame::page(visitor, &reader, here, &main, frame::status(&typed.errors)).await
}

struct Asked<'a> {
    visitor: &'a Visitor,
    reader: &'a Reader,
    hours: &'a Hours,
    chosen: &'a Preferences,
    typed: &'a Typed,
}

impl Asked<'_> {
    fn error(&self, name: &str) -> Option<&str> {
        let error = self.typed.errors.iter().find(|error| error.field == name);
        error.map(|error| error.description.as_str())
    }

    fn value(&self, name: &str, known: &str) -> String {
        let typed = !self.typed.errors.is_empty();
        if typed { self.typed.form.get(name).to_owned() } else { known.to_owned() }
    }

    fn markup(&self) -> Markup {
        let words = self.reader.words;
        let user = self.visitor.user.as_deref();
        let zone = user.and_then(|user| user.time_zone.as_deref()).unwrap_or_default();
        let zone = self.value("zone", zone);
        let own = self.chosen.hours.map(|range| range.to_string()).unwrap_or_default();
        let own = self.value("hours", &own);
        let zone_field = Field {
            hint: Some(words.say(Text::SettingsZoneHint)),
            error: self.error("zone"),
            value: &zone,
            optional: true,
            ..Field::line("zone", words.say(Text::SettingsZone))
        };
        let hours_field = Field {
            hint: Some(words.say(Text::SettingsHoursHint)),
            error: self.error("hours"),
            value: &own,
            optional: true,
            ..Field::line("hours", words.say(Text::SettingsHours))
        };
        let (zone_fixed, hours_fixed) = preferences::is_fixed(self.hours);
        html! {
            form.stack method="post" action=(routes::SETTINGS) {
                (button::csrf(self.reader))
                (summary(words, &[&zone_field, &hours_field]))
                h2 { (words.say(Text::SettingsHoursHeading)) }
                p { (self.in_words()) }
                @if zone_fixed { (self.fixed(Text::SettingsZone, self.hours.zone.iana_name().unwrap_or("UTC"))) }
                @else { (field(words, &zone_field)) }
                @if hours_fixed { (self.fixed(Text::SettingsHours, &self.spelled())) }
                @else { (field(words, &hours_field)) }
                h2 #mail-heading { (words.say(Text::SettingsMailHeading)) }
                p.hint { (words.say(Text::SettingsMailHint)) }
                (self.kinds())
                h2 { (words.say(Text::SettingsWriting)) }
                (self.writing())
                h2 { (words.say(Text::SettingsLook)) }
                (self.look())
                div.field-actions { (button::submit(Button::primary(words.say(Text::SettingsSave)))) }
            }
        }
    }

    /// What the handbook says, which is not for a form to change.
    fn fixed(&self, label: Text, value: &str) -> Markup {
        let words = self.reader.words;
        html! {
            div.field {
                p { strong { (words.say(label)) } ": " (value) }
                p.hint { (words.say(Text::SettingsFixed)) " " a href=(routes::HANDBOOK) { (words.say(Text::Handbook)) } }
            }
        }
    }

    /// "09:00-17:00", or whole days.
    fn spelled(&self) -> String {
        let ranges = self.hours.calendar.ranges();
        if ranges.is_empty() {
            return self.reader.words.say(Text::SettingsWholeDays).to_owned();
        }
        ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    /// When mail reaches them now, and who says so.
    fn in_words(&self) -> String {
        let words = self.reader.words;
        let hours = crate::support_hours::said(words, &self.hours.calendar);
        let text = words.fill(Text::SettingsReached, &[("hours", &hours)]);
        let source = match &self.hours.source {
            Source::Handbook => words.say(Text::SettingsByHandbook).to_owned(),
            Source::Own => words.say(Text::SettingsByYou).to_owned(),
            Source::Team(team) => words.fill(Text::SettingsByTeam, &[("team", team)]),
            Source::Company => words.say(Text::SettingsByCompany).to_owned(),
        };
        format!("{text} {source}")
    }

    fn kinds(&self) -> Markup {
        let words = self.reader.words;
        let refused = !self.typed.errors.is_empty();
        let ticked = |name: &str, kind: Kind, known: bool| {
            let typed = |(field, value): (&str, &str)| field == name && value == kind.as_str();
            if refused { self.typed.form.pairs().any(typed) } else { known }
        };
        html! {
            div.table-box.kinds role="region" tabindex="0" aria-labelledby="mail-heading" {
                table.table {
                    thead {
                        tr {
                            th scope="col" { (words.say(Text::SettingsWhat)) }
                            th scope="col" { (words.say(Text::SettingsByMail)) }
                            th scope="col" { (words.say(Text::SettingsAnytime)) }
                        }
                    }
                    tbody {
                        @for kind in Kind::ALL {
                            @let name = words.say(kind_text(kind));
                            tr {
                                th scope="row" { (name) }
                                @for (field, label, known) in [
                                    ("mail", Text::SettingsByMail, !self.chosen.muted.contains(&kind)),
                                    ("anytime", Text::SettingsAnytime, self.chosen.anytime.contains(&kind)),
                                ] {
                                    td {
                                        label.choice {
                                            input type="checkbox" name=(field) value=(kind.as_str()) id={ (field) "-" (kind.as_str()) }
                                                checked[ticked(field, kind, known)];
                                            span.hidden { (name) ": " (words.say(label)) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// How long a reply waits, and where one goes after it.
    fn writing(&self) -> Markup {
        let words = self.reader.words;
        let seconds = UNDO_CHOICES.map(|seconds| {
            let said = match seconds {
                0 => words.say(Text::UndoOff).to_owned(),
                n => words.fill(Text::UndoSeconds, &[("n", &n)]),
            };
            (seconds.to_string(), said)
        });
        let seconds = seconds.each_ref().map(|(value, said)| (value.as_str(), said.as_str()));
        let after = AfterSending::ALL.map(|after| {
            let said = match after {
                AfterSending::Next => Text::AfterNext,
                AfterSending::Stay => Text::AfterStay,
                AfterSending::List => Text::AfterList,
            };
            (after.as_str(), words.say(said))
        });
        let undo = self.chosen.undo().as_secs().to_string();
        let undo = self.value("undo_seconds", &undo);
        let next = self.value("after_sending", self.chosen.after_sending.as_str());
        html! {
            (field(words, &Field {
                hint: Some(words.say(Text::SettingsUndoHint)),
                error: self.error("undo_seconds"),
                control: Control::Select(&seconds),
                value: &undo,
                ..Field::line("undo_seconds", words.say(Text::SettingsUndo))
            }))
            (field(words, &Field {
                control: Control::Select(&after),
                value: &next,
                ..Field::line("after_sending", words.say(Text::SettingsAfter))
            }))
        }
    }

    fn look(&self) -> Markup {
        let words = self.reader.words;
        let themes = [
            ("system", words.say(Text::ThemeSystem)),
            ("light", words.say(Text::ThemeLight)),
            ("dark", words.say(Text::ThemeDark)),
        ];
        let densities = [
            ("comfortable", words.say(Text::DensityComfortable)),
            ("compact", words.say(Text::DensityCompact)),
        ];
        let keys = [("on", words.say(Text::KeysOn)), ("off", words.say(Text::KeysOff))];
        let on_off = |is_on| if is_on { "on" } else { "off" };
        let looks = self.visitor.looks;
        let choice = |name, label, options, value| Field {
            control: Control::Select(options),
            value,
            ..Field::line(name, words.say(label))
        };
        html! {
            p.hint { (words.say(Text::SettingsLookHint)) }
            (field(words, &choice("theme", Text::SettingsTheme, &themes, self.visitor.theme.as_str())))
            (field(words, &choice("density", Text::SettingsDensity, &densities, looks.density.as_str())))
            (field(words, &choice("single_keys", Text::SettingsKeys, &keys, on_off(looks.single_keys))))
            (field(words, &choice("exact_times", Text::SettingsExact, &keys, on_off(looks.exact_times))))
        }
    }
}

fn kind_text(kind: Kind) -> Text {
    match kind {
        Kind::Escalated => Text::KindEscalated,
        Kind::BackFromHold => Text::KindBackFromHold,
        Kind::Assigned => Text::KindAssigned,
        Kind::CustomerWrote => Text::KindCustomerWrote,
        Kind::Mentioned => Text::KindMentioned,
        Kind::Followed => Text::KindFollowed,
        Kind::Snoozed => Text::KindSnoozed,
        Kind::Rule => Text::KindRule,
        Kind::Rota => Text::KindRota,
        Kind::WeekBegins => Text::KindWeekBegins,
        Kind::DigestReady => Text::KindDigestReady,
    }
}

async fn save(visitor: Visitor, form: Form) -> Answer {
    let ticked = |name: &str| -> Vec<Kind> {
        let sent = |kind: &Kind| form.pairs().any(|pair| pair == (name, kind.as_str()));
        Kind::ALL.into_iter().filter(sent).collect()
    };
    let mailed = ticked("mail");
    let input = Input {
        zone: form.get("zone").to_owned(),
        hours: form.get("hours").to_owned(),
        muted: Kind::ALL.into_iter().filter(|kind| !mailed.contains(kind)).collect(),
        anytime: ticked("anytime"),
        undo_seconds: form.number("undo_seconds"),
        after_sending: AfterSending::ALL
            .into_iter()
            .find(|after| after.as_str() == form.get("after_sending")),
        looks: looks(&form),
    };
    let ctx = visitor.ctx.clone();
    let done = visitor.desk.write(ctx, move |tx, ctx| preferences::save(tx, ctx, &input)).await;
    match done {
        Ok(()) => {}
        Err(Error::Invalid(errors)) => return page(&visitor, &Typed { form, errors }).await,
        Err(error) => return Err(error.into()),
    }
    let mut answer = Redirect::to(&format!("{}?saved=1", routes::SETTINGS)).into_response();
    answer.headers_mut().extend(theme_here(&visitor, &form));
    Ok(answer)
}

/// Changes how pages look to somebody, and leads back to where they were.
async fn look(visitor: Visitor, headers: HeaderMap, form: Form) -> Answer {
    let choices = looks(&form);
    let keep = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| preferences::look(tx, ctx, &choices);
    visitor.desk.write(visitor.ctx.clone(), keep).await?;
    Ok(Redirect::to(referer(&headers)).into_response())
}

/// What a form says about how pages look.
fn looks(form: &Form) -> Vec<(String, String)> {
    form.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The colours are kept by this browser too, for whoever signs out.
fn theme_here(visitor: &Visitor, form: &Form) -> Option<(HeaderName, HeaderValue)> {
    let theme = Theme::named(form.get("theme"))?.as_str();
    Some((SET_COOKIE, cookies::made(&visitor.desk, cookies::THEME, theme, cookies::YEAR_SECONDS)))
}

async fn renew(visitor: Visitor) -> Answer {
    let me = visitor.person()?.id;
    let ctx = visitor.ctx.clone();
    visitor
        .desk
        .write(ctx, move |tx, ctx| desk::calendars::renew(tx, ctx, Whose::Person(me)))
        .await?;
    Ok(Redirect::to(routes::SETTINGS).into_response())
}

/// How many people can be chosen from.
const MOST_AGENTS: i64 = 200;

/// What actions may name, for forms and for saying what they do.
pub(crate) fn known(tx: &mut desk::Tx<'_>, ctx: &desk::Ctx) -> Result<actions::Known, Error> {
    let roles = vec![domain::Role::Agent, domain::Role::Admin];
    let filter = desk::users::Filter { roles, ..desk::users::Filter::default() };
    let page = desk::Page::first(MOST_AGENTS);
    let (agents, _) = desk::users::list(tx, ctx, &filter, desk::users::Order::Name, &page, false)?;
    let fields = desk::fields::list(tx, ctx, "ticket")?;
    let webhooks = if desk::may(&ctx.actor, Act::Configure) {
        desk::webhooks::list(tx, ctx)?
    } else {
        Vec::new()
    };
    Ok(actions::Known {
        teams: desk::teams::list(tx, ctx)?,
        agents,
        areas: ctx
            .handbook
            .areas
            .iter()
            .map(|area| (area.slug.clone(), area.name.clone()))
            .collect(),
        fields: fields.into_iter().map(|field| (field.id.0, field.title)).collect(),
        webhooks: webhooks.into_iter().map(|one| (one.id.0, one.name)).collect(),
    })
}

/// A place among others, as it was typed.
fn position(text: &str) -> Result<Option<i64>, Error> {
    match text.trim() {
        "" => Ok(None),
        text => match text.parse::<i64>() {
            Ok(place) if (0..1 << 53).contains(&place) => Ok(Some(place)),
            Ok(_) | Err(_) => {
                Err(Error::invalid("position", "InvalidValue", "Place: expected a number"))
            }
        },
    }
}

/// What is wrong and has no field in the form to stand at.
fn errors_elsewhere(errors: &[FieldError], shown: &[&str]) -> Markup {
    let elsewhere = errors
        .iter()
        .filter(|error| !error.field.starts_with("a_") && !shown.contains(&error.field.as_str()));
    html! { @for error in elsewhere { p.error role="alert" { (error.description) } } }
}

/// Where something is deleted: closed until it is wanted, so that nobody does it by accident.
fn deletion(reader: &Reader, to: &str, label: Text, why: Text) -> Markup {
    let words = reader.words;
    html! {
        details.deletion {
            summary { (words.say(label)) }
            p { (words.say(why)) }
            form method="post" action=(to) {
                (button::csrf(reader))
                (button::submit(Button::danger(words.say(label))))
            }
        }
    }
}
