//! What an app sends along with a request: the page, the version, the session. Cut to size and marked where it was, never
//! refused; data, never markup. (CH-01)

use serde_json::{Map, Value};

use crate::texts;

/// The most that is kept of what an app sends along, in bytes; what is beyond is cut, and says so. (CH-01)
const CONTEXT: usize = 16 * 1024;
/// The longest text in it.
const CONTEXT_TEXT: usize = 1000;
/// The most entries of a list or an object in it.
const CONTEXT_ENTRIES: usize = 40;
/// What stands where something was cut.
const CUT: &str = "… (cut)";

/// What an app sends along, cut to size and marked where it was: data, never markup.
pub fn cut(sent: &Map<String, Value>) -> Option<String> {
    if sent.is_empty() {
        return None;
    }
    let mut kept = Map::new();
    let mut size = 2;
    for (key, value) in sent.iter().take(CONTEXT_ENTRIES) {
        let value = trimmed(value, 0);
        size += key.len() + value.to_string().len() + 6;
        if size > CONTEXT {
            break;
        }
        kept.insert(texts::one_line(key, 100), value);
    }
    if kept.len() < sent.len() {
        kept.insert("cut".to_owned(), CUT.into());
    }
    Some(Value::Object(kept).to_string())
}

fn trimmed(value: &Value, depth: usize) -> Value {
    match value {
        Value::String(text) => {
            let plain: String =
                text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
            if plain.chars().count() <= CONTEXT_TEXT {
                return plain.into();
            }
            (plain.chars().take(CONTEXT_TEXT).collect::<String>() + CUT).into()
        }
        Value::Array(_) | Value::Object(_) if depth >= 4 => CUT.into(),
        Value::Array(list) => {
            let mut kept: Vec<Value> =
                list.iter().take(CONTEXT_ENTRIES).map(|one| trimmed(one, depth + 1)).collect();
            if kept.len() < list.len() {
                kept.push(CUT.into());
            }
            kept.into()
        }
        Value::Object(map) => {
            let kept = map.iter().take(CONTEXT_ENTRIES);
            kept.map(|(key, one)| (texts::one_line(key, 100), trimmed(one, depth + 1))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kept(sent: &Value) -> Value {
        let text = cut(sent.as_object().unwrap()).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    #[test]
    fn what_fits_is_kept_as_it_is() {
        let sent =
            json!({ "page": "https://app.test/flags?a=<b>", "version": 41, "errors": ["x"] });
        assert_eq!(kept(&sent), sent);
        assert_eq!(kept(&json!({})), Value::Null);
    }

    #[test]
    fn what_is_too_much_is_cut_and_says_so() {
        let long = "x".repeat(5000);
        assert_eq!(
            kept(&json!({ "page": long }))["page"].as_str().map(str::len),
            Some(1000 + CUT.len())
        );
        let many: Vec<Value> = (0..100).map(Value::from).collect();
        assert_eq!(kept(&json!({ "errors": many }))["errors"][40], CUT);
        let mut wide = Map::new();
        for n in 0..60 {
            wide.insert(format!("key {n:02}"), "y".repeat(900).into());
        }
        let kept = kept(&Value::Object(wide));
        assert_eq!(kept["cut"], CUT);
        assert!(kept.to_string().len() <= CONTEXT + 100);
        assert_eq!(super::trimmed(&json!("a\u{0}b"), 0), json!("ab"));
    }
}
