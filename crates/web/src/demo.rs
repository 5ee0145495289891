//! The demo's own pages: whose eyes one looks through, and everything that would have left the machine.

use axum::extract::Path;
use desk::deliveries::Letter;
use desk::tickets::Queued;
use desk::{Act, Ctx, Desk, Error, Page, Tx};
use domain::{Actor, Channel, DeliveryId, Role, TicketId, User, UserId};
use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::button::{self, Button};
use crate::components::demo_bar::DemoBar;
use crate::components::outbox::{Sent, outbox};
use crate::components::signed_out::Width;
use crate::form::{Form, escaped};
use crate::memory::{Eyes, answers};
use crate::problem::Answer;
use crate::reader::Reader;
use crate::table::Route;
use crate::visitor::{Visitor, local};
use crate::words::{MOST_COUNTED, Text, Words};
use crate::{frame, routes, sign_in};

/// How many deliveries the page reads at once.
const MOST: i64 = 5_000;
/// How many of them it shows at once.
const SHOWN: usize = 100;

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::post("/demo/as", Act::ReadPublic, look_as).in_demo(),
        Route::get("/demo/as/{person}", Act::ReadPublic, begin_as).in_demo(),
        Route::get("/demo/outbox", Act::ReadPublic, deliveries).in_demo(),
    ]
}

/// What the bar shows.
pub(crate) struct Bar {
    next_due: Option<Timestamp>,
    deliveries: i64,
    people: Vec<(i64, String)>,
    person: Option<i64>,
    next_here: Option<Timestamp>,
    from_monday: bool,
}

impl Bar {
    /// The component.
    pub(crate) fn shown<'a>(&'a self, back: &'a str) -> DemoBar<'a> {
        DemoBar {
            next_due: self.next_due,
            next_here: self.next_here,
            deliveries: self.deliveries,
            people: &self.people,
            person: self.person,
            back,
            from_monday: self.from_monday,
        }
    }

    /// The way in without a password.
    pub(crate) fn go_on_as(&self, reader: &Reader) -> Markup {
        html! {
            section aria-labelledby="as-heading" {
                h2 #as-heading { (reader.words.say(Text::GoOnAs)) }
                div.line {
                    @for (id, name) in &self.people {
                        form.action method="post" action=(routes::DEMO_AS) {
                            (button::csrf(reader))
                            input type="hidden" name="person" value=(id);
                            (button::submit(Button::plain(name)))
                        }
                    }
                }
            }
        }
    }
}

/// Reads what the bar shows.
pub(crate) async fn bar(visitor: &Visitor, eyes: Eyes) -> Result<Bar, Error> {
    let ticket =
        visitor.user.as_deref().filter(|user| answers(user)).and_then(|_| ticket_of(&visitor.path));
    let (next_due, deliveries, here) = visitor
        .desk
        .read(visitor.ctx.clone(), move |tx, ctx| {
            let sent = desk::deliveries::sent_up_to(tx, MOST_COUNTED + 1)?;
            Ok((desk::tickets::next_due(tx)?, sent, here(tx, ctx, ticket)?))
        })
        .await?;
    let mut people = eyes.to_vec();
    let asked = here.as_ref().map(|(_, requester)| requester);
    for user in asked.into_iter().chain(visitor.user.as_deref()) {
        if !people.iter().any(|(id, _)| *id == user.id.0) {
            let name: [(&str, &dyn std::fmt::Display); 1] = [("name", &user.name)];
            let customer = Words::default().fill(Text::EyesCustomer, &name);
            people.push((user.id.0, if answers(user) { user.name.clone() } else { customer }));
        }
    }
    let person = visitor.user.as_ref().map(|user| user.id.0);
    let next_here = here.and_then(|(next, _)| next);
    let from_monday = visitor.desk.settings().from_monday;
    Ok(Bar { next_due, deliveries, people, person, next_here, from_monday })
}

/// The ticket whose page, or one of whose parts, an address is.
pub(crate) fn ticket_of(path: &str) -> Option<TicketId> {
    path.strip_prefix("/tickets/")?.split(['/', '?', '#']).next()?.parse().ok()
}

/// When something happens next on a ticket, and who asked it.
fn here(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ticket: Option<TicketId>,
) -> Result<Option<(Option<Timestamp>, User)>, Error> {
    let Some(id) = ticket else { return Ok(None) };
    let stored = match desk::tickets::show(tx, ctx, id) {
        Ok(stored) => stored,
        Err(Error::NotFound) => return Ok(None),
        Err(error) => return Err(error),
    };
    let requester = desk::users::show(tx, ctx, stored.ticket.requester)?;
    Ok(Some((stored.ticket.next_wakeup(), requester)))
}

/// An admin, somebody of each team (this week's hero, if it has one), and customers.
pub(crate) async fn eyes(desk: &Desk) -> Result<Vec<(i64, String)>, Error> {
    let ctx = desk.ctx(Actor::System, Channel::System);
    desk.read(ctx, |tx, ctx| {
        let words = Words::default();
        let mut eyes: Vec<(i64, String)> = Vec::new();
        for admin in of_role(tx, ctx, Role::Admin, 1)? {
            eyes.push((admin.id.0, words.fill(Text::EyesAdmin, &[("name", &admin.name)])));
        }
        let rows = desk::teams::list(tx, ctx)?;
        for team in &ctx.handbook.teams {
            let Some(row) = rows.iter().find(|row| row.slug.as_ref() == Some(&team.slug)) else {
                continue;
            };
            let holding = desk::rota::holding(tx, ctx, row)?;
            let hero = holding.filter(|one| one.shift.holder.is_some()).and_then(|one| one.person);
            let text = if hero.is_some() { Text::EyesHero } else { Text::EyesMember };
            let user = match (hero, team.members.first()) {
                (Some(hero), _) => Some(hero),
                (None, Some(email)) => desk::sessions::candidate(tx, email)?,
                (None, None) => None,
            };
            let Some(user) = user else { continue };
            if !eyes.iter().any(|(id, _)| *id == user.id.0) {
                let label = words.fill(text, &[("name", &user.name), ("team", &team.name)]);
                eyes.push((user.id.0, label));
            }
        }
        for customer in of_role(tx, ctx, Role::EndUser, 5)? {
            eyes.push((customer.id.0, words.fill(Text::EyesCustomer, &[("name", &customer.name)])));
        }
        Ok(eyes)
    })
    .await
}

fn of_role(tx: &mut Tx<'_>, ctx: &Ctx, role: Role, most: i64) -> Result<Vec<User>, Error> {
    let filter = desk::users::Filter { roles: vec![role], ..desk::users::Filter::default() };
    let page = Page::first(most);
    Ok(desk::users::list(tx, ctx, &filter, desk::users::Order::Id, &page, false)?.0)
}

/// Signs in as somebody, and goes on from the page they are seen on.
async fn look_as(visitor: Visitor, form: Form) -> Answer {
    sign_in_as(&visitor, form.get("person").trim(), local(form.get("back"))).await
}

/// The link that the demo prints: the one address whose reading has an effect, and only in a demo.
async fn begin_as(visitor: Visitor, Path(person): Path<String>) -> Answer {
    sign_in_as(&visitor, &person, routes::HOME).await
}

/// Signs in as somebody, named by number or address.
async fn sign_in_as(visitor: &Visitor, named: &str, back: &str) -> Answer {
    let named = named.to_owned();
    let ctx = visitor.desk.ctx(Actor::System, Channel::System);
    let user = visitor
        .desk
        .read(ctx, move |tx, ctx| match named.parse() {
            Ok(id) => desk::users::show(tx, ctx, UserId(id)),
            Err(_) => desk::sessions::candidate(tx, &named)?.ok_or(Error::NotFound),
        })
        .await?;
    let token = sign_in::begin(visitor, user.id).await?;
    // Whoever looks at a ticket through the eyes of a customer sees what the customer sees of it.
    let theirs = match ticket_of(back).filter(|_| !answers(&user)) {
        Some(id) => {
            let ctx = visitor.ctx.acting_as(Actor::Person { id: user.id, role: user.role });
            let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::tickets::show_own(tx, ctx, id);
            visitor.desk.read(ctx, read).await.ok().map(|_| routes::request(id.0))
        }
        None => None,
    };
    Ok(sign_in::signed_in(visitor, &token, theirs.as_deref().unwrap_or(landing(&user, back))))
}

/// Where somebody can go on from this page; what they may not see begins at their start.
fn landing<'a>(user: &User, back: &'a str) -> &'a str {
    let public = [routes::SUPPORT_HOURS, routes::DEMO_OUTBOX, routes::NEW_REQUEST];
    let ours = back.starts_with("/tickets/") || back.starts_with("/views/");
    if public.contains(&back) || (answers(user) && ours) { back } else { routes::HOME }
}

async fn deliveries(visitor: Visitor) -> Answer {
    let ctx = visitor.ctx.clone();
    let asked = Asked {
        channel: visitor.query.get("channel").to_owned(),
        kind: visitor.query.get("kind").to_owned(),
        ticket: visitor.query.get("ticket").trim().trim_start_matches('#').to_owned(),
    };
    let wanted = asked.clone();
    let (all, shown, people) = visitor
        .desk
        .read(ctx, move |tx, _| {
            let mut all = newest(tx)?;
            all.reverse();
            let fits = all.iter().filter(|one| wanted.finds(one));
            let shown: Vec<Queued> = fits.take(SHOWN).cloned().collect();
            let ids: Vec<UserId> = shown.iter().filter_map(|one| one.delivery.user).collect();
            let people = desk::tickets::beside::people(tx, &ids)?;
            Ok::<_, Error>((all, shown, people))
        })
        .await?;
    let reader = visitor.reader();
    let main = outbox_page(&reader, &all, &shown, &people, &asked);
    let title = reader.words.say(Text::OutboxTitle);
    let page = if visitor.user.as_deref().is_some_and(answers) {
        let frame = frame::Frame { title, topics: Some("outbox"), ..frame::Frame::default() };
        frame::workspace(&visitor, &reader, frame, &main, None).await?
    } else {
        frame::column(&visitor, &reader, title, Width::Text, &main).await?
    };
    Ok(frame::html(page))
}

/// The newest deliveries, oldest first.
fn newest(tx: &mut Tx<'_>) -> Result<Vec<Queued>, Error> {
    let mut all = Vec::new();
    let mut after = DeliveryId(0);
    loop {
        let page = desk::deliveries::all_sent(tx, after, MOST)?;
        let Some(last) = page.last() else { return Ok(all) };
        after = last.delivery.id;
        let is_full = page.len() == usize::try_from(MOST).unwrap_or_default();
        all = page;
        if !is_full {
            return Ok(all);
        }
    }
}

/// What is wanted of the outbox; what is empty is not asked for.
#[derive(Clone, Debug)]
struct Asked {
    channel: String,
    kind: String,
    ticket: String,
}

impl Asked {
    fn finds(&self, one: &Queued) -> bool {
        let delivery = &one.delivery;
        let ticket = || delivery.ticket.map(|id| id.to_string());
        (self.channel.is_empty() || delivery.channel == self.channel)
            && (self.kind.is_empty() || delivery.kind == self.kind)
            && (self.ticket.is_empty() || ticket().as_ref() == Some(&self.ticket))
    }

    /// The same of another channel, as an address.
    fn of(&self, channel: &str) -> String {
        let parts = [("channel", channel), ("kind", &self.kind), ("ticket", &self.ticket)];
        let asked = parts.iter().filter(|(_, value)| !value.is_empty());
        let asked: Vec<String> =
            asked.map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let mark = if asked.is_empty() { "" } else { "?" };
        format!("{}{mark}{}", routes::DEMO_OUTBOX, asked.join("&"))
    }
}

/// All values of a column, each once.
fn values<'a>(all: &'a [Queued], of: impl Fn(&'a Queued) -> &'a str) -> Vec<&'a str> {
    let mut values: Vec<&str> = all.iter().map(of).collect();
    values.sort_unstable();
    values.dedup();
    values
}

fn outbox_page(
    reader: &Reader,
    all: &[Queued],
    shown: &[Queued],
    people: &[User],
    asked: &Asked,
) -> Markup {
    let words = reader.words;
    let channel = asked.channel.as_str();
    let channels = values(all, |one| &one.delivery.channel);
    let kinds = values(all, |one| &one.delivery.kind);
    let count = |channel: &str| all.iter().filter(|one| one.delivery.channel == channel).count();
    html! {
        div.heading { h1 tabindex="-1" { (words.say(Text::OutboxTitle)) } p { (words.say(Text::OutboxWhat)) } }
        nav.tabs aria-label=(words.say(Text::Channels)) {
            a href=(asked.of("")) aria-current=[channel.is_empty().then_some("page")] {
                (words.say(Text::AllOfThem)) " " span.count { (all.len()) }
            }
            @for one in channels {
                a href=(asked.of(one)) aria-current=[(one == channel).then_some("page")] {
                    (one) " " span.count { (count(one)) }
                }
            }
        }
        form.line method="get" action=(routes::DEMO_OUTBOX) {
            @if !channel.is_empty() { input type="hidden" name="channel" value=(channel); }
            label for="outbox-kind" { (words.say(Text::OutboxKind)) }
            select #outbox-kind name="kind" {
                option value="" { (words.say(Text::AnyKind)) }
                @for kind in kinds { option value=(kind) selected[kind == asked.kind] { (kind) } }
            }
            label for="outbox-ticket" { (words.say(Text::OutboxTicket)) }
            input #outbox-ticket name="ticket" inputmode="numeric" size="8" autocomplete="off" value=(asked.ticket);
            (button::submit(Button::plain(words.say(Text::Filter))))
        }
        (list(reader, shown, people))
        @if shown.len() == SHOWN { p.hint { (words.fill(Text::OutboxNewest, &[("n", &SHOWN)])) } }
    }
}

fn list(reader: &Reader, shown: &[Queued], people: &[User]) -> Markup {
    let name = |one: &Queued| {
        let user = people.iter().find(|user| Some(user.id) == one.delivery.user)?;
        user.name.split_whitespace().next()
    };
    let tos: Vec<String> = shown.iter().map(|one| one.delivery.to.join(", ")).collect();
    let letters: Vec<Letter> = shown
        .iter()
        .map(|one| serde_json::from_str(&one.delivery.payload).unwrap_or_default())
        .collect();
    let headers: Vec<Vec<(&str, &str)>> = shown
        .iter()
        .zip(&letters)
        .zip(&tos)
        .map(|((one, letter), to)| head(one, letter, to))
        .collect();
    let sent: Vec<Sent<'_>> = shown
        .iter()
        .zip(&tos)
        .zip(&headers)
        .map(|((one, to), headers)| Sent {
            id: one.delivery.id.0,
            at: one.delivery.at,
            channel: &one.delivery.channel,
            kind: &one.delivery.kind,
            to,
            subject: about(one),
            text: &one.delivery.text,
            html: one.delivery.html.as_deref(),
            name: name(one),
            headers,
        })
        .collect();
    outbox(reader, &sent)
}

fn head<'a>(one: &'a Queued, letter: &'a Letter, to: &'a str) -> Vec<(&'a str, &'a str)> {
    if one.delivery.channel != "email" {
        return Vec::new();
    }
    vec![
        ("From", &letter.from),
        ("To", to),
        ("Reply-To", &letter.reply_to),
        ("Message-ID", &letter.message_id),
    ]
}

/// What a delivery is about: a post says so in its first line.
fn about(one: &Queued) -> &str {
    let post = one.delivery.channel == "slack";
    let line = if post { one.delivery.text.lines().next() } else { None };
    line.unwrap_or(&one.delivery.subject)
}
