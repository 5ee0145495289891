//! `/settings/deliveries`: everything that leaves, what became of it, and trying it again. And `/settings/channels`:
//! where requests come in and answers leave.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use desk::standing::Standing;
use desk::tickets::Queued;
use desk::{Ctx, Error, Key, Page, Start, Tx};
use domain::DeliveryId;
use maud::{Markup, html};

use super::frame::{page, status};
use crate::components::button;
use crate::components::empty_state::empty_state;
use crate::components::field::{Control, Field, field};
use crate::components::table::{Column, listing};
use crate::components::time;
use crate::form::escaped;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::routes;
use crate::visitor::Visitor;
use crate::words::{Text, Words};

/// How many deliveries a page has.
const SIZE: i64 = 50;
const CHANNELS: [&str; 4] = ["email", "slack", "posthog", "webhook"];
const STATES: [&str; 6] = ["pending", "sent", "failed", "refused", "suppressed", "held"];

/// What became of a delivery, in a word.
pub(super) fn state_text(state: &str) -> Text {
    match state {
        "pending" => Text::DeliveryPending,
        "sent" => Text::DeliverySent,
        "failed" => Text::DeliveryFailed,
        "suppressed" => Text::DeliverySuppressed,
        "held" => Text::DeliveryHeld,
        _ => Text::DeliveryRefused,
    }
}

/// A word of the address that is one of those we know.
fn known(word: Option<&str>, all: &[&'static str]) -> Option<&'static str> {
    all.iter().copied().find(|known| Some(*known) == word)
}

pub(super) async fn list(visitor: Visitor) -> Answer {
    let channel = known(visitor.query.some("channel"), &CHANNELS);
    let state = known(visitor.query.some("state"), &STATES);
    let start = match visitor.query.number("before") {
        Some(id) => Start::After(Key { value: None, id }),
        None => Start::Offset(0),
    };
    let wanted = Page { start, size: SIZE + 1, descending: true };
    let read =
        move |tx: &mut Tx<'_>, ctx: &Ctx| desk::deliveries::all(tx, ctx, (channel, state), &wanted);
    let mut found = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let size = usize::try_from(SIZE).unwrap_or_default();
    let more = found.len() > size;
    found.truncate(size);
    let reader = visitor.reader();
    let words = reader.words;
    let older = found.last().filter(|_| more).map(|last| {
        let (channel, state) = (channel.unwrap_or_default(), state.unwrap_or_default());
        format!(
            "{}?channel={}&state={}&before={}",
            routes::DELIVERIES,
            escaped(channel),
            escaped(state),
            last.delivery.id
        )
    });
    let main = html! {
        (filter(words, channel, state))
        @if found.is_empty() { (empty_state(words.say(Text::DeliveryNone), words.say(Text::DeliveryNoneWhy), None)) }
        @else { (rows(&reader, &found)) }
        @if let Some(older) = older { p { a href=(older) { (words.say(Text::Older)) } } }
    };
    let here = (routes::DELIVERIES, words.say(Text::SettingsDeliveries));
    page(&visitor, &reader, here, &main, status(&[])).await
}

fn filter(words: Words, channel: Option<&str>, state: Option<&str>) -> Markup {
    let mut channels = vec![("", words.say(Text::DeliveryAnyChannel))];
    channels.extend(CHANNELS.map(|channel| (channel, channel)));
    let mut states = vec![("", words.say(Text::DeliveryAnyState))];
    states.extend(STATES.map(|state| (state, words.say(state_text(state)))));
    html! {
        form.rule-state method="get" action=(routes::DELIVERIES) {
            (field(words, &Field { control: Control::Select(&channels), value: channel.unwrap_or_default(), ..Field::line("channel", words.say(Text::DeliveryChannel)) }))
            (field(words, &Field { control: Control::Select(&states), value: state.unwrap_or_default(), ..Field::line("state", words.say(Text::DeliveryState)) }))
            button.button type="submit" { (words.say(Text::DeliveryFilter)) }
        }
    }
}

fn rows(reader: &Reader, found: &[Queued]) -> Markup {
    let words = reader.words;
    let columns = [
        Column::text(words.say(Text::DeliveryWhen)),
        Column::text(words.say(Text::DeliveryChannel)),
        Column::text(words.say(Text::DeliveryTo)),
        Column::text(words.say(Text::DeliveryAbout)),
        Column::text(words.say(Text::DeliveryState)),
        Column::number(words.say(Text::DeliveryTries)),
        Column::text(words.say(Text::DeliverySaid)),
    ];
    let row = |one: &Queued| {
        let delivery = &one.delivery;
        let can_retry = matches!(one.state.as_str(), "failed" | "held" | "suppressed");
        let to = format!("{}/{}/retry", routes::DELIVERIES, delivery.id);
        vec![
            time::dated(reader, delivery.at),
            html! { (delivery.channel) ", " (delivery.kind) },
            html! { (delivery.to.join(", ")) },
            html! {
                @match delivery.ticket {
                    Some(id) => a href=(routes::ticket(id.0)) dir="auto" { (delivery.subject) },
                    None => span dir="auto" { (delivery.subject) },
                }
            },
            html! { (words.say(state_text(&one.state))) },
            html! { (one.attempts) },
            html! {
                (one.last_error.as_deref().unwrap_or_default())
                @if can_retry {
                    form.action method="post" action=(to) {
                        (button::csrf(reader))
                        button.button type="submit" aria-label={ (words.say(Text::DeliveryRetry)) " #" (delivery.id) } { (words.say(Text::DeliveryRetry)) }
                    }
                }
            },
        ]
    };
    let rows: Vec<Vec<Markup>> = found.iter().map(row).collect();
    listing("deliveries", words.say(Text::SettingsDeliveries), &columns, &rows)
}

pub(super) async fn retry(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = DeliveryId(id.parse().map_err(|_| Problem::NotFound)?);
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::deliveries::try_any_again(tx, ctx, id);
    match visitor.desk.write(visitor.ctx.clone(), write).await {
        // It is on its way already: pressed twice.
        Ok(()) | Err(Error::Conflict(_)) => {
            Ok(Redirect::to(&format!("{}?saved=1", routes::DELIVERIES)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn channels(visitor: Visitor) -> Answer {
    let standing = visitor.desk.read(visitor.ctx.clone(), desk::standing::read).await?;
    let reader = visitor.reader();
    let words = reader.words;
    let columns = [
        Column::text(words.say(Text::DeliveryChannel)),
        Column::text(words.say(Text::ChannelState)),
        Column::text(words.say(Text::ChannelWhere)),
    ];
    let shown = Shown { reader: &reader, standing: &standing };
    let link = |to: &str, text: Text| html! { a href=(to) { (words.say(text)) } };
    let handbook = link(routes::HANDBOOK, Text::ChannelInHandbook);
    let rows: Vec<(Text, Markup, Markup)> = vec![
        (Text::ChannelMailIn, shown.mail_in(), link(routes::MAIL, Text::MailIn)),
        (Text::ChannelMailOut, shown.out(), link(routes::DELIVERIES, Text::SettingsDeliveries)),
        (Text::ChannelApp, shown.app(), html! { (words.say(Text::ChannelInConfig)) }),
        (Text::ChannelWeb, shown.came(&["web"]), link(routes::NEW_REQUEST, Text::ChannelHere)),
        (Text::ChannelApi, shown.came(&["api"]), link(routes::TOKENS, Text::SettingsTokens)),
        (Text::ChannelSlack, shown.to("slack", &handbook_slack(&visitor)), handbook.clone()),
        (
            Text::ChannelPosthog,
            shown.to("posthog", &visitor.ctx.handbook.csat.posthog.host),
            handbook,
        ),
        (Text::ChannelWebhooks, shown.webhooks(), link(routes::WEBHOOKS, Text::SettingsWebhooks)),
    ];
    let rows: Vec<Vec<Markup>> = rows
        .into_iter()
        .map(|(name, state, place)| vec![html! { (words.say(name)) }, state, place])
        .collect();
    let main = listing("channels", words.say(Text::SettingsChannels), &columns, &rows);
    let here = (routes::CHANNELS, words.say(Text::SettingsChannels));
    page(&visitor, &reader, here, &main, status(&[])).await
}

/// What is known of the ways in and out, in words: nothing is called well that nobody looked at.
struct Shown<'a> {
    reader: &'a Reader,
    standing: &'a Standing,
}

impl Shown<'_> {
    fn mail_in(&self) -> Markup {
        let words = self.reader.words;
        html! {
            @if self.standing.mailboxes.is_empty() { p { (words.say(Text::ChannelNoMailbox)) } }
            @for one in &self.standing.mailboxes {
                p {
                    @match (&one.last_error, one.failing_since, one.reached_at) {
                        (Some(why), Some(since), _) => {
                            (one.name) ": " (words.fill(Text::MailboxFails, &[("why", why)])) " · " (time::past(self.reader, since))
                        }
                        (_, _, Some(at)) => { (one.name) ": " (words.say(Text::MailboxReached)) " " (time::past(self.reader, at)) },
                        _ => { (one.name) ": " (words.say(Text::NeverYet)) },
                    }
                }
            }
            (self.came(&["email"]))
        }
    }

    fn out(&self) -> Markup {
        let words = self.reader.words;
        let (waiting, failed) = self.standing.unsent;
        html! {
            @if let Some(why) = &self.standing.muted { p { (words.fill(Text::ChannelMuted, &[("why", why)])) } }
            p { (words.count(Text::ChannelWaits, waiting)) ", " (words.count(Text::ChannelFails, failed)) }
            (self.failed("email"))
        }
    }

    fn app(&self) -> Markup {
        let keys = i64::try_from(self.standing.keys).unwrap_or(i64::MAX);
        let words = self.reader.words;
        html! {
            p { @if keys == 0 { (words.say(Text::ChannelNoKeys)) } @else { (words.count(Text::ChannelKeys, keys)) } }
            (self.came(&["app"]))
        }
    }

    fn webhooks(&self) -> Markup {
        let count = i64::try_from(self.standing.webhooks).unwrap_or(i64::MAX);
        let words = self.reader.words;
        html! {
            p { @if count == 0 { (words.say(Text::ChannelOff)) } @else { (words.count(Text::ChannelInUse, count)) } }
            (self.failed("webhook"))
        }
    }

    /// Where a channel leads, if it is set up.
    fn to(&self, channel: &str, place: &str) -> Markup {
        let off = self.reader.words.say(Text::ChannelOff);
        html! {
            p { @if place.is_empty() { (off) } @else { (place) } }
            (self.failed(channel))
        }
    }

    /// When a customer last wrote by any of these ways.
    fn came(&self, ways: &[&str]) -> Markup {
        let words = self.reader.words;
        let came = self.standing.came.iter().filter(|(way, _)| ways.contains(&way.as_str()));
        let last = came.map(|(_, at)| *at).max();
        html! {
            p.muted {
                @match last {
                    Some(at) => { (words.say(Text::ChannelLastIn)) " " (time::past(self.reader, at)) },
                    None => (words.say(Text::ChannelNoneIn)),
                }
            }
        }
    }

    /// What last failed to leave.
    fn failed(&self, channel: &str) -> Markup {
        let words = self.reader.words;
        let found = self.standing.failed.iter().find(|(one, _)| *one == channel);
        html! {
            @if let Some((_, last)) = found {
                @let why = last.last_error.as_deref().unwrap_or_default();
                p { (words.fill(Text::ChannelLastFailure, &[("why", &why)])) " · " (time::past(self.reader, last.finished_at.unwrap_or(last.delivery.at))) }
            }
        }
    }
}

/// The channels that teams read in.
fn handbook_slack(visitor: &Visitor) -> String {
    let named: Vec<&str> =
        visitor.ctx.handbook.teams.iter().filter_map(|team| team.slack.as_deref()).collect();
    named.join(", ")
}
