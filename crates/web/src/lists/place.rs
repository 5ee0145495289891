//! Where a list is: its address, the query over it, and its order where that is not its own.

use desk::tickets::Order;
use domain::conditions::OrderBy;

use crate::form::{Form, escaped};
use crate::views::View;
use crate::words::Text;

/// By what a list can be ordered, as its address says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListOrder {
    /// As a hero works.
    Work,
    /// What is due first.
    Due,
    /// What was asked last.
    Newest,
    /// What was asked first.
    Oldest,
    /// What changed last.
    Updated,
}

impl ListOrder {
    /// All of them, as forms offer them.
    pub(crate) const ALL: [Self; 5] =
        [Self::Work, Self::Due, Self::Newest, Self::Oldest, Self::Updated];

    /// The word of an address.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Due => "due",
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Updated => "updated",
        }
    }

    /// The order of this word.
    pub(crate) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.as_str() == word)
    }

    /// What a form calls it.
    pub(crate) fn label(self) -> Text {
        match self {
            Self::Work => Text::OrderWork,
            Self::Due => Text::OrderDue,
            Self::Newest => Text::OrderCreated,
            Self::Oldest => Text::OrderOldest,
            Self::Updated => Text::OrderUpdated,
        }
    }

    /// The column, and whether it falls.
    pub(crate) fn column(self) -> (Order, bool) {
        match self {
            Self::Work => (Order::Work, false),
            Self::Due => (Order::Due, false),
            Self::Newest => (Order::Id, true),
            Self::Oldest => (Order::Id, false),
            Self::Updated => (Order::UpdatedAt, true),
        }
    }

    /// The order that walks along this column so.
    pub(crate) fn of(order: Order, descending: bool) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.column() == (order, descending))
    }

    /// The same in a query, which has no word for the order of work.
    pub(crate) fn in_query(self) -> Option<domain::conditions::Order> {
        let (by, is_rising) = match self {
            Self::Work => return None,
            Self::Due => (OrderBy::Due, true),
            Self::Newest => (OrderBy::Created, false),
            Self::Oldest => (OrderBy::Created, true),
            Self::Updated => (OrderBy::Updated, false),
        };
        Some(domain::conditions::Order { by, is_rising })
    }
}

/// Where a list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The address without anything asked of it.
    pub(crate) href: String,
    /// The query over it.
    pub(crate) query: String,
    /// Its order, if it was chosen.
    pub(crate) order: Option<ListOrder>,
}

impl Place {
    /// A list that everybody has, as it is.
    pub(crate) fn of(view: View) -> Self {
        Self { href: view.href(), query: String::new(), order: None }
    }

    /// What is asked of it, as an address has it.
    pub(super) fn asked(&self) -> String {
        let order = self.order.map(|order| format!("&order={}", order.as_str()));
        format!("q={}{}", escaped(&self.query), order.unwrap_or_default())
    }

    /// The whole address.
    pub(super) fn address(&self) -> String {
        if self.is_plain() { self.href.clone() } else { format!("{}?{}", self.href, self.asked()) }
    }

    /// What the address of a ticket ends with, so that its page knows the list one came from.
    pub(crate) fn within(&self) -> String {
        let slug = self.slug();
        if self.is_plain() {
            format!("?list={slug}")
        } else {
            format!("?list={slug}&{}", self.asked())
        }
    }

    fn slug(&self) -> &str {
        self.href.strip_prefix("/views/").unwrap_or_default()
    }

    /// Whether its address alone means this one: of what people keep that means their own query, which is never empty.
    fn is_plain(&self) -> bool {
        self.query.is_empty() && self.order.is_none() && View::named(self.slug()).is_some()
    }
}

/// The order that an address asks for.
pub(super) fn order_of(query: &Form) -> Option<ListOrder> {
    ListOrder::named(query.get("order"))
}
