//! The version of a handbook: the hash of what it says, not of how it is laid out.

use std::fmt::Write;

use sha2::{Digest, Sha256};
use toml::de::{DeTable, DeValue};

/// The SHA-256 of the content in hex.
pub(super) fn version(table: &DeTable<'_>) -> String {
    let mut canonical = String::new();
    render_table(&mut canonical, table);
    let digest = Sha256::digest(canonical.as_bytes());
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Keys in order; every value in its one spelling, so `[a.b]` and `b = { }` are the same, and so are `1_000` and `1000`.
fn render_table(out: &mut String, table: &DeTable<'_>) {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by(|(one, _), (other, _)| one.get_ref().cmp(other.get_ref()));
    out.push('{');
    for (key, value) in entries {
        let _ = write!(out, "{:?}:", key.get_ref());
        render(out, value.get_ref());
        out.push(',');
    }
    out.push('}');
}

fn render(out: &mut String, value: &DeValue<'_>) {
    let _ = match value {
        DeValue::String(text) => write!(out, "{text:?}"),
        DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) => write!(out, "{number}"),
            Err(_) => write!(out, "{integer}"),
        },
        DeValue::Float(float) => match float.as_str().parse::<f64>() {
            Ok(number) => write!(out, "{number:?}"),
            Err(_) => write!(out, "{float}"),
        },
        DeValue::Boolean(value) => write!(out, "{value}"),
        DeValue::Datetime(date) => write!(out, "{date}"),
        DeValue::Array(items) => {
            out.push('[');
            for item in items {
                render(out, item.get_ref());
                out.push(',');
            }
            out.push(']');
            Ok(())
        }
        DeValue::Table(table) => {
            render_table(out, table);
            Ok(())
        }
    };
}
