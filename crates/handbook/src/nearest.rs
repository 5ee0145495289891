//! "Did you mean": the known word nearest to an unknown one.

/// The candidate that takes the fewest keystrokes to reach, if it takes only a few.
pub(crate) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let most = word.chars().count().div_ceil(3).clamp(1, 3);
    let measured = candidates.into_iter().map(|candidate| (distance(word, candidate), candidate));
    measured
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// `; did you mean …?` where there is something near, and nothing where there is not.
pub(crate) fn hint<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    nearest(word, candidates)
        .map_or_else(String::new, |known| format!("; did you mean \"{known}\"?"))
}

/// Insertions, deletions and substitutions between two words (Levenshtein), row by row.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, left) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], line + 1);
        for (column, right) in other.iter().enumerate() {
            let substituted = diagonal + usize::from(left != *right);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_word_that_was_meant() {
        assert_eq!(nearest("timezon", ["name", "timezone", "from"]), Some("timezone"));
        assert_eq!(nearest("pan", ["plan", "mrr"]), Some("plan"));
        assert_eq!(nearest("colour", ["plan", "mrr"]), None);
    }
}
