//! Finding words in texts: how a text is cut into tokens, when words are in it, how well they fit, and which part of it
//! shows that. Pure, so that both engines find, rank and show the same.
//!
//! Texts are folded (case, accents, full width) and cut at everything that is neither letter nor digit. Scripts without
//! spaces between words (Chinese, Japanese, Thai, …) and Korean, whose words take endings, become pairs of neighbouring
//! characters: 東京都 is 東京, 京都 and 都, so that any part of a run of them is found as a phrase of pairs.
//! The storage indexes these tokens as they are.

mod excerpts;
mod matching;
mod tokens;

pub use excerpts::{Excerpt, Part, excerpt};
pub use matching::{Doc, Needle, Words};
pub use tokens::{MOST_TOKENS, Token, tokens};
