//! Slips of the hand: whether one name was typed where another was meant.

/// The distance of what is less near than any misspelling.
pub(crate) const FAR: usize = 100;

/// How many edits make one name of another, where they are so few that a person may have slipped. Names that follow
/// a scheme are not slips of one another: `db-1` and `db-2`, `team-a` and `team-b`, `shop-dev` and `shop-prd`.
/// [`FAR`] where one name is a part of the other, in whole words.
pub(crate) fn slip(typed: &str, meant: &str) -> Option<usize> {
    let (of_typed, of_meant) = (typed.split(SEPARATORS), meant.split(SEPARATORS));
    if of_typed.clone().flat_map(str::chars).eq(of_meant.clone().flat_map(str::chars)) {
        return Some(1);
    }
    if of_typed.clone().count() != of_meant.clone().count() {
        return (is_part(typed, meant) || is_part(meant, typed)).then_some(FAR);
    }
    let differing = of_typed.zip(of_meant).filter(|(typed, meant)| typed != meant);
    differing.map(|(typed, meant)| slip_of_word(typed, meant)).sum()
}

const SEPARATORS: [char; 4] = ['-', '_', '.', '/'];

/// Whether a name is some of the words of another: `api` of `shop-api`, as with a release's name before it.
fn is_part(part: &str, whole: &str) -> bool {
    let ends = |character: Option<char>| character.is_none_or(|it| SEPARATORS.contains(&it));
    part.len() > 3
        && whole.match_indices(part).any(|(start, _)| {
            let (before, after) = (whole.get(..start), whole.get(start + part.len()..));
            ends(before.and_then(|it| it.chars().next_back())) && ends(after.and_then(|it| it.chars().next()))
        })
}

fn slip_of_word(typed: &str, meant: &str) -> Option<usize> {
    let longest = typed.len().max(meant.len());
    let limit = longest.div_ceil(3);
    let letters = |word: &'_ str| word.trim_end_matches(|it: char| it.is_ascii_digit()).len();
    let numbered = typed.get(..letters(typed)) == meant.get(..letters(meant));
    let of_scheme = numbered || typed.len() == meant.len() && longest <= 3;
    if of_scheme || typed.len().abs_diff(meant.len()) > limit || letters_apart(typed, meant) > limit {
        return None;
    }
    Some(strsim::damerau_levenshtein(typed, meant)).filter(|distance| *distance <= limit)
}

/// How many letters of one word the other lacks: never more than the edits between them, and quick to count.
fn letters_apart(one: &str, other: &str) -> usize {
    let mut counts = [0_i16; 128];
    let mut count = |word: &str, by: i16| {
        for byte in word.bytes() {
            if let Some(count) = counts.get_mut(usize::from(byte & 127)) {
                *count = count.saturating_add(by);
            }
        }
    };
    count(one, 1);
    count(other, -1);
    let (more, fewer): (Vec<i16>, Vec<i16>) = counts.iter().filter(|&&it| it != 0).partition(|&&it| it > 0);
    let total = |counts: &[i16]| counts.iter().map(|it| usize::from(it.unsigned_abs())).sum::<usize>();
    total(&more).max(total(&fewer))
}

#[cfg(test)]
mod tests {
    use super::{FAR, slip};

    #[test]
    fn slips_of_the_hand_are_near() {
        for (typed, meant) in [
            ("frontnd", "frontend"),
            ("fronted", "frontend"),
            ("secure-ap", "secure-app"),
            ("secureapp", "secure-app"),
            ("app.kuberentes.io/name", "app.kubernetes.io/name"),
            ("k8s_app", "k8s-app"),
            ("wbe", "webs"),
        ] {
            assert!(slip(typed, meant).is_some_and(|distance| distance < 3), "{typed} for {meant}");
        }
    }

    #[test]
    fn names_of_a_scheme_and_other_words_are_no_slips() {
        for (one, other) in [
            ("db-1", "db-2"),
            ("postgres14", "postgres15"),
            ("team-a", "team-b"),
            ("shop-dev", "shop-prd"),
            ("prod-eu", "prod-us"),
            ("api", "app"),
            ("frontend", "backend"),
            ("", "web"),
        ] {
            assert_eq!(slip(one, other), None, "{one} and {other}");
        }
    }

    #[test]
    fn whole_words_of_a_longer_name_are_far_but_not_unrelated() {
        assert_eq!(slip("frontend", "shop-frontend"), Some(FAR));
        assert_eq!(slip("shop-frontend-v2", "frontend"), Some(FAR));
        assert_eq!(slip("front", "frontend-shop"), None);
        assert_eq!(slip("api", "shop-api"), None, "too short to tell");
    }
}
