//! A table with a caption, sorted by the server, scrolling on its own when it is wide.

use maud::{Markup, html};

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// What it holds.
    pub name: &'a str,
    /// Whether it holds numbers.
    pub number: bool,
    /// Where sorting by it leads.
    pub sort: Option<&'a str>,
    /// How the table is sorted by it now: `ascending` or `descending`.
    pub sorted: Option<&'a str>,
}

impl<'a> Column<'a> {
    /// A column of words.
    pub fn text(name: &'a str) -> Self {
        Self { name, number: false, sort: None, sorted: None }
    }

    /// A column of numbers.
    pub fn number(name: &'a str) -> Self {
        Self { number: true, ..Self::text(name) }
    }
}

/// How a table looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Columns on every screen; where they do not fit it scrolls on its own.
    Columns,
    /// On a small screen each row is a card.
    Cards,
    /// The same right below a heading that names it, so that its caption is only heard.
    Listing,
}

/// The table; the first cell of a row is its heading.
pub fn table(id: &str, caption: &str, columns: &[Column<'_>], rows: &[Vec<Markup>]) -> Markup {
    drawn(Look::Columns, (id, caption), columns, rows)
}

/// A table whose rows are cards on a small screen.
pub fn cards(id: &str, caption: &str, columns: &[Column<'_>], rows: &[Vec<Markup>]) -> Markup {
    drawn(Look::Cards, (id, caption), columns, rows)
}

/// The same right below the heading that names it: its caption is only heard.
pub fn listing(id: &str, heading: &str, columns: &[Column<'_>], rows: &[Vec<Markup>]) -> Markup {
    drawn(Look::Listing, (id, heading), columns, rows)
}

fn drawn(
    look: Look,
    (id, caption): (&str, &str),
    columns: &[Column<'_>],
    rows: &[Vec<Markup>],
) -> Markup {
    let has_cards = look != Look::Columns;
    html! {
        div.table-box role="region" tabindex="0" aria-labelledby={ (id) "-caption" } {
            table.table.cards[has_cards] id=(id) {
                caption.hidden[look == Look::Listing] id={ (id) "-caption" } { (caption) }
                thead {
                    tr {
                        @for column in columns {
                            th.number[column.number] scope="col" aria-sort=[column.sorted] {
                                @match column.sort {
                                    Some(to) => a href=(to) { (column.name) },
                                    None => (column.name),
                                }
                            }
                        }
                    }
                }
                tbody {
                    @for row in rows {
                        tr {
                            @for (column, cell) in columns.iter().zip(row).take(1) { th.number[column.number] scope="row" { (cell) } }
                            @for (column, cell) in columns.iter().zip(row).skip(1) {
                                td.number[column.number] data-label=[has_cards.then_some(column.name)] { (cell) }
                            }
                        }
                    }
                }
            }
        }
    }
}
