//! The two states that are compared.

/// A state of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Before the change.
    Base,
    /// After it.
    Head,
}

impl Side {
    /// Both, the earlier first.
    pub const BOTH: [Self; 2] = [Self::Base, Self::Head];

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Base => Self::Head,
            Self::Head => Self::Base,
        }
    }

    /// `base` or `head`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Head => "head",
        }
    }
}

/// Something of each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Both<T> {
    /// Before the change.
    pub base: T,
    /// After it.
    pub head: T,
}

impl<T> Both<T> {
    /// Made alike for each state.
    pub fn made(mut make: impl FnMut(Side) -> T) -> Self {
        Self { base: make(Side::Base), head: make(Side::Head) }
    }

    /// That of a state.
    pub fn of(&self, side: Side) -> &T {
        match side {
            Side::Base => &self.base,
            Side::Head => &self.head,
        }
    }

    /// That of a state, to be changed.
    pub fn of_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Base => &mut self.base,
            Side::Head => &mut self.head,
        }
    }

    /// Each of them, the earlier first.
    pub fn each(&self) -> impl Iterator<Item = &T> {
        [&self.base, &self.head].into_iter()
    }
}

impl<T: PartialEq> Both<T> {
    /// Whether the two are equal.
    pub fn is_same(&self) -> bool {
        self.base == self.head
    }
}
