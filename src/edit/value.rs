//! Values that edits write.

/// A value to write. The keys of a mapping are written in the order in which they are here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A string.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A boolean.
    Bool(bool),
    /// A list.
    List(Vec<Value>),
    /// A mapping.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// A mapping of these entries.
    pub fn map<'k>(entries: impl IntoIterator<Item = (&'k str, Self)>) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// A mapping of strings.
    pub fn labels<'k>(entries: impl IntoIterator<Item = (&'k str, &'k str)>) -> Self {
        Self::map(entries.into_iter().map(|(key, value)| (key, value.into())))
    }

    /// Whether it is a list or mapping with nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::List(items) => items.is_empty(),
            Self::Map(entries) => entries.is_empty(),
            _ => false,
        }
    }

    /// How many lists and mappings are inside one another.
    pub(super) fn depth(&self) -> usize {
        let deepest = |depths: Option<usize>| 1 + depths.unwrap_or_default();
        match self {
            Self::List(items) => deepest(items.iter().map(Self::depth).max()),
            Self::Map(entries) => deepest(entries.iter().map(|(_, value)| value.depth()).max()),
            _ => 0,
        }
    }

    /// Whether it is a list or mapping.
    pub(super) fn is_collection(&self) -> bool {
        matches!(self, Self::List(_) | Self::Map(_))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u16> for Value {
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}

impl FromIterator<Value> for Value {
    fn from_iter<T: IntoIterator<Item = Value>>(items: T) -> Self {
        Self::List(items.into_iter().collect())
    }
}

/// The value as the API reads it.
impl From<&Value> for serde_json::Value {
    fn from(value: &Value) -> Self {
        match value {
            Value::Text(text) => Self::String(text.clone()),
            Value::Number(number) => (*number).into(),
            Value::Bool(value) => Self::Bool(*value),
            Value::List(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Map(entries) => {
                Self::Object(entries.iter().map(|(key, value)| (key.clone(), Self::from(value))).collect())
            }
        }
    }
}
