//! `/settings/deliveries`: everything that leaves, what became of it, and trying it again. And `/settings/channels`:
//! where requests come in and answers leave.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
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

/// What waits and what failed of everything that leaves, and whether anything does.
struct Standing {
    waiting: i64,
    failed: i64,
    muted: Option<String>,
    webhooks: usize,
}

pub(super) async fn channels(visitor: Visitor) -> Answer {
    let read = |tx: &mut Tx<'_>, ctx: &Ctx| {
        Ok::<_, Error>(Standing {
            waiting: desk::deliveries::unsent(tx, "pending")?,
            failed: desk::deliveries::unsent(tx, "failed")?,
            muted: desk::installation::muted(tx)?.map(|(_, because)| because),
            webhooks: desk::webhooks::list(tx, ctx)?.iter().filter(|one| one.active).count(),
        })
    };
    let standing = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let reader = visitor.reader();
    let words = reader.words;
    let columns = [
        Column::text(words.say(Text::DeliveryChannel)),
        Column::text(words.say(Text::ChannelState)),
        Column::text(words.say(Text::ChannelWhere)),
    ];
    let up = words.say(Text::ChannelUp).to_owned();
    let out = match &standing.muted {
        Some(why) => words.fill(Text::ChannelMuted, &[("why", why)]),
        None => format!(
            "{}, {}",
            words.count(Text::ChannelWaits, standing.waiting),
            words.count(Text::ChannelFails, standing.failed)
        ),
    };
    let posthog = &visitor.ctx.handbook.csat.posthog.host;
    let posthog = if posthog.is_empty() { words.say(Text::ChannelOff) } else { posthog };
    let link = |to: &str, text: Text| html! { a href=(to) { (words.say(text)) } };
    let config = html! { (words.say(Text::ChannelInConfig)) };
    let handbook = link(routes::HANDBOOK, Text::ChannelInHandbook);
    let rows: Vec<(Text, String, Markup)> = vec![
        (Text::ChannelMailIn, up.clone(), link(routes::MAIL, Text::MailIn)),
        (Text::ChannelMailOut, out, link(routes::DELIVERIES, Text::SettingsDeliveries)),
        (Text::ChannelApp, up.clone(), config.clone()),
        (Text::ChannelWeb, up.clone(), link(routes::NEW_REQUEST, Text::ChannelHere)),
        (Text::ChannelApi, up, link(routes::TOKENS, Text::SettingsTokens)),
        (Text::ChannelSlack, handbook_slack(&visitor), handbook.clone()),
        (Text::ChannelPosthog, posthog.to_owned(), handbook),
        (
            Text::ChannelWebhooks,
            standing.webhooks.to_string(),
            link(routes::WEBHOOKS, Text::SettingsWebhooks),
        ),
    ];
    let rows: Vec<Vec<Markup>> = rows
        .into_iter()
        .map(|(name, state, place)| vec![html! { (words.say(name)) }, html! { (state) }, place])
        .collect();
    let main = listing("channels", words.say(Text::SettingsChannels), &columns, &rows);
    let here = (routes::CHANNELS, words.say(Text::SettingsChannels));
    page(&visitor, &reader, here, &main, status(&[])).await
}

/// The channels that teams read in.
fn handbook_slack(visitor: &Visitor) -> String {
    let named: Vec<&str> =
        visitor.ctx.handbook.teams.iter().filter_map(|team| team.slack.as_deref()).collect();
    named.join(", ")
}
