//! What is so for certain, and what may be.

use super::reading::Reading;

/// Two readings of the same: what holds whatever the input does not show, and what may hold. The least is always in the
/// most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bounds<T> {
    /// For certain.
    pub(super) least: T,
    /// Perhaps.
    pub(super) most: T,
}

impl<T> Bounds<T> {
    /// The one of a reading. What is shown takes a maybe as no match.
    pub(super) fn of(&self, reading: Reading) -> &T {
        match reading {
            Reading::Shown | Reading::Least => &self.least,
            Reading::Most => &self.most,
        }
    }

    /// What is made of each.
    pub(super) fn map<U>(self, make: impl Fn(T) -> U) -> Bounds<U> {
        Bounds { least: make(self.least), most: make(self.most) }
    }

    /// The same, not taken.
    pub(super) fn as_ref(&self) -> Bounds<&T> {
        Bounds { least: &self.least, most: &self.most }
    }

    /// Both of two, by an operation that grows with each.
    pub(super) fn with(&self, other: &Self, operation: impl Fn(&T, &T) -> T) -> Self {
        Self { least: operation(&self.least, &other.least), most: operation(&self.most, &other.most) }
    }

    /// What it is not.
    pub(super) fn negated(&self, complement: impl Fn(&T) -> T) -> Self {
        Self { least: complement(&self.most), most: complement(&self.least) }
    }
}

impl<T: Clone> Bounds<T> {
    /// What is known.
    pub(super) fn exact(known: T) -> Self {
        Self { least: known.clone(), most: known }
    }

    /// With every maybe taken as no match, where the reading is that of what is shown.
    pub(super) fn settled(self, reading: Reading) -> Self {
        match reading {
            Reading::Shown => Self::exact(self.least),
            Reading::Least | Reading::Most => self,
        }
    }
}

impl<T: Default> Bounds<T> {
    /// What nobody knows to be so.
    pub(super) fn perhaps(most: T) -> Self {
        Self { least: T::default(), most }
    }
}

impl Bounds<bool> {
    /// Whether both hold.
    pub(super) fn and(self, other: Self) -> Self {
        self.with(&other, |one, other| *one && *other)
    }

    /// Whether it holds of an end that is not open to a maybe: of one that a policy isolates, in a reading.
    pub(super) fn against(self, reading: Reading) -> bool {
        match reading {
            Reading::Least => self.most,
            Reading::Shown | Reading::Most => self.least,
        }
    }
}
