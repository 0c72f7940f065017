//! Words distinguished at a glance.

/// The length of a word, and its first, middle and last byte. Words with different sketches are different, and
/// different words seldom have the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sketch(u32);

impl Sketch {
    /// Of the empty word.
    pub(super) const NONE: Self = Self(0);

    #[inline]
    pub(super) fn of(word: &str) -> Self {
        let bytes = word.as_bytes();
        let (Some(first), Some(middle), Some(last)) = (bytes.first(), bytes.get(bytes.len() / 2), bytes.last()) else {
            return Self::NONE;
        };
        Self(u32::from_le_bytes([bytes.len() as u8, *first, *middle, *last]))
    }

    /// One of 64 bits.
    fn bit(self) -> u64 {
        // Fibonacci hashing: the high bits of the product depend on all bits of the sketch.
        const GOLDEN: u32 = 0x9E37_79B1;
        1 << (self.0.wrapping_mul(GOLDEN) >> 26)
    }
}

/// A word that is looked for.
#[derive(Clone, Copy)]
pub(super) struct Word<'w> {
    pub(super) text: &'w str,
    pub(super) sketch: Sketch,
}

impl<'w> Word<'w> {
    /// Done by the compiler where the word is a literal.
    #[inline]
    pub(super) fn new(text: &'w str) -> Self {
        Self { text, sketch: Sketch::of(text) }
    }
}

/// The keys of a mapping as they come: nearly always words that mean themselves, and all different.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Words {
    /// A bit for each word; all of them once it is in doubt.
    seen: u64,
}

impl Words {
    const IN_DOUBT: u64 = u64::MAX;

    /// Adds a key; `None` for what is not a string. The merge key, too, means something else than it says.
    pub(super) fn add(&mut self, key: Option<Sketch>) {
        let word = key.filter(|&key| key != Sketch::of("<<"));
        let bit = word.map_or(Self::IN_DOUBT, Sketch::bit);
        self.seen = if self.seen & bit == 0 { self.seen | bit } else { Self::IN_DOUBT };
    }

    /// Whether all keys are words, and different ones for certain.
    pub(super) fn are_all_different(self) -> bool {
        self.seen != Self::IN_DOUBT
    }
}
