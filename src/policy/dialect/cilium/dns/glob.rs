//! One label of a pattern: characters, and stars that stand for any characters.

use smallvec::SmallVec;

/// The positions at which a pattern may be after some characters. Nothing is lost by keeping only those from the last
/// star on: what an earlier star lets follow, a later one does too. So there are at most as many sets as positions
/// (those of Knuth, Morris and Pratt), and each pattern is a small deterministic automaton.
pub(super) type Positions = SmallVec<[u16; 8]>;

/// A label, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glob {
    /// Its characters; no two stars in a row.
    tokens: Box<[u8]>,
}

const STAR: u8 = b'*';

/// How many steps of patterns there may be yet. What nobody has written for people may take long.
#[derive(Debug)]
pub struct Steps(usize);

impl Steps {
    /// So many.
    #[must_use]
    pub fn new(left: usize) -> Self {
        Self(left)
    }

    /// Takes some; `None` where there are not so many.
    pub(super) fn take(&mut self, some: usize) -> Option<()> {
        self.0 = self.0.checked_sub(some)?;
        Some(())
    }
}

impl Glob {
    pub(super) fn new(text: &str) -> Self {
        let mut tokens = text.to_ascii_lowercase().into_bytes();
        tokens.dedup_by(|next, before| *next == STAR && *before == STAR);
        Self { tokens: tokens.into() }
    }

    pub(super) fn has_star(&self) -> bool {
        self.tokens.contains(&STAR)
    }

    /// The characters that it names.
    pub(super) fn letters(&self) -> impl Iterator<Item = u8> {
        self.tokens.iter().copied().filter(|token| *token != STAR)
    }

    /// The positions before the first character.
    pub(super) fn start(&self) -> Positions {
        let mut positions = Positions::new();
        self.enter(0, &mut positions);
        positions
    }

    /// The positions after one character more.
    pub(super) fn step(&self, positions: &Positions, letter: u8) -> Positions {
        let mut after = Positions::new();
        for position in positions {
            match self.tokens.get(usize::from(*position)) {
                Some(&STAR) => self.enter(*position, &mut after),
                Some(token) if *token == letter => self.enter(position + 1, &mut after),
                _ => {}
            }
        }
        after.sort_unstable();
        after.dedup();
        if let Some(star) = after.iter().rposition(|position| self.tokens.get(usize::from(*position)) == Some(&STAR)) {
            after.drain(..star);
        }
        after
    }

    /// Whether the label may end at one of these positions.
    pub(super) fn ends(&self, positions: &Positions) -> bool {
        positions.iter().any(|position| usize::from(*position) == self.tokens.len())
    }

    /// Comes to a position, and past a star there, which may stand for nothing.
    fn enter(&self, position: u16, positions: &mut Positions) {
        positions.push(position);
        if self.tokens.get(usize::from(position)) == Some(&STAR) {
            positions.push(position + 1);
        }
    }

    /// Whether every label that this stands for is one that the other stands for; `None` where that takes more steps.
    pub(super) fn is_covered_by(&self, other: &Self, steps: &mut Steps) -> Option<bool> {
        if !self.has_star() {
            steps.take(self.tokens.len())?;
            let end = self.tokens.iter().fold(other.start(), |positions, letter| other.step(&positions, *letter));
            return Some(other.ends(&end));
        }
        let letters = alphabet([self, other]);
        let (mut seen, mut open) = (std::collections::BTreeSet::new(), vec![(self.start(), other.start())]);
        while let Some((own, others)) = open.pop() {
            for letter in &letters {
                steps.take(1)?;
                let next = (self.step(&own, *letter), other.step(&others, *letter));
                if self.ends(&next.0) && !other.ends(&next.1) {
                    return Some(false);
                }
                if !next.0.is_empty() && seen.insert(next.clone()) {
                    open.push(next);
                }
            }
        }
        Some(true)
    }
}

/// The characters that some labels name, and one that stands for all others.
pub(super) fn alphabet<'g>(globs: impl IntoIterator<Item = &'g Glob>) -> Vec<u8> {
    const ALL: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut letters: Vec<u8> = globs.into_iter().flat_map(Glob::letters).collect();
    letters.sort_unstable();
    letters.dedup();
    letters.extend(ALL.iter().find(|letter| letters.binary_search(letter).is_err()).copied());
    letters
}
