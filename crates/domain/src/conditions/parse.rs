//! From the query language to what it asks for.

use super::lexer::{Piece, Term, pieces};
use super::{Condition, Op, Order, OrderBy, Place, Query, Sort, properties};
use crate::search::Words;

/// Letters of a query at most.
const LONGEST: usize = 2_000;
/// Terms of a query at most.
const MOST_TERMS: usize = 100;
/// Brackets in brackets at most.
const DEEPEST: usize = 10;

/// A query as it was understood, and what of it was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// What was understood.
    pub query: Query,
    /// What was not. Of that nothing holds.
    pub misread: Vec<Misread>,
}

/// A part of a query that was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part}: {why}")]
pub struct Misread {
    /// The part, as typed.
    pub part: String,
    /// Why.
    pub why: Why,
}

/// Why a part of a query was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// Nothing is called so.
    #[error("there is no such property")]
    NoSuchProperty,
    /// The property takes something else.
    #[error("expected {0}")]
    Expected(&'static str),
    /// The value is none of its words.
    #[error("{0}")]
    Refused(String),
    /// The whole is longer than anybody would type.
    #[error("is too long (maximum is 2000 characters and 100 terms)")]
    TooLong,
    /// Too many brackets in brackets.
    #[error("has too many brackets in each other")]
    TooDeep,
}

impl Query {
    /// Everything.
    pub fn everything() -> Self {
        Self { sorts: Vec::new(), condition: Condition::always(), order: None }
    }

    /// Reads a query. It never fails; what cannot be understood is told, and holds never.
    pub fn parse(text: &str) -> Parsed {
        let mut reader = Reader::default();
        // No text of ours holds a zero byte, and PostgreSQL refuses it.
        let letters = text.chars().filter(|letter| *letter != '\0');
        let short: String = letters.take(LONGEST + 1).collect();
        let pieces = pieces(&short);
        let mut condition = Condition::never();
        if short.chars().count() > LONGEST || pieces.len() > 4 * MOST_TERMS {
            let part: String = short.chars().take(40).collect();
            reader.misread.push(Misread { part: format!("{part}…"), why: Why::TooLong });
        } else {
            condition = reader.expression(&mut pieces.as_slice(), 0);
        }
        let order = reader.by.map(|by| Order { by, is_rising: reader.is_rising });
        let query = Self { sorts: reader.sorts, condition, order };
        Parsed { query, misread: reader.misread }
    }
}

#[derive(Default)]
struct Reader {
    sorts: Vec<Sort>,
    by: Option<OrderBy>,
    is_rising: bool,
    misread: Vec<Misread>,
}

impl Reader {
    /// Alternatives between `OR`, up to the closing bracket. One that was left out is a slip of the pen.
    fn expression(&mut self, rest: &mut &[Piece], depth: usize) -> Condition {
        let mut alternatives: Vec<Condition> = self.sequence(rest, depth).into_iter().collect();
        while let Some((Piece::Or, tail)) = rest.split_first() {
            *rest = tail;
            alternatives.extend(self.sequence(rest, depth));
        }
        if alternatives.is_empty() { Condition::always() } else { Condition::any(alternatives) }
    }

    /// Terms side by side: all of them hold, but of a property that is repeated one value is enough.
    fn sequence(&mut self, rest: &mut &[Piece], depth: usize) -> Option<Condition> {
        let mut parts = Parts::default();
        let mut is_negated = false;
        while let Some((piece, tail)) = rest.split_first() {
            if matches!(piece, Piece::Or | Piece::Close) {
                break;
            }
            *rest = tail;
            match piece {
                Piece::Minus => {
                    is_negated = true;
                    continue;
                }
                Piece::Open => {
                    let group = self.group(rest, depth + 1);
                    parts.all.push(if is_negated { group.negated() } else { group });
                }
                Piece::Term(term) => self.term(term, is_negated, depth, &mut parts),
                Piece::Or | Piece::Close => {}
            }
            is_negated = false;
        }
        (!parts.all.is_empty()).then(|| Condition::all(parts.all))
    }

    fn group(&mut self, rest: &mut &[Piece], depth: usize) -> Condition {
        if depth > DEEPEST {
            self.misread.push(Misread { part: "(".to_owned(), why: Why::TooDeep });
            *rest = &[];
            return Condition::never();
        }
        let group = self.expression(rest, depth);
        if let Some((Piece::Close, tail)) = rest.split_first() {
            *rest = tail;
        }
        group
    }

    fn term(&mut self, term: &Term, is_negated: bool, depth: usize, parts: &mut Parts) {
        let Some((name, operator)) = &term.property else {
            if term.source == "AND" {
                return;
            }
            let words = Words { text: term.value.clone(), is_exact: term.is_quoted };
            if is_negated {
                parts.all.push(Condition::Text(Place::Anywhere, vec![words]).negated());
            } else {
                parts.words(words);
            }
            return;
        };
        if depth == 0 && !is_negated && *operator == ":" && self.directive(name, &term.value) {
            return;
        }
        let read = properties::read(name, Op::written(operator), term);
        let condition = read.unwrap_or_else(|why| {
            self.misread.push(Misread { part: term.source.clone(), why });
            Condition::Unknown(term.source.clone())
        });
        if is_negated { parts.all.push(condition.negated()) } else { parts.either(condition) }
    }

    /// Takes what is said about the whole query: of which sort things are, and their order.
    fn directive(&mut self, name: &str, value: &str) -> bool {
        match (name, value) {
            ("type", _) => match properties::sort(value) {
                Some(sort) => {
                    if !self.sorts.contains(&sort) {
                        self.sorts.push(sort);
                    }
                }
                None => return false,
            },
            ("order_by" | "sort_by", _) => match properties::order_by(value) {
                Some(by) => self.by = Some(by),
                None => return false,
            },
            ("sort" | "order" | "sort_order", "asc" | "ascending") => self.is_rising = true,
            ("sort" | "order" | "sort_order", "desc" | "descending") => self.is_rising = false,
            _ => return false,
        }
        true
    }
}

/// Terms side by side, as they come together.
#[derive(Default)]
struct Parts {
    all: Vec<Condition>,
    words: Option<usize>,
    /// Where each property stands, and whether it stands there with several values already.
    keys: Vec<(String, usize, bool)>,
}

impl Parts {
    /// One more word: all words are looked for together.
    fn words(&mut self, words: Words) {
        match self.words.and_then(|at| self.all.get_mut(at)) {
            Some(Condition::Text(_, known)) => known.push(words),
            _ => {
                self.words = Some(self.all.len());
                self.all.push(Condition::Text(Place::Anywhere, vec![words]));
            }
        }
    }

    /// One more value of a property.
    fn either(&mut self, condition: Condition) {
        let Some(key) = properties::key(&condition) else { return self.all.push(condition) };
        match self.keys.iter_mut().find(|(known, _, _)| *known == key) {
            Some((_, at, is_several)) => {
                match &mut self.all[*at] {
                    Condition::Any(values) if *is_several => values.push(condition),
                    one => *one = Condition::Any(vec![one.clone(), condition]),
                }
                *is_several = true;
            }
            None => {
                self.keys.push((key, self.all.len(), false));
                self.all.push(condition);
            }
        }
    }
}
