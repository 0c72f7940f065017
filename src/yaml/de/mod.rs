//! Typed values from a tree, as Go's decoder would fill them.
//!
//! Null leaves the zero value: it makes pointers, maps and slices nil and changes nothing else (documentation of
//! `Unmarshal` in Go's encoding/json). So null is the empty list, the empty mapping, the empty string, 0 or false,
//! whatever is meant; `ingress: [null]` is one empty rule, which admits everything.

mod error;

pub use error::TypeError;

use self::error::{Details, Fault};
use super::node::{Kind, Node};
use super::path::Segment;
use super::scalar::Scalar;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::borrow::Cow;

/// Reads a typed value from a node and all below it.
///
/// # Errors
/// The first value that does not fit.
pub fn from_node<T: DeserializeOwned>(node: Node<'_>) -> Result<T, TypeError> {
    T::deserialize(Value(node)).map_err(|fault| {
        let Details { message, help, span, mut steps } = *fault.0;
        steps.reverse();
        TypeError { path: steps.into_iter().collect(), span: span.unwrap_or_else(|| node.span()), message, help }
    })
}

#[derive(Clone, Copy)]
struct Value<'de>(Node<'de>);

impl Value<'_> {
    fn mismatch(self, meant: &str) -> Fault {
        // Text that would burst the message is shown by the span alone.
        const SHORT: usize = 40;
        let node = self.0;
        let text = node.scalar_text().unwrap_or_default();
        let is_short = text.len() <= SHORT && !text.contains(char::is_control);
        let what = match node.kind() {
            Kind::Bool => format!("`{text}` is a boolean"),
            Kind::Int | Kind::Float if is_short => format!("`{text}` is a number"),
            Kind::Str if is_short => format!("`{text}` is a string"),
            Kind::Int | Kind::Float => "a number stands".to_owned(),
            Kind::Str => "a string stands".to_owned(),
            Kind::Null => "null stands".to_owned(),
            Kind::Seq => "a list stands".to_owned(),
            Kind::Map => "a mapping stands".to_owned(),
        };
        Fault::custom(format_args!("{what} where {meant} is meant")).at(node.span())
    }
}

macro_rules! numbers {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            let result: Result<V::Value, Fault> = match self.0.scalar() {
                Some(Scalar::Null) => visitor.visit_i64(0),
                Some(Scalar::Int(value)) => visitor.visit_i64(value),
                Some(Scalar::Float(value)) => visitor.visit_f64(value),
                _ => Err(self.mismatch("a number")),
            };
            result.map_err(|fault| fault.at(self.0.span()))
        }
    )* };
}

macro_rules! strings {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            let result: Result<V::Value, Fault> = match self.0.scalar() {
                Some(Scalar::Null) => visitor.visit_borrowed_str(""),
                Some(Scalar::Str(text)) => visitor.visit_borrowed_str(text),
                _ => Err(self.mismatch("a string")),
            };
            result.map_err(|fault| fault.at(self.0.span()))
        }
    )* };
}

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let result: Result<V::Value, Fault> = match self.0.scalar() {
            Some(Scalar::Null) => visitor.visit_unit(),
            Some(Scalar::Bool(value)) => visitor.visit_bool(value),
            Some(Scalar::Int(value)) => visitor.visit_i64(value),
            Some(Scalar::Float(value)) => visitor.visit_f64(value),
            Some(Scalar::Str(text)) => visitor.visit_borrowed_str(text),
            None if self.0.kind() == Kind::Seq => return visitor.visit_seq(Items::new(self.0)),
            None => return visitor.visit_map(Entries::new(self.0)),
        };
        result.map_err(|fault| fault.at(self.0.span()))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.scalar() {
            Some(Scalar::Null) => visitor.visit_bool(false),
            Some(Scalar::Bool(value)) => visitor.visit_bool(value),
            _ => Err(self.mismatch("a boolean")),
        }
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
    }

    strings! { deserialize_char deserialize_str deserialize_string deserialize_identifier }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.kind() {
            Kind::Seq | Kind::Null => visitor.visit_seq(Items::new(self.0)),
            _ => Err(self.mismatch("a list")),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.kind() {
            Kind::Map | Kind::Null => visitor.visit_map(Entries::new(self.0)),
            _ => Err(self.mismatch("a mapping")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let mut entries = self.0.entries();
        let variant = match (self.0.as_str(), entries.next(), entries.next()) {
            (Some(name), ..) => Variant { name, payload: Payload(None) },
            (None, Some(entry), None) => Variant { name: entry.0, payload: Payload(Some(entry)) },
            _ => return Err(self.mismatch("a string")),
        };
        visitor.visit_enum(variant).map_err(|fault| fault.at(self.0.span()))
    }

    /// Passes over the subtree without a look.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { bytes byte_buf unit unit_struct }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }
}

struct Items<I> {
    items: I,
    index: usize,
    length: usize,
}

impl<'de> Items<()> {
    fn new(node: Node<'de>) -> Items<impl Iterator<Item = Node<'de>>> {
        Items { items: node.items(), index: 0, length: node.items().count() }
    }
}

impl<'de, I: Iterator<Item = Node<'de>>> SeqAccess<'de> for Items<I> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(item) = self.items.next() else { return Ok(None) };
        let index = self.index;
        self.index += 1;
        let value = seed.deserialize(Value(item));
        value.map(Some).map_err(|fault| fault.at(item.span()).below(Segment::Index(index)))
    }

    /// Lists are short, and what grows step by step keeps room for more.
    fn size_hint(&self) -> Option<usize> {
        Some(self.length.saturating_sub(self.index))
    }
}

/// Key as the API sees it, key, value.
type Entry<'de> = (&'de str, Node<'de>, Node<'de>);

/// Reads the value of an entry; what is wrong and has no place yet is wrong at the key.
fn read_value<'de, T>(entry: Entry<'de>, read: impl FnOnce(Value<'de>) -> Result<T, Fault>) -> Result<T, Fault> {
    let (name, key, value) = entry;
    read(Value(value)).map_err(|fault| fault.at(key.span()).below(Segment::Key(Cow::Owned(name.to_owned()))))
}

struct Entries<'de, I> {
    entries: I,
    /// The entry whose key was read and whose value comes next.
    current: Option<Entry<'de>>,
}

impl<'de> Entries<'de, ()> {
    fn new(node: Node<'de>) -> Entries<'de, impl Iterator<Item = Entry<'de>>> {
        Entries { entries: node.entries(), current: None }
    }
}

impl<'de, I: Iterator<Item = Entry<'de>>> MapAccess<'de> for Entries<'de, I> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some(entry) = self.entries.next() else { return Ok(None) };
        let read = seed.deserialize(BorrowedStrDeserializer::<Fault>::new(entry.0));
        match read {
            Ok(key) => {
                self.current = Some(entry);
                Ok(Some(key))
            }
            Err(fault) => read_value(entry, |_| Err(fault)),
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Fault> {
        let entry = self.current.take().ok_or_else(|| Fault::custom("a value was read before its key"))?;
        read_value(entry, |value| seed.deserialize(value))
    }
}

struct Variant<'de> {
    name: &'de str,
    payload: Payload<'de>,
}

/// What an enum's variant holds: nothing if only its name is written, else the value below its name.
struct Payload<'de>(Option<Entry<'de>>);

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Fault;
    type Variant = Payload<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self::Variant), Fault> {
        Ok((seed.deserialize(BorrowedStrDeserializer::<Fault>::new(self.name))?, self.payload))
    }
}

impl<'de> Payload<'de> {
    fn read<T>(self, read: impl FnOnce(Value<'de>) -> Result<T, Fault>) -> Result<T, Fault> {
        read_value(self.0.ok_or_else(|| Fault::custom("expected a name with a value, found a name"))?, read)
    }
}

impl<'de> VariantAccess<'de> for Payload<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        if self.0.is_none() { Ok(()) } else { self.read(|value| Err(value.mismatch("nothing"))) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        self.read(|value| seed.deserialize(value))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.read(|value| value.deserialize_seq(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        self.read(|value| value.deserialize_map(visitor))
    }
}
