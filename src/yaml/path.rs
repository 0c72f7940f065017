//! Field paths such as `spec.ingress[0].from[1].podSelector`.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use super::span::Span;

/// One step of a [`FieldPath`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// The value under a key of a mapping.
    Key(Cow<'static, str>),
    /// An item of a sequence, counted from 0.
    Index(usize),
}

/// Where a value is in a document, from its root.
///
/// Displays in the form that Kubernetes error messages use: `spec.ports[0].port`, with keys that are
/// not plain identifiers in brackets: `metadata.labels["app.kubernetes.io/name"]`.
///
/// A path shares its beginning with those it was made from: a model has very many, and few are ever read.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct FieldPath(Option<Arc<Step>>);

/// The last step of a path, and the path before it.
#[derive(PartialEq, Eq, Hash)]
struct Step {
    /// How many steps the path has.
    depth: usize,
    segment: Segment,
    before: FieldPath,
}

impl FieldPath {
    /// The root of a document.
    #[must_use]
    pub const fn root() -> Self {
        Self(None)
    }

    /// The path of `key` below this one.
    #[must_use]
    pub fn key(&self, key: impl Into<Cow<'static, str>>) -> Self {
        self.clone().push(Segment::Key(key.into()))
    }

    /// The path of item `index` below this one.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.clone().push(Segment::Index(index))
    }

    /// The path below this one that several plain keys lead to: `path.keys(["spec", "template"])`.
    #[must_use]
    pub fn keys(&self, keys: impl IntoIterator<Item = &'static str>) -> Self {
        self.join(keys.into_iter().map(|key| Segment::Key(Cow::Borrowed(key))))
    }

    /// The path below this one that further steps lead to.
    #[must_use]
    pub fn join(&self, steps: impl IntoIterator<Item = Segment>) -> Self {
        steps.into_iter().fold(self.clone(), Self::push)
    }

    /// The path of what contains this value; the root contains itself.
    #[must_use]
    pub fn parent(&self) -> Self {
        self.before().cloned().unwrap_or_default()
    }

    /// Whether this is the root of a document.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_none()
    }

    /// The last step; none at the root.
    #[must_use]
    pub fn last(&self) -> Option<&Segment> {
        self.0.as_ref().map(|step| &step.segment)
    }

    /// The steps from the root.
    #[must_use]
    pub fn segments(&self) -> Vec<&Segment> {
        let mut segments: Vec<&Segment> = self.upwards().filter_map(Self::last).collect();
        segments.reverse();
        segments
    }

    /// Whether this is the other path, or below it.
    #[must_use]
    pub fn starts_with(&self, other: &Self) -> bool {
        self.of_depth(other.depth()) == Some(other)
    }

    /// This path and those it is below, from the inside to the root.
    pub(crate) fn upwards(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |path| path.before())
    }

    fn before(&self) -> Option<&Self> {
        self.0.as_ref().map(|step| &step.before)
    }

    fn depth(&self) -> usize {
        self.0.as_ref().map_or(0, |step| step.depth)
    }

    /// The first so many steps.
    fn of_depth(&self, depth: usize) -> Option<&Self> {
        self.upwards().find(|path| path.depth() <= depth).filter(|path| path.depth() == depth)
    }

    fn push(self, segment: Segment) -> Self {
        Self(Some(Arc::new(Step { depth: self.depth() + 1, segment, before: self })))
    }

    /// Compares paths of the same depth, from the root.
    fn compare_steps(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Some(left), Some(right)) if !Arc::ptr_eq(left, right) => {
                left.before.compare_steps(&right.before).then_with(|| left.segment.cmp(&right.segment))
            }
            _ => Ordering::Equal,
        }
    }
}

/// By their steps from the root; a path comes before those below it.
impl Ord for FieldPath {
    fn cmp(&self, other: &Self) -> Ordering {
        let depth = self.depth().min(other.depth());
        let common = self.of_depth(depth).zip(other.of_depth(depth));
        let order = common.map_or(Ordering::Equal, |(left, right)| left.compare_steps(right));
        order.then(self.depth().cmp(&other.depth()))
    }
}

impl PartialOrd for FieldPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromIterator<Segment> for FieldPath {
    fn from_iter<T: IntoIterator<Item = Segment>>(segments: T) -> Self {
        Self::root().join(segments)
    }
}

/// As the list of its steps.
impl fmt::Debug for FieldPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("FieldPath").field(&self.segments()).finish()
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.segments().into_iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(out, "[{index}]")?,
                Segment::Key(key) if is_plain(key) => {
                    if position > 0 {
                        out.write_str(".")?;
                    }
                    out.write_str(key)?;
                }
                Segment::Key(key) => write!(out, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|character| character.is_ascii_alphanumeric() || "_-".contains(character))
}

/// Which bytes of a field a label points at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The value.
    #[default]
    Value,
    /// The key alone; for an item of a sequence, the whole item.
    Key,
    /// Key and value, or an item of a sequence with its `-`.
    Entry,
    /// Some bytes of a scalar, counted in its content: without quotes, and after escapes. The whole value where they
    /// cannot be found in the text.
    Inside(Span),
}

#[cfg(test)]
mod tests {
    use super::{FieldPath, Segment};

    #[test]
    fn paths_are_ordered_as_the_lists_of_their_steps() {
        let root = FieldPath::root();
        let paths = [
            root.clone(),
            root.key("a"),
            root.keys(["a", "b"]),
            root.keys(["a", "b", "c"]),
            root.key("b"),
            root.key("b").index(0),
            root.key("b").index(10).key("a"),
            root.key("b").index(2),
            root.index(1),
        ];
        for left in &paths {
            for right in &paths {
                assert_eq!(left.cmp(right), left.segments().cmp(&right.segments()), "{left} {right}");
                assert_eq!(left.starts_with(right), left.segments().starts_with(&right.segments()), "{left} {right}");
                assert_eq!(left == right, left.segments() == right.segments(), "{left} {right}");
            }
            assert_eq!(left, &left.segments().into_iter().cloned().collect::<FieldPath>());
        }
    }

    #[test]
    fn the_way_up_ends_at_the_root() {
        let path = FieldPath::root().key("spec").index(1);
        assert_eq!(path.last(), Some(&Segment::Index(1)));
        assert_eq!(path.parent().to_string(), "spec");
        assert!(path.parent().parent().is_root() && FieldPath::root().parent().is_root());
        assert_eq!(path.upwards().count(), 3);
    }
}
