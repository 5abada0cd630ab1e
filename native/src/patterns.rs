//! Regular expressions as tables: one look-up a byte, nothing to share between threads, made once.

use regex_automata::dfa::{dense, Automaton, StartKind};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::Look;

/// Bytes that the table of one pattern may take, and that making it may.
const LARGEST: usize = 4 << 20;

pub struct Pattern(dense::DFA<Vec<u32>>);

impl Pattern {
    /// Of a pattern that is anchored at its beginning, as `schemas.fields.whole` makes them; `None` for any other.
    pub fn new(pattern: &str) -> Option<Self> {
        let hir = regex_syntax::Parser::new().parse(pattern).ok()?;
        if !hir.properties().look_set_prefix().contains(Look::Start) {
            return None;
        }
        let limits = dense::Config::new()
            .start_kind(StartKind::Anchored)
            .dfa_size_limit(Some(LARGEST))
            .determinize_size_limit(Some(LARGEST));
        let made = dense::Builder::new().configure(limits).syntax(syntax::Config::new()).build(pattern);
        made.ok().map(Self)
    }

    pub fn matches(&self, text: &str) -> bool {
        let input = Input::new(text).anchored(Anchored::Yes).earliest(true);
        self.0.try_search_fwd(&input).is_ok_and(|end| end.is_some())
    }

    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        self.0.memory_usage()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_text_has_to_match() {
        let pattern = Pattern::new("^(?:a+|b)$").unwrap();
        assert!(pattern.matches("aaa") && pattern.matches("b"));
        assert!(!pattern.matches("ab") && !pattern.matches("") && !pattern.matches("a\n"));
        assert!(Pattern::new("^(?:[^\u{0}]*)$").unwrap().matches("é学"));
        assert!(pattern.bytes() < 10_000);
    }

    #[test]
    fn what_may_match_anywhere_is_not_taken() {
        assert!(Pattern::new("a").is_none());
        assert!(Pattern::new("^(?:a)|(?:b)$").is_none());
        assert!(Pattern::new("(").is_none());
    }
}
