//! Did-you-mean: the known name nearest to a mistyped one.

/// The candidate that a person who typed `typed` most likely meant, if any is near enough: at most one edit
/// in three characters. Ties go to the candidate named first.
#[must_use]
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = typed.chars().count().div_ceil(3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&typed.to_lowercase(), &candidate.to_lowercase()), candidate))
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
