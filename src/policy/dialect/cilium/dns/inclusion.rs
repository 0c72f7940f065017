//! Whether several patterns together cover another one.

use std::collections::BTreeSet;

use super::Pattern;
use super::glob::{Glob, Positions, Steps, alphabet};

/// How much of a pattern others cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Every name.
    Whole,
    /// Not every name.
    Partial,
    /// It takes too long to tell.
    Unknown,
}

/// The most steps of a search for what several patterns cover together.
const MOST: usize = 100_000;

/// How much of a pattern others cover together: exactly, for names of any length, except where it would take too long:
/// more than so many steps, or of what none covers alone, more than [`MOST`].
#[must_use]
pub fn coverage<'p>(of: &Pattern, by: impl IntoIterator<Item = &'p Pattern>, steps: &mut Steps) -> Coverage {
    let by: Vec<&Pattern> = by.into_iter().collect();
    for pattern in &by {
        match pattern.covers(of, steps) {
            Some(true) => return Coverage::Whole,
            Some(false) => {}
            None => return Coverage::Unknown,
        }
    }
    if of.is_name() {
        return Coverage::Partial;
    }
    let longest = by.iter().map(|pattern| pattern.labels.len()).max().unwrap_or(0);
    // Of an open pattern, names with one label more than any pattern looks at are as good as all longer ones.
    let lengths = if of.is_open {
        of.labels.len() + 1..=of.labels.len().max(longest) + 1
    } else {
        of.labels.len()..=of.labels.len()
    };
    let mut search = Search { by: &by, taken: 0, steps };
    for length in lengths {
        let fits = |pattern: &&Pattern| match pattern.is_open {
            true => pattern.labels.len() < length,
            false => pattern.labels.len() == length,
        };
        let alive = (0..by.len()).filter(|index| by.get(*index).is_some_and(fits)).collect();
        match search.is_covered(of, (0, length), alive) {
            Some(true) => {}
            Some(false) => return Coverage::Partial,
            None => return Coverage::Unknown,
        }
    }
    Coverage::Whole
}

struct Search<'s> {
    by: &'s [&'s Pattern],
    taken: usize,
    steps: &'s mut Steps,
}

/// The patterns that the labels so far leave.
type Alive = BTreeSet<usize>;

impl Search<'_> {
    /// Whether all names with so many labels are covered, of which those before `index` leave some patterns alive.
    fn is_covered(&mut self, of: &Pattern, (index, length): (usize, usize), alive: Alive) -> Option<bool> {
        if alive.is_empty() {
            return Some(false);
        }
        if index == length {
            return Some(true);
        }
        let any = Glob::new("*");
        let own = of.labels.get(index).unwrap_or(&any);
        for alive in self.survivors(own, index, &alive)? {
            if !self.is_covered(of, (index + 1, length), alive)? {
                return Some(false);
            }
        }
        Some(true)
    }

    /// For each label that a glob stands for, the patterns that it leaves; only the smallest of these sets.
    fn survivors(&mut self, own: &Glob, index: usize, alive: &Alive) -> Option<Vec<Alive>> {
        let label = |pattern: &usize| self.by.get(*pattern).and_then(|pattern| pattern.labels.get(index));
        let always: Alive = alive.iter().copied().filter(|pattern| label(pattern).is_none()).collect();
        let globs: Vec<(usize, &Glob)> = alive.iter().filter_map(|pattern| Some((*pattern, label(pattern)?))).collect();
        let letters = alphabet(globs.iter().map(|(_, glob)| *glob).chain([own]));
        let start: (Positions, Vec<Positions>) = (own.start(), globs.iter().map(|(_, glob)| glob.start()).collect());
        let (mut sets, mut seen, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![start]);
        while let Some((position, positions)) = open.pop() {
            for letter in &letters {
                self.steps.take(globs.len() + 1)?;
                self.taken += globs.len() + 1;
                if self.taken > MOST {
                    return None;
                }
                let next = own.step(&position, *letter);
                if next.is_empty() {
                    continue;
                }
                let others: Vec<Positions> =
                    globs.iter().zip(&positions).map(|((_, glob), at)| glob.step(at, *letter)).collect();
                if own.ends(&next) {
                    let left = globs.iter().zip(&others).filter(|((_, glob), at)| glob.ends(at));
                    let left = left.map(|((pattern, _), _)| *pattern);
                    sets.insert(left.chain(always.iter().copied()).collect::<Alive>());
                }
                if seen.insert((next.clone(), others.clone())) {
                    open.push((next, others));
                }
            }
        }
        let smallest = sets.iter().filter(|set| !sets.iter().any(|other| other != *set && other.is_subset(set)));
        Some(smallest.cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{Coverage, Steps, coverage};
    use crate::policy::dialect::cilium::dns::Pattern;

    fn cover(of: &str, by: &[&str]) -> Coverage {
        let by: Vec<Pattern> = by.iter().map(|text| Pattern::parse(text)).collect();
        coverage(&Pattern::parse(of), &by, &mut Steps::new(1_000_000))
    }

    #[test]
    fn patterns_cover_together_what_none_covers_alone() {
        let letters: Vec<String> =
            "abcdefghijklmnopqrstuvwxyz0123456789-_".chars().map(|letter| format!("{letter}*.x.io")).collect();
        let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
        assert_eq!(cover("*.x.io", &letters), Coverage::Whole);
        assert_eq!(cover("*.x.io", letters.split_first().map_or(&[], |(_, others)| others)), Coverage::Partial);
        assert_eq!(cover("**.io", &["*.io", "**.*.io"]), Coverage::Whole);
        assert_eq!(cover("**.io", &["*.io", "*.*.io"]), Coverage::Partial);
        assert_eq!(cover("*", &["*.*", "**.*.*"]), Coverage::Partial, "names of one label");
    }

    #[test]
    fn the_longest_patterns_take_no_time_to_speak_of() {
        let long = |unit: &str| unit.repeat(255 / unit.len());
        let start = std::time::Instant::now();
        for unit in ["a", "*a", "ab*", "a*.", "aab*", "*aaaaaaab"] {
            for other in ["a", "*a", "ab*", "a*.", "aab*", "*aaaaaaaab"] {
                cover(&long(unit), &[&long(other), "*a*b*", &long("*ba")]);
            }
        }
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }
}
