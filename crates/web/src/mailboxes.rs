//! How mail comes in, for admins: the mailboxes, where every message went, what is stuck, and whether anything leaves.

use axum::response::{IntoResponse as _, Redirect};
use desk::mailboxes::{Account, Alarms, Mailbox};
use desk::{Act, Ctx, Error, Tx};
use jiff::civil::Date;
use maud::{Markup, html};

use crate::components::button::{self, Button};
use crate::components::notice::{Tone, message_box};
use crate::components::table::{Column, cards};
use crate::components::time;
use crate::form::Form;
use crate::problem::Answer;
use crate::reader::Reader;
use crate::table::Route;
use crate::visitor::{Visitor, local};
use crate::words::Text;
use crate::{frame, routes, times};

/// How many days are accounted for.
const DAYS: i64 = 14;

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get("/settings/mail", Act::Configure, account),
        Route::post("/settings/mail/voice", Act::Configure, unmute),
    ]
}

/// What admins must know on every page: that nothing leaves, and what does not come in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health {
    muted: Option<String>,
    alarms: Alarms,
}

impl Health {
    /// Reads it.
    pub(crate) fn read(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Self, Error> {
        Ok(Self {
            muted: desk::installation::muted(tx)?.map(|(_, because)| because),
            alarms: desk::mailboxes::alarms(tx, ctx)?,
        })
    }

    /// The box above the page, if there is something to say.
    pub(crate) fn banner(&self, visitor: &Visitor, reader: &Reader) -> Markup {
        let words = reader.words;
        let is_here = visitor.path.starts_with(routes::MAIL);
        html! {
            @if let Some(because) = &self.muted {
                (message_box("muted", Tone::Danger, words.say(Text::Muted), &html! {
                    p { (words.fill(Text::MutedBecause, &[("why", because)])) }
                    form.action method="post" action=(routes::VOICE) {
                        (button::csrf(reader))
                        input type="hidden" name="back" value=(visitor.path);
                        (button::submit(Button::danger(words.say(Text::Unmute))))
                    }
                }))
            }
            @if !self.alarms.is_quiet() && !is_here {
                (message_box("mail-alarm", Tone::Danger, words.say(Text::MailAlarm), &html! {
                    p { a href=(routes::MAIL) { (words.say(Text::MailAlarmSee)) } }
                }))
            }
        }
    }
}

async fn account(visitor: Visitor) -> Answer {
    let ctx = visitor.ctx.clone();
    let account = visitor.desk.read(ctx, |tx, ctx| desk::mailboxes::account(tx, ctx, DAYS)).await?;
    let reader = visitor.reader();
    let words = reader.words;
    let title = words.say(Text::MailIn);
    let main = html! {
        div.heading { h1 tabindex="-1" { (title) } p { (words.say(Text::MailInWhat)) } }
        div.stack {
            (boxes(&reader, &account))
            @if !account.tallies.is_empty() { (days(&reader, &account)) }
            @if !account.failed.is_empty() { (undecided(&reader, &account)) }
        }
    };
    let frame = frame::Frame { title, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(&visitor, &reader, frame, &main, None).await?))
}

fn boxes(reader: &Reader, account: &Account) -> Markup {
    let words = reader.words;
    if account.mailboxes.is_empty() {
        return html! { p { (words.say(Text::NoMailboxes)) } };
    }
    let columns = [
        Column::text(words.say(Text::Mailbox)),
        Column::text(words.say(Text::MailboxReached)),
        Column::text(words.say(Text::MailboxState)),
    ];
    let rows: Vec<Vec<Markup>> = account
        .mailboxes
        .iter()
        .map(|one| {
            let reached = one
                .reached_at
                .map_or_else(|| html! { (words.say(Text::NeverYet)) }, |at| time::past(reader, at));
            vec![html! { (one.name) }, reached, state(reader, account, one)]
        })
        .collect();
    cards("mailboxes", words.say(Text::Mailboxes), &columns, &rows)
}

fn state(reader: &Reader, account: &Account, one: &Mailbox) -> Markup {
    let words = reader.words;
    let stuck = account.alarms.unarchived.iter().find(|(name, _)| *name == one.name);
    html! {
        @match (&one.last_error, one.failing_since) {
            (Some(why), Some(since)) => {
                (words.fill(Text::MailboxFails, &[("why", why)])) " · " (time::past(reader, since))
            }
            _ if stuck.is_none() => (words.say(Text::MailboxGood)),
            _ => {}
        }
        @if let Some((_, count)) = stuck { " " (words.count(Text::MailboxStuck, *count)) }
    }
}

/// Every message of the last days: listed is archived, gone, old or still to come.
fn days(reader: &Reader, account: &Account) -> Markup {
    let words = reader.words;
    let columns = [
        Column::text(words.say(Text::MailDay)),
        Column::text(words.say(Text::Mailbox)),
        Column::number(words.say(Text::Listed)),
        Column::number(words.say(Text::Archived)),
        Column::number(words.say(Text::GoneBefore)),
        Column::number(words.say(Text::TooOld)),
        Column::number(words.say(Text::StillOpen)),
    ];
    let rows: Vec<Vec<Markup>> = account
        .tallies
        .iter()
        .map(|one| {
            let mut cells = vec![html! { (day(reader, &one.day)) }, html! { (one.mailbox) }];
            cells.extend(
                [one.listed, one.archived, one.gone, one.old, one.open]
                    .map(|count| html! { (count) }),
            );
            cells
        })
        .collect();
    cards("mail-days", words.say(Text::WhereMailWent), &columns, &rows)
}

/// A day as people say it.
fn day(reader: &Reader, stored: &str) -> String {
    let date = stored.parse::<Date>().ok();
    let noon = date.and_then(|date| reader.zone.to_timestamp(date.at(12, 0, 0, 0)).ok());
    noon.map_or_else(
        || stored.to_owned(),
        |noon| times::day(reader.words, noon, &reader.zone, reader.now),
    )
}

fn undecided(reader: &Reader, account: &Account) -> Markup {
    let words = reader.words;
    let columns = [
        Column::text(words.say(Text::ColumnWhen)),
        Column::text(words.say(Text::Mailbox)),
        Column::number(words.say(Text::Attempts)),
        Column::text(words.say(Text::WhatWasWrong)),
    ];
    let rows: Vec<Vec<Markup>> = account
        .failed
        .iter()
        .map(|one| {
            vec![
                time::dated(reader, one.received_at),
                html! { (one.mailbox) },
                html! { (one.attempts) },
                html! { (one.cause.as_deref().unwrap_or_default()) },
            ]
        })
        .collect();
    cards("mail-failed", words.say(Text::MailUndecided), &columns, &rows)
}

/// This is the real desk: things leave again.
async fn unmute(visitor: Visitor, form: Form) -> Answer {
    let ctx = visitor.ctx.clone();
    let unmuted =
        visitor.desk.write(ctx, |tx, ctx| desk::installation::unmute(tx, ctx, false)).await;
    match unmuted {
        // Somebody else was faster.
        Ok(_) | Err(Error::Conflict(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let back = form.some("back").map_or(routes::MAIL, local);
    Ok(Redirect::to(back).into_response())
}
