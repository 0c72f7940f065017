//! Did-you-mean: the known name nearest to a mistyped one.

/// The candidate that a person who typed `typed` most likely meant, if any is near enough: at most one edit
/// in three characters. Ties go to the candidate named first.
#[must_use]
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = typed.chars().count();
    let limit = length.div_ceil(3);
    let lowercase = typed.to_lowercase();
    // No fewer edits than one is longer than the other, which spares the search for most, and for what is very long.
    let is_near = |candidate: &&str| length.abs_diff(candidate.chars().count()) <= limit;
    candidates
        .into_iter()
        .filter(is_near)
        .map(|candidate| (strsim::damerau_levenshtein(&lowercase, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_the_name_and_another_word_finds_nothing() {
        let names = ["check", "rules", "explain"];
        assert_eq!(nearest("chekc", names), Some("check"));
        assert_eq!(nearest("Rules", names), Some("rules"));
        assert_eq!(nearest("manifests", names), None);
        assert_eq!(nearest("", names), None);
    }
}
