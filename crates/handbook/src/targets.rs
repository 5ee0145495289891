//! Targets: how long we promise to take.
//!
//! A target is open time (`12h`, `90m`), which runs only inside the calendar's hours, or `2 business days`, which keep
//! the local time of day. Elapsed spans of the lifecycle (`7d`) are plain seconds and are read here too.

use serde::{Deserialize, Serialize};

/// Nothing is promised for later than this, so a slip of the pen cannot make a walk of centuries.
const LONGEST_SECONDS: i64 = 366 * 24 * 3600;
const MOST_BUSINESS_DAYS: u32 = 366;

/// How long we promise to take, as written in the handbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// As written: `12h`, `2 business days`.
    pub text: String,
    /// What it means.
    pub amount: Amount,
}

/// The two ways to measure a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// Seconds that pass while the calendar is open.
    OpenSeconds(i64),
    /// The same local time this many working days later. (D-04)
    BusinessDays(u32),
}

impl Target {
    /// Reads `12h`, `90m`, `1 business day` or `2 business days`.
    ///
    /// ```
    /// use handbook::{Amount, Target};
    ///
    /// assert_eq!(Target::parse("12h").unwrap().amount, Amount::OpenSeconds(43_200));
    /// assert_eq!(Target::parse("2 business days").unwrap().amount, Amount::BusinessDays(2));
    /// assert!(Target::parse("2d").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// One sentence that says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let days = text.strip_suffix("business days").or_else(|| text.strip_suffix("business day"));
        let amount = match days {
            Some(count) => Amount::BusinessDays(business_days(count, text)?),
            None => Amount::OpenSeconds(open_seconds(text)?),
        };
        Ok(Self { text: text.to_owned(), amount })
    }

    /// The target this many times over; the text stays in its unit where the product is whole in it.
    ///
    /// ```
    /// use handbook::Target;
    ///
    /// assert_eq!(Target::parse("12h").unwrap().times(2.0).unwrap().text, "24h");
    /// assert_eq!(Target::parse("1h").unwrap().times(1.5).unwrap().text, "90m");
    /// ```
    ///
    /// # Errors
    ///
    /// When the factor is not positive, or business days would not stay whole.
    pub fn times(&self, factor: f64) -> Result<Self, String> {
        if !factor.is_finite() || factor <= 0.0 {
            return Err(format!("cannot multiply \"{}\" by {factor}", self.text));
        }
        match self.amount {
            Amount::BusinessDays(days) => {
                let product = whole(f64::from(days) * factor)
                    .and_then(|days| u32::try_from(days).ok())
                    .filter(|days| (1..=MOST_BUSINESS_DAYS).contains(days))
                    .ok_or_else(|| {
                        format!("\"{}\" times {factor} is not a whole number of days", self.text)
                    })?;
                Ok(Self { text: in_business_days(product), amount: Amount::BusinessDays(product) })
            }
            Amount::OpenSeconds(seconds) => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "targets are far below 2^52 seconds"
                )]
                let product = whole(seconds as f64 * factor)
                    .filter(|seconds| (1..=LONGEST_SECONDS).contains(seconds))
                    .ok_or_else(|| {
                        format!("\"{}\" times {factor} is not a whole number of seconds", self.text)
                    })?;
                let unit = self.text.chars().last().unwrap_or('h');
                Ok(Self { text: in_unit(product, unit), amount: Amount::OpenSeconds(product) })
            }
        }
    }
}

/// Reads an elapsed span: `7d`, `72h`, `30m`.
pub(crate) fn elapsed_seconds(text: &str) -> Result<i64, String> {
    span(text.trim(), &[('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)])
        .filter(|seconds| *seconds <= 100 * LONGEST_SECONDS)
        .ok_or_else(|| format!("\"{text}\" is not a duration like \"7d\" or \"72h\""))
}

fn open_seconds(text: &str) -> Result<i64, String> {
    if text.ends_with('d') && text[..text.len() - 1].parse::<u32>().is_ok() {
        return Err(format!(
            "\"{text}\" is not a target: write open hours (\"24h\") or \"2 business days\""
        ));
    }
    let seconds =
        span(text, &[('h', 3600), ('m', 60), ('s', 1)]).filter(|seconds| *seconds > 0).ok_or_else(
            || format!("\"{text}\" is not a target like \"12h\", \"90m\" or \"2 business days\""),
        )?;
    if seconds > LONGEST_SECONDS {
        Err(format!("\"{text}\" is longer than a year"))
    } else {
        Ok(seconds)
    }
}

fn business_days(count: &str, text: &str) -> Result<u32, String> {
    match digits(count.trim()) {
        Some(days @ 1..) if days <= i64::from(MOST_BUSINESS_DAYS) => {
            Ok(u32::try_from(days).unwrap_or(u32::MAX))
        }
        Some(1..) => Err(format!("\"{text}\" is longer than a year")),
        _ => Err(format!("\"{text}\" is not a target like \"2 business days\"")),
    }
}

fn span(text: &str, units: &[(char, i64)]) -> Option<i64> {
    let unit = text.chars().last()?;
    let (_, seconds) = units.iter().find(|(known, _)| *known == unit)?;
    digits(&text[..text.len() - unit.len_utf8()])?.checked_mul(*seconds)
}

/// Digits and nothing else: no sign, no fraction, no spaces.
fn digits(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// The number, if it is whole but for the noise of multiplying by something like 1.1.
fn whole(number: f64) -> Option<i64> {
    let rounded = number.round();
    #[expect(clippy::cast_possible_truncation, reason = "the bound was checked")]
    ((number - rounded).abs() < 1e-6 && rounded.abs() < 1e15).then_some(rounded as i64)
}

fn in_unit(seconds: i64, unit: char) -> String {
    match unit {
        'h' if seconds % 3600 == 0 => format!("{}h", seconds / 3600),
        'h' | 'm' if seconds % 60 == 0 => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

fn in_business_days(days: u32) -> String {
    format!("{days} business day{}", if days == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(text: &str, factor: f64) -> String {
        Target::parse(text)
            .and_then(|target| target.times(factor))
            .map_or_else(|reason| reason, |target| target.text)
    }

    /// SLA-06
    #[test]
    fn a_follow_up_target_is_derived_in_the_unit_it_was_written_in() {
        assert_eq!(times("12h", 2.0), "24h");
        assert_eq!(times("8h", 2.0), "16h");
        assert_eq!(times("90m", 1.5), "135m");
        assert_eq!(times("1h", 1.5), "90m");
        assert_eq!(times("1m", 1.5), "90s");
        assert_eq!(times("10h", 1.1), "11h");
        assert_eq!(times("2 business days", 2.0), "4 business days");
        assert_eq!(times("2 business days", 0.5), "1 business day");
    }

    #[test]
    fn a_product_that_is_no_promise_is_refused() {
        assert_eq!(
            times("1 business day", 1.5),
            "\"1 business day\" times 1.5 is not a whole number of days"
        );
        assert_eq!(times("12h", 0.0), "cannot multiply \"12h\" by 0");
        assert_eq!(times("12h", f64::NAN), "cannot multiply \"12h\" by NaN");
        assert_eq!(times("1s", 0.3), "\"1s\" times 0.3 is not a whole number of seconds");
    }

    #[test]
    fn what_is_not_a_target_says_so() {
        for text in [
            "",
            "h",
            "12",
            "12 h",
            "-12h",
            "1.5h",
            "0h",
            "0 business days",
            "business days",
            "12é",
            "9999999h",
        ] {
            assert!(Target::parse(text).is_err(), "{text}");
        }
        assert!(Target::parse("5d").unwrap_err().contains("write open hours"));
    }

    #[test]
    fn elapsed_spans_may_be_days() {
        assert_eq!(elapsed_seconds("7d"), Ok(604_800));
        assert_eq!(elapsed_seconds("72h"), Ok(259_200));
        assert!(elapsed_seconds("soon").is_err());
    }
}
