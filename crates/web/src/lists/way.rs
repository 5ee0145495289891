//! Along the list one came from: the tickets before and after one, its place, and where one goes when it is answered.

use desk::pages::COUNTED;
use desk::tickets::Stored;
use desk::{Ctx, Error, Page, Tx};
use domain::TicketId;
use domain::notices::AfterSending;

use super::live::List;
use super::place::{ListOrder, order_of};
use crate::form::{Form, escaped};
use crate::problem::Problem;
use crate::routes;
use crate::visitor::Visitor;
use crate::words::{Text, Words};

/// The list one came to a ticket from, as an address tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CameFrom {
    slug: String,
    query: Option<String>,
    order: Option<ListOrder>,
    /// The ticket's place when one came; it is still known when the ticket has left the list.
    place: Option<i64>,
}

impl CameFrom {
    /// By the address of the ticket's page, or of the page before it: a list, or a ticket that was come to so.
    pub(crate) fn read(address: &str, ticket: TicketId) -> Option<Self> {
        let address = address.split('#').next().unwrap_or_default();
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let query = Form::read(query.as_bytes()).unwrap_or_default();
        let order = order_of(&query);
        let q = query.pairs().any(|(name, _)| name == "q").then(|| query.get("q").to_owned());
        if let Some(rest) = path.strip_prefix("/views/") {
            let slug = rest.split('/').next().unwrap_or_default();
            return (!slug.is_empty()).then(|| Self {
                slug: slug.to_owned(),
                query: q,
                order,
                place: None,
            });
        }
        let slug = query.some("list")?.to_owned();
        let id = path.strip_prefix("/tickets/")?.split('/').next()?;
        let place = query.number("n").filter(|n| *n > 0 && id == ticket.to_string());
        Some(Self { slug, query: q, order, place })
    }

    /// The list, if it is there.
    async fn list(&self, visitor: &Visitor) -> Result<Option<List>, Problem> {
        let query = self.query.as_deref().map(|query| format!("q={}", escaped(query)));
        let order = self.order.map(|order| format!("order={}", order.as_str()));
        let asked: Vec<String> = query.into_iter().chain(order).collect();
        let asked = Form::read(asked.join("&").as_bytes()).unwrap_or_default();
        match List::read(visitor, &self.slug, &asked).await {
            Ok(list) => Ok(Some(list)),
            Err(Problem::NotFound) => Ok(None),
            Err(problem) => Err(problem),
        }
    }
}

/// Where a ticket stands in a list.
pub(crate) struct Beside {
    /// Where the list is, at the ticket's row.
    pub(crate) back: String,
    /// What it is called, and the ticket's place in it.
    pub(crate) label: String,
    /// Where the one before it is.
    pub(crate) before: Option<String>,
    /// Where the one after it is.
    pub(crate) after: Option<String>,
    /// Where the list begins, with another ticket.
    first: Option<String>,
}

/// The tickets before and after one in the list one came from; nothing if there is no such list. When it has left the
/// list, those that stand about its place now.
pub(crate) async fn beside(
    visitor: &Visitor,
    from: &CameFrom,
    stored: &Stored,
) -> Result<Option<Beside>, Problem> {
    let Some(list) = from.list(visitor).await? else { return Ok(None) };
    let around = visitor.around().await?;
    let (inner, stored, id) = (list.clone(), stored.clone(), stored.ticket.id);
    let place = from.place.and_then(|place| usize::try_from(place).ok());
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let (filters, order, descending) = inner.held(tx, ctx, &around)?;
        let way = (order, descending);
        let found = desk::pages::neighbours(tx, ctx, &filters, way, (&stored, place))?;
        if found.after.is_some() {
            return Ok::<_, Error>((found, None));
        }
        let top = Page { descending, ..Page::first(2) };
        let first = desk::pages::numbers(tx, ctx, &filters, order, &top)?;
        Ok((found, first.into_iter().find(|one| *one != id)))
    };
    let (found, first) = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let place = found.counts.and_then(|(before, _)| i64::try_from(before + 1).ok());
    // What has left is followed by the one that took its place.
    let step = i64::from(place.is_some());
    let place = place.or(from.place);
    let within = list.within();
    let to = |id: TicketId, step: i64| {
        let place = place.map(|place| (place + step).max(1));
        format!("{}{}", routes::ticket(id.0), super::placed(&within, place))
    };
    let words = visitor.reader().words;
    Ok(Some(Beside {
        back: format!("{}#row-{id}-link", list.href()),
        label: label(words, list.title(words), found.counts),
        before: found.before.map(|id| to(id, -1)),
        after: found.after.map(|id| to(id, step)),
        first: first
            .map(|id| format!("{}{}", routes::ticket(id.0), super::placed(&within, Some(1)))),
    }))
}

/// "My queue, 1 of 12"; of a long list "My queue, 3 of 100+".
fn label(words: Words, title: &str, counts: Option<(usize, usize)>) -> String {
    let most = usize::try_from(COUNTED).unwrap_or_default();
    let Some((before, after)) = counts.filter(|(before, _)| *before < most) else {
        return title.to_owned();
    };
    let all = if after < most { (before + 1 + after).to_string() } else { format!("{most}+") };
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("list", &title), ("n", &(before + 1)), ("all", &all)];
    words.fill(Text::ListPlace, &values)
}

/// Where one goes from a ticket that is about to be answered or solved, as one prefers: to the next one of the list one
/// came from, or back to the list. Nothing is to stay, which is also what one does without a list.
pub(crate) async fn onward(
    visitor: &Visitor,
    id: TicketId,
    address: &str,
) -> Result<Option<String>, Problem> {
    let Some(from) = CameFrom::read(address, id) else { return Ok(None) };
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let after = desk::preferences::mine(tx, ctx)?.after_sending;
        Ok::<_, Error>((after, desk::tickets::show(tx, ctx, id)?))
    };
    let (after, stored) = visitor.desk.read(visitor.ctx.clone(), read).await?;
    if after == AfterSending::Stay {
        return Ok(None);
    }
    let Some(beside) = beside(visitor, &from, &stored).await? else { return Ok(None) };
    let next = beside.after.or(beside.first).filter(|_| after == AfterSending::Next);
    Ok(Some(next.unwrap_or(beside.back)))
}

/// The tickets of the list at an address, as many as are asked for; none if there is no such list.
pub(crate) async fn whole(
    visitor: &Visitor,
    address: &str,
    most: usize,
) -> Result<Vec<TicketId>, Problem> {
    // No ticket has this number: only the list is looked at.
    let Some(from) = CameFrom::read(address, TicketId(0)) else { return Ok(Vec::new()) };
    let Some(list) = from.list(visitor).await? else { return Ok(Vec::new()) };
    let around = visitor.around().await?;
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let (filters, order, descending) = list.held(tx, ctx, &around)?;
        let size = i64::try_from(most).unwrap_or(i64::MAX);
        let page = Page { descending, ..Page::first(size) };
        desk::pages::numbers(tx, ctx, &filters, order, &page)
    };
    Ok(visitor.desk.read(visitor.ctx.clone(), read).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_the_list_one_came_from() {
        let from = |slug: &str, query: Option<&str>, place| {
            let query = query.map(str::to_owned);
            Some(CameFrom { slug: slug.to_owned(), query, order: None, place })
        };
        let due = CameFrom::read("/tickets/7?list=mine&q=&order=due&n=3", TicketId(7)).unwrap();
        assert_eq!(due.order, Some(ListOrder::Due));
        for (address, expected) in [
            ("/views/my-queue", from("my-queue", None, None)),
            ("/views/beta-7?q=a%20b#row-7-link", from("beta-7", Some("a b"), None)),
            ("/views/beta-7?q=", from("beta-7", Some(""), None)),
            ("/tickets/7?list=mine&n=3", from("mine", None, Some(3))),
            ("/tickets/7/solution?list=mine&q=x&n=3", from("mine", Some("x"), Some(3))),
            ("/tickets/8?list=mine&n=3", from("mine", None, None)),
            ("/tickets/7", None),
            ("/views/", None),
            ("/", None),
        ] {
            assert_eq!(CameFrom::read(address, TicketId(7)), expected, "{address}");
        }
    }
}
