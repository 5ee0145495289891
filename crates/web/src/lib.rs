//! The pages, thin.
//!
//! [`components`] is the design system: functions from plain values to markup, one file each. A page calls them, and a
//! fragment is the same function called alone. [`words`] has every text, [`times`] every way to write an instant,
//! [`assets`] what the browser loads.

pub mod assets;
pub mod components;
pub mod reader;
pub mod routes;
pub mod times;
pub mod words;
