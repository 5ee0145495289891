//! stub
use crate::{Fact, Facts};
#[derive(Clone, Debug)]
pub(crate) struct Compiled;
pub(crate) struct Evaluation<'f> {
    _facts: &'f Facts,
}
impl<'f> Evaluation<'f> {
    pub(crate) fn new(facts: &'f Facts) -> Self {
        Self { _facts: facts }
    }
    pub(crate) fn holds(&self, _rule: &Compiled) -> bool {
        false
    }
    pub(crate) fn facts(&self, _rule: &Compiled) -> Vec<Fact> {
        Vec::new()
    }
}
