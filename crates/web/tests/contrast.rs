//! The colours, checked where they are written: OKLCH to sRGB to luminance to WCAG 2 ratio, in both themes.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../assets/css/01-tokens.css");
const AVATAR: &str = include_str!("../assets/css/22-avatar.css");

const TEXT: f64 = 4.5;
const LINE: f64 = 3.0;

const SURFACES: &[&str] = &["page", "raised", "sunken", "overlay", "selected"];
const MEANINGS: &[&str] = &["danger", "warn", "ok", "info", "note", "lock"];

/// Lightness, chroma, hue.
type Oklch = [f64; 3];

/// A role's colour in the light and in the dark theme.
type Pair = [Oklch; 2];

fn colours() -> BTreeMap<&'static str, Pair> {
    TOKENS
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--")?.split_once(": light-dark("))
        .map(|(name, value)| (name, pair(value)))
        .collect()
}

fn pair(value: &str) -> Pair {
    let mut colours =
        value.split("oklch(").skip(1).map(|rest| oklch(rest.split(')').next().unwrap()));
    [colours.next().unwrap(), colours.next().unwrap()]
}

fn oklch(text: &str) -> Oklch {
    let mut numbers = text.split_whitespace().map(|number| number.parse().unwrap());
    [numbers.next().unwrap(), numbers.next().unwrap(), numbers.next().unwrap()]
}

/// Linear sRGB, by Björn Ottosson's definition of Oklab.
#[expect(clippy::many_single_char_names, reason = "the letters of the definition")]
fn linear_srgb([lightness, chroma, hue]: Oklch) -> [f64; 3] {
    let (a, b) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ]
}

fn luminance(colour: Oklch) -> f64 {
    let [red, green, blue] = linear_srgb(colour).map(|part| part.clamp(0.0, 1.0));
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: Oklch, other: Oklch) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Every pair of foreground and background that may meet, with what it needs.
fn pairs() -> Vec<(String, String, f64)> {
    let mut pairs = Vec::new();
    let mut meet = |front: &str, back: &str, least: f64| {
        pairs.push((front.to_owned(), back.to_owned(), least));
    };
    for surface in SURFACES {
        for front in ["text", "muted", "link"] {
            meet(front, surface, TEXT);
        }
        meet("accent", surface, LINE);
        meet("focus", surface, LINE);
        meet("control", surface, LINE);
    }
    for back in ["accent", "accent-hover", "danger-fill"] {
        meet("on-accent", back, TEXT);
    }
    for meaning in MEANINGS {
        let (text, tint, line) =
            (format!("{meaning}-text"), format!("{meaning}-tint"), format!("{meaning}-line"));
        meet(&text, &tint, TEXT);
        meet("text", &tint, TEXT);
        meet("focus", &tint, LINE);
        for surface in SURFACES {
            meet(&text, surface, TEXT);
        }
        for back in ["page", "raised", "overlay", &tint] {
            meet(&line, back, LINE);
        }
    }
    pairs
}

#[test]
fn every_pair_of_colours_has_enough_contrast_in_both_themes() {
    let colours = colours();
    let weak: Vec<String> = pairs()
        .iter()
        .flat_map(|(front, back, least)| {
            let (front_pair, back_pair) = (colours[front.as_str()], colours[back.as_str()]);
            ["light", "dark"].into_iter().zip(front_pair).zip(back_pair).filter_map(
                move |((theme, one), other)| {
                    let found = contrast(one, other);
                    (found < *least)
                        .then(|| format!("{front} on {back}, {theme}: {found:.2} < {least}"))
                },
            )
        })
        .collect();
    assert!(weak.is_empty(), "{weak:#?}");
}

#[test]
fn every_colour_lies_inside_srgb() {
    for (name, pair) in colours() {
        for colour in pair {
            let inside = linear_srgb(colour).iter().all(|part| (-0.004..=1.004).contains(part));
            assert!(inside, "{name}: {colour:?} is {:?}", linear_srgb(colour));
        }
    }
}

#[test]
fn initials_can_be_read_on_every_hue() {
    let value = |property: &str| AVATAR.split_once(property).unwrap().1;
    for hue in AVATAR.split("--hue: ").skip(2).map(|rest| rest.split(';').next().unwrap()) {
        let back =
            pair(&value("background: light-dark(").replace("var(--hue)", hue).replace("))", ")"));
        let front =
            pair(&value("\n    color: light-dark(").replace("var(--hue)", hue).replace("))", ")"));
        for (one, other) in front.into_iter().zip(back) {
            assert!(contrast(one, other) >= TEXT, "hue {hue}: {:.2}", contrast(one, other));
        }
    }
}

#[test]
fn the_measure_is_the_one_of_the_standard() {
    let (black, white) = ([0.0, 0.0, 0.0], [1.0, 0.0, 0.0]);
    assert!((contrast(black, white) - 21.0).abs() < 0.01);
}
