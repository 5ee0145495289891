//! News as they happen: one stream a page. An event says what changed; the page fetches what it shows of it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use desk::{Act, Desk};
use domain::TicketId;
use futures_util::stream::{self, Stream};
use jiff::Timestamp;
use serde_json::json;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Instant, Interval, MissedTickBehavior};

use crate::memory::answers;
use crate::problem::{Answer, Problem};
use crate::table::Route;
use crate::visitor::Visitor;

/// So often a page hears that the stream lives.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// So often the demo looks whether its clock was moved.
const LOOK: Duration = Duration::from_secs(1);
/// No page listens to more.
const MOST_TOPICS: usize = 20;

pub(crate) fn pages() -> Vec<Route> {
    vec![Route::get("/live", Act::ReadPublic, live)]
}

/// The stream. Who is signed out hears just that, for a page cannot read why a stream is refused; who says that it listens
/// again, or drew its page before the latest news, begins with a resync, for nobody has kept what it missed.
async fn live(visitor: Visitor) -> Answer {
    if visitor.user.is_none() {
        let said = Event::default().event("signed-out").data("{}");
        return Ok(answer(stream::iter([Ok(said)])));
    }
    let asked = visitor.query.get("topics").split(',').filter(|topic| !topic.is_empty());
    let mut topics = Vec::new();
    for topic in asked.take(MOST_TOPICS) {
        if may_hear(&visitor, topic).await {
            topics.push(topic.to_owned());
        }
    }
    if topics.is_empty() {
        return Err(Problem::NotFound);
    }
    let mut ticks = tokio::time::interval_at(Instant::now() + LOOK, LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Listened to before it is asked what was missed.
    let news = visitor.desk.store().changes();
    let moved = visitor.query.some("at").is_some_and(|at| visitor.has_moved(at));
    let listener = Listener {
        news,
        clock: visitor.desk.clock().now(),
        silent: Duration::ZERO,
        missed: moved || visitor.query.some("again").is_some(),
        desk: visitor.desk,
        topics,
        ticks,
    };
    Ok(answer(events(listener)))
}

fn answer(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    Sse::new(events).into_response()
}

/// Agents hear of everything but what others are told, customers of their own tickets.
async fn may_hear(visitor: &Visitor, topic: &str) -> bool {
    if let Some(id) = topic.strip_prefix("notices:") {
        return visitor.user.as_ref().is_some_and(|user| user.id.to_string() == id);
    }
    if visitor.user.as_deref().is_some_and(answers) {
        return matches!(topic, "tickets" | "outbox" | desk::presence::TOPIC)
            || topic.starts_with("ticket:")
            || topic.starts_with("presence:");
    }
    let Some(id) = topic.strip_prefix("ticket:").and_then(|id| id.parse().ok()) else {
        return false;
    };
    let ctx = visitor.ctx.clone();
    let own = visitor.desk.read(ctx, move |tx, ctx| desk::tickets::show_own(tx, ctx, TicketId(id)));
    own.await.is_ok()
}

struct Listener {
    desk: Desk,
    news: Receiver<Arc<str>>,
    topics: Vec<String>,
    ticks: Interval,
    clock: Timestamp,
    silent: Duration,
    missed: bool,
}

fn events(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    })
}

impl Listener {
    /// The next thing to say; none once the desk is closed.
    async fn next(&mut self) -> Option<Event> {
        if std::mem::take(&mut self.missed) {
            return Some(self.resync());
        }
        loop {
            tokio::select! {
                news = self.news.recv() => match news {
                    Ok(topic) if &*topic == "*" => return Some(self.resync()),
                    Ok(topic) if self.topics.iter().any(|known| **known == *topic) => {
                        self.silent = Duration::ZERO;
                        return Some(Event::default().data(json!({ "topic": &*topic }).to_string()));
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return Some(self.resync()),
                    Err(RecvError::Closed) => return None,
                },
                _ = self.ticks.tick() => {
                    if let Some(event) = self.looked() {
                        return Some(event);
                    }
                }
            }
        }
    }

    /// A moved clock, or a sign of life after a silence.
    fn looked(&mut self) -> Option<Event> {
        let now = self.desk.clock().now();
        let moved = now.duration_since(self.clock).unsigned_abs() > 5 * LOOK;
        self.clock = now;
        if self.desk.settings().demo && moved {
            return Some(Event::default().event("clock").data(self.time()));
        }
        self.silent += LOOK;
        if self.silent < HEARTBEAT {
            return None;
        }
        self.silent = Duration::ZERO;
        Some(Event::default().event("heartbeat").data("{}"))
    }

    /// Every region of the page is to be fetched once, and its clock set.
    fn resync(&self) -> Event {
        Event::default().event("resync").data(self.time())
    }

    fn time(&self) -> String {
        let clock = self.desk.clock();
        let how = if clock.is_running() { "running" } else { "still" };
        json!({ "now": clock.now().to_string(), "clock": how }).to_string()
    }
}
