//! A value of an object, with the way that led to it.

use crate::schema::table::Schema;
use crate::yaml::{FieldPath, Kind, Node, Segment};

/// A value on the way through an object. The way is a chain of borrowed steps: it becomes a path only where there is
/// something to report.
#[derive(Clone, Copy)]
pub(crate) struct Field<'d, 'p> {
    /// The value.
    pub(crate) node: Node<'d>,
    /// The table of a mapping that has one.
    pub(crate) schema: Option<&'static Schema>,
    parent: Option<&'p Field<'d, 'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Root,
    Key(&'p str),
    Index(usize),
}

impl<'d, 'p> Field<'d, 'p> {
    /// A whole object.
    pub(crate) fn root(node: Node<'d>, schema: &'static Schema) -> Self {
        Self { node, schema: Some(schema), parent: None, step: Step::Root }
    }

    /// The value under a key.
    pub(crate) fn child<'c>(&'c self, key: &'c str, node: Node<'d>) -> Field<'d, 'c> {
        Field { node, schema: None, parent: Some(self), step: Step::Key(key) }
    }

    /// An item of a list.
    pub(crate) fn item<'c>(&'c self, index: usize, node: Node<'d>) -> Field<'d, 'c> {
        Field { node, schema: None, parent: Some(self), step: Step::Index(index) }
    }

    /// The same value as a mapping with the fields of a table.
    pub(crate) fn with(self, schema: &'static Schema) -> Self {
        Self { schema: Some(schema), ..self }
    }

    /// The value under a key; null is no value.
    pub(crate) fn get<'c>(&'c self, key: &'c str) -> Option<Field<'d, 'c>> {
        self.node.get(key).filter(|node| !node.is_null()).map(|node| self.child(key, node))
    }

    /// Whether a value is under a key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether nothing but null or an empty string is under a key.
    pub(crate) fn lacks(&self, key: &str) -> bool {
        self.get(key).is_none_or(|field| field.node.as_str() == Some(""))
    }

    /// The list under a key.
    pub(crate) fn list<'c>(&'c self, key: &'c str) -> Option<Field<'d, 'c>> {
        self.get(key).filter(|list| list.node.kind() == Kind::Seq)
    }

    /// The list under a key, where it has more than one item.
    pub(crate) fn several<'c>(&'c self, key: &'c str) -> Option<Field<'d, 'c>> {
        self.list(key).filter(|list| list.node.items().nth(1).is_some())
    }

    /// The items of a list.
    pub(crate) fn items<'c>(&'c self) -> impl Iterator<Item = Field<'d, 'c>> {
        self.node.items().enumerate().map(|(index, node)| self.item(index, node))
    }

    /// The string under a key, where it is not empty, and its text.
    pub(crate) fn string<'c>(&'c self, key: &'c str) -> Option<(Field<'d, 'c>, &'d str)> {
        let node = self.node.get(key)?;
        let text = node.as_str().filter(|text| !text.is_empty())?;
        Some((self.child(key, node), text))
    }

    /// The text of the string under a key, where it is not empty.
    pub(crate) fn text(&self, key: &str) -> Option<&'d str> {
        self.string(key).map(|(_, text)| text)
    }

    /// The whole number under a key.
    pub(crate) fn number(&self, key: &str) -> Option<i64> {
        self.node.get(key).and_then(|node| node.as_i64())
    }

    /// The path from the object's root.
    pub(crate) fn path(&self) -> FieldPath {
        self.segments().into_iter().collect()
    }

    /// The steps from the object's root.
    pub(crate) fn segments(&self) -> Vec<Segment> {
        let mut segments = self.parent.map_or_else(Vec::new, Field::segments);
        match self.step {
            Step::Root => {}
            Step::Key(key) => segments.push(Segment::Key(key.to_owned().into())),
            Step::Index(index) => segments.push(Segment::Index(index)),
        }
        segments
    }

    /// The key that led here; for an item, the key of its list. Empty for a whole object.
    pub(crate) fn key(&self) -> &'p str {
        match self.step {
            Step::Root => "",
            Step::Key(key) => key,
            Step::Index(_) => self.parent.map_or("", Field::key),
        }
    }

    /// Whether this is an item of a list.
    pub(crate) fn is_item(&self) -> bool {
        matches!(self.step, Step::Index(_))
    }

    /// The mappings with a table around this value, from the inside.
    pub(crate) fn around(&self) -> impl Iterator<Item = &'p Field<'d, 'p>> {
        std::iter::successors(self.parent, |field| field.parent).filter(|field| field.schema.is_some())
    }

    /// Whether the mapping has fields that its table does not know.
    pub(crate) fn has_unknown(&self) -> bool {
        let known = |name: &str| self.schema.is_none_or(|schema| schema.find(name).is_some());
        self.node.entries().any(|(name, _, _)| !known(name))
    }
}
