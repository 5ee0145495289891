//! Who visits a page, and how they want it.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use desk::limits::{Address, Limit};
use desk::{Ctx, Desk, Error};
use domain::looks::{Looks, Theme};
use domain::{Actor, Channel, CommentId, TicketId, User};
use jiff::tz::TimeZone;

use crate::form::Form;
use crate::memory::{Around, Memory};
use crate::reader::{Clock, Reader};
use crate::words::{Language, Words};
use crate::{cookies, csrf};

/// Somebody at the door, signed in or not.
#[derive(Clone)]
pub(crate) struct Visitor {
    /// The desk they came to.
    pub(crate) desk: Desk,
    /// The circumstances of this request.
    pub(crate) ctx: Ctx,
    /// The person, if they are signed in.
    pub(crate) user: Option<Arc<User>>,
    /// What their forms are proved with.
    pub(crate) cookie: Arc<str>,
    /// Whether that cookie has yet to be given to them.
    pub(crate) is_new: bool,
    /// The page and its query, to come back to.
    pub(crate) path: Arc<str>,
    /// The query of the address.
    pub(crate) query: Form,
    /// The colours: a person's own, else those of their browser.
    pub(crate) theme: Theme,
    /// How pages look to them otherwise.
    pub(crate) looks: Looks,
    /// A reply they have just sent, which may still be undone.
    pub(crate) leaving: Option<(TicketId, CommentId)>,
    /// The ticket that the demo's tour is about.
    pub(crate) toured: Option<TicketId>,
    /// The zone their browser is in, as it says.
    pub(crate) browser_zone: Option<TimeZone>,
    /// Whether only a part of the page is wanted.
    pub(crate) fragment: bool,
    /// What the page is to tell about the last action.
    pub(crate) notice: Option<Arc<str>>,
    /// The language of pages for customers.
    pub(crate) language: Language,
    /// Where they come from, for limits.
    pub(crate) address: Option<Address>,
    /// Where the news stood before anything was read for it.
    pub(crate) mark: String,
    memory: Arc<Memory>,
}

impl Visitor {
    /// Finds out who it is.
    pub(crate) async fn of(
        desk: &Desk,
        memory: &Arc<Memory>,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Self, Error> {
        let nobody = desk.ctx(Actor::Anonymous, Channel::Web);
        let session = cookies::read(headers, cookies::SESSION);
        let (user, looks) = match session {
            Some(token) => signed_in(desk, &nobody, token).await?.unzip(),
            None => (None, None),
        };
        let looks = looks.unwrap_or_default();
        let of_browser = || cookies::read(headers, cookies::THEME).and_then(Theme::named);
        let actor = user
            .as_ref()
            .map_or(Actor::Anonymous, |user| Actor::Person { id: user.id, role: user.role });
        let ctx = Ctx { actor, ..nobody };
        let own = session.filter(|_| user.is_some());
        let known = own.or_else(|| cookies::read(headers, cookies::ANONYMOUS));
        let prefetched = headers.contains_key("sec-purpose");
        let path = uri.path_and_query().map_or("/", |whole| whole.as_str());
        let query = Form::read(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
        Ok(Self {
            language: language(&query, user.as_ref(), headers),
            address: None,
            // While the demo's clock stands still, what waits would never leave.
            ctx: if desk.clock().is_running() { ctx.pressed() } else { ctx },
            user: user.map(Arc::new),
            cookie: known.map_or_else(|| desk::token().into(), Into::into),
            is_new: known.is_none(),
            path: path.into(),
            query,
            theme: looks.theme.or_else(of_browser).unwrap_or_default(),
            looks,
            leaving: cookies::read(headers, cookies::LEAVING).and_then(leaving),
            browser_zone: cookies::read(headers, cookies::ZONE)
                .and_then(|name| TimeZone::get(name).ok()),
            toured: cookies::read(headers, cookies::TOUR).and_then(|id| id.parse().ok()),
            fragment: headers.contains_key("hx-request"),
            notice: cookies::read(headers, cookies::NOTICE).filter(|_| !prefetched).map(Into::into),
            mark: memory.mark(),
            memory: memory.clone(),
            desk: desk.clone(),
        })
    }

    /// Whether there were news since a page with this mark was drawn.
    pub(crate) fn has_moved(&self, mark: &str) -> bool {
        self.memory.has_moved(mark)
    }

    /// The reader of the page: their words, their zone and a fresh proof for its forms.
    pub(crate) fn reader(&self) -> Reader {
        let still = !self.desk.clock().is_running();
        let zone = self.own_zone().or_else(|| self.browser_zone.clone());
        Reader {
            words: Words::default(),
            zone_is_theirs: zone.is_some(),
            zone: zone.unwrap_or_else(|| self.ctx.handbook.company_calendar().zone().clone()),
            now: self.ctx.now,
            clock: if still { Clock::Still } else { Clock::Running },
            exact: self.looks.exact_times,
            csrf: csrf::masked(&self.cookie),
        }
    }

    /// The reader of a page for customers: the same in the language they want.
    pub(crate) fn customer(&self) -> Reader {
        Reader { words: Words { language: self.language }, ..self.reader() }
    }

    /// The reader of a page for everybody: the workspace speaks as it does, other pages as its reader wants.
    pub(crate) fn everybody(&self) -> Reader {
        if self.answers() { self.reader() } else { self.customer() }
    }

    /// Whether it is one of those who answer.
    pub(crate) fn answers(&self) -> bool {
        self.user.as_deref().is_some_and(crate::memory::answers)
    }

    /// Counts the visit against a limit of where it comes from.
    pub(crate) fn admit(&self, limit: Limit) -> Result<(), Error> {
        self.address.as_ref().map_or(Ok(()), |address| self.desk.admit(limit, address.as_str()))
    }

    /// The zone the person has told us.
    pub(crate) fn own_zone(&self) -> Option<TimeZone> {
        TimeZone::get(self.user.as_ref()?.time_zone.as_deref()?).ok()
    }

    /// The person, on pages that nobody else is let into.
    pub(crate) fn person(&self) -> Result<&User, Error> {
        self.user.as_deref().ok_or(Error::Unauthenticated)
    }

    /// What stands around a page of somebody who answers.
    pub(crate) async fn around(&self) -> Result<Arc<Around>, Error> {
        self.memory.around(&self.desk, &self.ctx, self.person()?.id).await
    }

    /// What the demo's bar shows, in the demo.
    pub(crate) async fn demo(&self) -> Result<Option<crate::demo::Bar>, Error> {
        if !self.desk.settings().demo {
            return Ok(None);
        }
        let eyes = self.memory.eyes(&self.desk).await?;
        crate::demo::bar(self, eyes).await.map(Some)
    }
}

async fn signed_in(desk: &Desk, ctx: &Ctx, token: &str) -> Result<Option<(User, Looks)>, Error> {
    let token = token.to_owned();
    let read = move |tx: &mut desk::Tx<'_>, ctx: &Ctx| {
        let user = desk::sessions::by_session(tx, ctx, &token)?;
        let looks = desk::preferences::looks(tx, &user)?;
        Ok((user, looks))
    };
    match desk.read(ctx.clone(), read).await {
        Ok(found) => Ok(Some(found)),
        Err(Error::Unauthenticated) => Ok(None),
        Err(error) => Err(error),
    }
}

fn leaving(cookie: &str) -> Option<(TicketId, CommentId)> {
    let (ticket, comment) = cookie.split_once('-')?;
    Some((ticket.parse().ok()?, comment.parse().ok()?))
}

/// The language wanted: the one just chosen, the one chosen before, the person's own, or the browser's first that we
/// write.
fn language(query: &Form, user: Option<&User>, headers: &HeaderMap) -> Language {
    let own = user.and_then(|user| user.locale.as_deref());
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let ranges = accepted.unwrap_or_default().split(',');
    let mut tags = query
        .some("lang")
        .into_iter()
        .chain(cookies::read(headers, cookies::LANGUAGE))
        .chain(own)
        .chain(ranges.filter_map(|range| range.split(';').next()));
    tags.find_map(Language::of).unwrap_or_default()
}

/// The guard has let the visitor in.
impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let visitor = parts.extensions.get::<Self>().cloned();
        Ok(visitor.expect("no page is reached but through the guard"))
    }
}

/// The page one came from, if it is one of ours; it may be named by a form, never by another site.
pub(crate) fn local(address: &str) -> &str {
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => address,
    };
    let plain = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(|c: char| c == '\\' || c.is_control());
    if plain { path } else { "/" }
}

/// The page a request came from.
pub(crate) fn referer(headers: &HeaderMap) -> &str {
    headers.get(header::REFERER).and_then(|value| value.to_str().ok()).map_or("/", local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_never_comes_back_to_another_site() {
        for (address, expected) in [
            ("/tickets/7?shown=80", "/tickets/7?shown=80"),
            ("http://desk.test/views/mine", "/views/mine"),
            ("https://evil.test", "/"),
            ("//evil.test/x", "/"),
            ("/\\evil.test", "/"),
            ("evil", "/"),
            ("", "/"),
            ("/a\r\nSet-Cookie: x", "/"),
        ] {
            assert_eq!(local(address), expected, "{address}");
        }
    }
}
