//! How severe the findings of a rule are, as netlint.yaml says it.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

use crate::diagnostic::Severity;

/// What becomes of a rule's findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// They are not reported.
    Off,
    /// They have this severity, or a lower one where the rule itself gives it.
    At(Severity),
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Word;
        impl Visitor<'_> for Word {
            type Value = Level;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a severity or `off`")
            }

            /// A plain `off` is a boolean in YAML 1.1.
            fn visit_bool<E: Error>(self, value: bool) -> Result<Level, E> {
                if value { Err(E::invalid_type(Unexpected::Bool(value), &self)) } else { Ok(Level::Off) }
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Level, E> {
                match word {
                    "off" => Ok(Level::Off),
                    "error" => Ok(Level::At(Severity::Error)),
                    "warning" => Ok(Level::At(Severity::Warning)),
                    "note" => Ok(Level::At(Severity::Note)),
                    _ => Err(E::unknown_variant(word, &["error", "warning", "note", "off"])),
                }
            }
        }
        deserializer.deserialize_any(Word)
    }
}

impl JsonSchema for Level {
    fn schema_name() -> Cow<'static, str> {
        "Level".into()
    }

    /// `false` is how YAML 1.1 reads `off`.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"enum": ["error", "warning", "note", "off", false]})
    }
}
