//! Every page of the gallery, read with an HTML5 parser: what a person or a browser would trip over fails here.

use std::cell::RefCell;
use std::collections::BTreeSet;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

#[path = "../examples/gallery/pages.rs"]
mod pages;

#[derive(Clone, Debug)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    /// Whether a `label` is around it.
    labelled: bool,
}

impl Element {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Default)]
struct Reading {
    elements: RefCell<Vec<Element>>,
    open: RefCell<Vec<String>>,
    problems: RefCell<Vec<String>>,
    script_text: RefCell<String>,
}

const VOID: &[&str] = &["meta", "link", "input", "hr", "br", "img"];

impl Reading {
    fn tag(&self, tag: &Tag) {
        let name = tag.name.to_string();
        match tag.kind {
            TagKind::StartTag => {
                let attributes = tag
                    .attrs
                    .iter()
                    .map(|one| (one.name.local.to_string(), one.value.to_string()))
                    .collect();
                let labelled = self.open.borrow().iter().any(|open| open == "label");
                self.elements.borrow_mut().push(Element {
                    name: name.clone(),
                    attributes,
                    labelled,
                });
                if !VOID.contains(&name.as_str()) && !tag.self_closing {
                    self.open.borrow_mut().push(name);
                }
            }
            TagKind::EndTag => {
                let opened = self.open.borrow_mut().pop();
                if opened.as_deref() != Some(name.as_str()) {
                    self.problems.borrow_mut().push(format!("</{name}> closes {opened:?}"));
                }
            }
        }
    }
}

impl TokenSink for Reading {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => self.tag(&tag),
            Token::CharacterTokens(text)
                if self.open.borrow().last().is_some_and(|open| open == "script") =>
            {
                self.script_text.borrow_mut().push_str(&text);
            }
            Token::ParseError(error) => self.problems.borrow_mut().push(error.into_owned()),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn read(html: &str) -> Reading {
    let tokenizer = Tokenizer::new(Reading::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink
}

/// Checks every page with a function from its elements to what is wrong.
#[track_caller]
fn check(problems: impl Fn(&[Element]) -> Vec<String>) {
    let found: Vec<String> = pages::all()
        .into_iter()
        .flat_map(|(name, page)| {
            let elements = read(&page.into_string()).elements.into_inner();
            problems(&elements)
                .into_iter()
                .map(move |problem| format!("{name}: {problem}"))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_page_is_well_formed() {
    for (name, page) in pages::all() {
        let reading = read(&page.into_string());
        assert!(reading.problems.borrow().is_empty(), "{name}: {:?}", reading.problems.borrow());
        assert!(reading.open.borrow().is_empty(), "{name}: {:?} stay open", reading.open.borrow());
        assert_eq!(*reading.script_text.borrow(), "", "{name}: no inline script");
    }
}

#[test]
fn ids_are_unique_and_what_refers_to_one_finds_it() {
    check(|elements| {
        let mut ids = BTreeSet::new();
        let mut wrong: Vec<String> = elements
            .iter()
            .filter_map(|element| element.get("id"))
            .filter(|id| !ids.insert(*id))
            .map(|id| format!("two elements have the id {id}"))
            .collect();
        let references = [
            "for",
            "aria-labelledby",
            "aria-describedby",
            "aria-controls",
            "popovertarget",
            "form",
        ];
        for element in elements {
            for attribute in references {
                for id in element
                    .get(attribute)
                    .unwrap_or("")
                    .split_whitespace()
                    .filter(|id| !ids.contains(id))
                {
                    wrong.push(format!("{} {attribute}={id} finds nothing", element.name));
                }
            }
            if let Some(id) = element
                .get("href")
                .and_then(|to| to.strip_prefix('#'))
                .filter(|id| !ids.contains(id))
            {
                wrong.push(format!("#{id} leads nowhere"));
            }
        }
        wrong
    });
}

#[test]
fn every_field_has_a_label() {
    check(|elements| {
        let labelled: BTreeSet<&str> = elements
            .iter()
            .filter(|one| one.name == "label")
            .filter_map(|one| one.get("for"))
            .collect();
        elements
            .iter()
            .filter(|one| ["input", "select", "textarea"].contains(&one.name.as_str()))
            .filter(|one| one.get("type") != Some("hidden"))
            .filter(|one| !one.labelled && one.get("aria-label").is_none())
            .filter(|one| one.get("id").is_none_or(|id| !labelled.contains(id)))
            .map(|one| format!("{one:?} has no label"))
            .collect()
    });
}

#[test]
fn nothing_is_styled_or_scripted_in_line() {
    check(|elements| {
        elements
            .iter()
            .flat_map(|one| one.attributes.iter().map(move |(name, _)| (one, name)))
            .filter(|(one, name)| {
                one.name == "style"
                    || *name == "style"
                    || name.starts_with("on")
                    || name.starts_with("hx-on")
            })
            .map(|(one, name)| format!("{} has {name}", one.name))
            .collect()
    });
}

#[test]
fn every_page_has_one_first_heading_and_one_main_part() {
    check(|elements| {
        ["h1", "main", "title"]
            .into_iter()
            .map(|name| (name, elements.iter().filter(|one| one.name == name).count()))
            .filter(|(_, count)| *count != 1)
            .map(|(name, count)| format!("{count} {name}"))
            .collect()
    });
}

#[test]
fn no_two_controls_of_a_page_share_a_key() {
    check(|elements| {
        let mut keys = BTreeSet::new();
        elements
            .iter()
            .filter_map(|one| one.get("data-key").or(one.get("data-chord")))
            // Undoing stands at what can be undone and in one's own menu; the first that is seen is pressed.
            .filter(|key| *key != "z")
            .filter(|key| !keys.insert(*key))
            .map(|key| format!("two controls have the key {key}"))
            .collect()
    });
}

#[test]
fn a_form_that_changes_something_proves_where_it_comes_from() {
    check(|elements| {
        let posts = elements
            .iter()
            .filter(|one| one.name == "form" && one.get("method") == Some("post"))
            .count();
        let proofs = elements.iter().filter(|one| one.get("name") == Some("csrf")).count();
        if posts == proofs {
            vec![]
        } else {
            vec![format!("{posts} forms post, {proofs} carry the token")]
        }
    });
}

#[test]
fn a_page_keeps_its_weight() {
    for (name, page) in pages::all() {
        let bytes = page.into_string().len();
        assert!(bytes < 40_000, "{name} has {bytes} bytes before compression");
    }
    let queue =
        pages::all().into_iter().find(|(name, _)| *name == "queue").unwrap().1.into_string();
    assert!(queue.contains("No promise") && queue.contains("1 h 12 m over"));
}
