//! The chart as a picture (PNG), drawn here: lines with soft edges, the same dashes, letters of strokes. Small and without
//! a library of fonts; it is for mail and slides, and the page is the better reading.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "pixels are small whole numbers"
)]

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::chart::{Chart, DASHES, MOST, SIZE, edges};
use super::strokes::{ADVANCE, strokes};
use crate::words::Words;

/// Pixels for each unit of the drawing.
const SCALE: i64 = 2;
/// Room above, for the title.
const HEAD: i64 = 34;
/// Shades: 0 is black.
const INK: u8 = 28;
const FAINT: u8 = 210;
const MUTED: u8 = 96;

/// A picture in grey: charts read without colour.
struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Canvas {
    fn new(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![255; width * height] }
    }

    /// A stroke from one point to another, in pixels; its edge is one pixel soft.
    fn stroke(&mut self, from: (f64, f64), to: (f64, f64), width: f64, ink: u8) {
        let reach = width / 2.0 + 1.0;
        let span = |a: f64, b: f64, most: usize| {
            let low = (a.min(b) - reach).floor().max(0.0);
            let high = (a.max(b) + reach).ceil().min(most as f64 - 1.0);
            low as usize..=high.max(0.0) as usize
        };
        for y in span(from.1, to.1, self.height) {
            for x in span(from.0, to.0, self.width) {
                let away = distance((x as f64 + 0.5, y as f64 + 0.5), from, to);
                let cover = (width / 2.0 + 0.5 - away).clamp(0.0, 1.0);
                let pixel = &mut self.pixels[y * self.width + x];
                let shade = 255.0 - cover * (255.0 - f64::from(ink));
                *pixel = (*pixel).min(shade.round() as u8);
            }
        }
    }

    /// Connected strokes, dashed; lengths are those of the drawing.
    fn path(&mut self, points: &[(i64, i64)], dashes: &[i64], (width, ink): (f64, u8)) {
        let at = |(x, y): (i64, i64)| ((x * SCALE) as f64, ((y + HEAD) * SCALE) as f64);
        let mut pattern = dashes.iter().cycle();
        let mut left = pattern.next().map_or(f64::INFINITY, |dash| (dash * SCALE) as f64);
        let mut is_drawn = true;
        for two in points.windows(2) {
            let (mut from, to) = (at(two[0]), at(two[1]));
            loop {
                let (dx, dy) = (to.0 - from.0, to.1 - from.1);
                let length = dx.hypot(dy);
                let part = if left < length { left / length } else { 1.0 };
                let until = (from.0 + dx * part, from.1 + dy * part);
                if is_drawn {
                    self.stroke(from, until, width, ink);
                }
                if left >= length {
                    left -= length;
                    break;
                }
                from = until;
                is_drawn = !is_drawn;
                left = pattern.next().map_or(f64::INFINITY, |dash| (dash * SCALE) as f64);
            }
        }
    }

    /// Words from a point to the right, in letters so many steps of the grid tall; the point is their foot.
    fn words(&mut self, text: &str, (x, y): (i64, i64), step: f64, ink: u8) {
        let foot = ((y + HEAD) * SCALE) as f64 - 6.0 * step;
        let mut left = (x * SCALE) as f64;
        for letter in text.chars() {
            let at = |(across, down): (i64, i64)| {
                (left + across as f64 * step, foot + down as f64 * step)
            };
            for stroke in strokes(letter) {
                if let [dot] = stroke.as_slice() {
                    self.stroke(at(*dot), at(*dot), step, ink);
                }
                for two in stroke.windows(2) {
                    self.stroke(at(two[0]), at(two[1]), step * 0.75, ink);
                }
            }
            left += ADVANCE as f64 * step;
        }
    }
}

/// How far a point is from a stroke.
fn distance(point: (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx * dx + dy * dy;
    let along = if length == 0.0 {
        0.0
    } else {
        (((point.0 - from.0) * dx + (point.1 - from.1) * dy) / length).clamp(0.0, 1.0)
    };
    (point.0 - from.0 - dx * along).hypot(point.1 - from.1 - dy * along)
}

/// How wide words are, in units of the drawing.
fn wide(text: &str, step: f64) -> i64 {
    let letters = i64::try_from(text.chars().count()).unwrap_or(0);
    ((letters * ADVANCE - 2) as f64 * step) as i64 / SCALE
}

/// The chart as the bytes of a PNG file.
pub(super) fn png(words: Words, chart: &Chart) -> Vec<u8> {
    let (width, height) = (SIZE.0 * SCALE, (SIZE.1 + HEAD) * SCALE);
    let mut canvas =
        Canvas::new(usize::try_from(width).unwrap_or(0), usize::try_from(height).unwrap_or(0));
    let (left, right, _, bottom) = edges();
    let small = 2.4;
    canvas.words(&chart.title, (12, -12), 3.4, INK);
    for tick in chart.ticks(words) {
        canvas.path(&[(left, tick.at), (right, tick.at)], &[], (1.0, FAINT));
        let at = (left - 8 - wide(&tick.label, small), tick.at + 4);
        canvas.words(&tick.label, at, small, MUTED);
    }
    for tick in chart.weeks(words) {
        let at = (tick.at - wide(&tick.label, small) / 2, bottom + 22);
        canvas.words(&tick.label, at, small, MUTED);
    }
    for (index, laid) in chart.lay().iter().enumerate() {
        for stroke in &laid.strokes {
            canvas.path(stroke, DASHES[index % MOST], (3.5, INK));
        }
        let Some((x, y)) = laid.end else { continue };
        let dot = ((x * SCALE) as f64, ((y + HEAD) * SCALE) as f64);
        canvas.stroke(dot, dot, 9.0, INK);
        if laid.name_at != y || x < right {
            canvas.path(&[(x + 4, y), (right + 8, laid.name_at)], &[1, 3], (2.0, MUTED));
        }
        canvas.words(&laid.name, (right + 12, laid.name_at + 4), small, INK);
    }
    encode(&canvas)
}

/// The file: its signature, its head, its pixels, its end.
fn encode(canvas: &Canvas) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let size = |pixels: usize| u32::try_from(pixels).unwrap_or(0).to_be_bytes();
    let mut head = Vec::with_capacity(13);
    head.extend(size(canvas.width));
    head.extend(size(canvas.height));
    // Eight bits of grey, nothing else.
    head.extend([8, 0, 0, 0, 0]);
    chunk(&mut file, *b"IHDR", &head);
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    for row in canvas.pixels.chunks(canvas.width.max(1)) {
        // Writing into memory cannot fail. Each row says first that it stands as it is.
        let _ = packed.write_all(&[0]).and_then(|()| packed.write_all(row));
    }
    chunk(&mut file, *b"IDAT", &packed.finish().unwrap_or_default());
    chunk(&mut file, *b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    let mut sum = flate2::Crc::new();
    sum.update(&kind);
    sum.update(content);
    file.extend(u32::try_from(content.len()).unwrap_or(0).to_be_bytes());
    file.extend(kind);
    file.extend(content);
    file.extend(sum.sum().to_be_bytes());
}
