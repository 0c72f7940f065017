//! What a scalar is by Kubernetes' rules.
//!
//! Manifests are read by sigs.k8s.io/yaml on go-yaml v2 (its `resolve.go`), and then pass through JSON: YAML 1.1's
//! booleans and octal numbers exist, and a float without a fraction is an integer.

use std::borrow::Cow;

use crate::text::go_number;

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    /// Quoted either way, literal or folded: text that no rule turns into another type.
    Text,
}

/// The tags that change what a scalar is. Any other tag makes it a string as it is
/// written, `!!binary` too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    None,
    Null,
    Bool,
    Int,
    Float,
    Str,
    Merge,
}

/// A value that is not a collection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scalar<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(&'a str),
}

/// What a scalar is, without its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Null,
    Bool,
    Int,
    Float,
    Str,
}

/// What a scalar with this content is.
#[inline]
pub(super) fn class(content: &str, style: Style, tag: Tag) -> Class {
    match resolve(content, style, tag) {
        Scalar::Null => Class::Null,
        Scalar::Bool(_) => Class::Bool,
        Scalar::Int(_) => Class::Int,
        Scalar::Float(_) => Class::Float,
        Scalar::Str(_) => Class::Str,
    }
}

/// Whether a scalar is a string, whatever its content.
fn is_text(style: Style, tag: Tag) -> bool {
    tag == Tag::Str || (style == Style::Text && tag == Tag::None)
}

/// The value of a scalar with this content.
#[inline]
pub(super) fn resolve(content: &str, style: Style, tag: Tag) -> Scalar<'_> {
    if is_text(style, tag) {
        return Scalar::Str(content);
    }
    match typed(content) {
        Typed::Null => Scalar::Null,
        Typed::Bool(value) => Scalar::Bool(value),
        Typed::Int(value) => Scalar::Int(value),
        Typed::Uint(value) => Scalar::Float(value as f64),
        Typed::Float(value) => as_json_number(value),
        Typed::Str => Scalar::Str(content),
    }
}

/// Refuses content that its tag does not allow.
pub(super) fn check_tag(content: &str, tag: Tag) -> Result<(), String> {
    let fits = matches!(
        (tag, typed(content)),
        (Tag::None | Tag::Str | Tag::Merge, _)
            | (Tag::Null, Typed::Null)
            | (Tag::Bool, Typed::Bool(_))
            | (Tag::Int, Typed::Int(_) | Typed::Uint(_))
            | (Tag::Float, Typed::Float(_) | Typed::Int(_))
    );
    let name = match tag {
        Tag::Null => "null",
        Tag::Bool => "bool",
        Tag::Int => "int",
        _ => "float",
    };
    if fits { Ok(()) } else { Err(format!("`{content}` is no `!!{name}`")) }
}

/// The text of a scalar that is a key, as the API sees it; `None` for null, which it refuses.
pub(super) fn key(content: &str, style: Style, tag: Tag) -> Option<Cow<'_, str>> {
    if is_text(style, tag) {
        return Some(Cow::Borrowed(content));
    }
    match typed(content) {
        Typed::Null => None,
        Typed::Bool(true) => Some(Cow::Borrowed("true")),
        Typed::Bool(false) => Some(Cow::Borrowed("false")),
        Typed::Int(value) => Some(Cow::Owned(value.to_string())),
        Typed::Uint(value) => Some(Cow::Owned(value.to_string())),
        Typed::Float(value) => Some(Cow::Owned(float_key(value))),
        Typed::Str => Some(Cow::Borrowed(content)),
    }
}

enum Typed {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Str,
}

/// By far the most scalars are told by their first letter.
#[inline]
fn typed(content: &str) -> Typed {
    match content.as_bytes().first() {
        None => Typed::Null,
        // None of the words is longer than `false`.
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') if content.len() <= 5 => {
            word(content)
        }
        Some(b'.' | b'+' | b'-' | b'0'..=b'9') => number(content),
        Some(_) => Typed::Str,
    }
}

#[inline(never)]
fn word(content: &str) -> Typed {
    match content {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Typed::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Typed::Bool(false),
        "~" | "null" | "Null" | "NULL" => Typed::Null,
        _ => Typed::Str,
    }
}

#[inline(never)]
fn number(content: &str) -> Typed {
    if let Some(value) = short_decimal(content) {
        return Typed::Int(value);
    }
    match content {
        ".nan" | ".NaN" | ".NAN" => return Typed::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Typed::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Typed::Float(f64::NEG_INFINITY),
        _ if content.starts_with('.') => return float(content),
        _ => {}
    }
    let plain: Cow<'_, str> =
        if content.contains('_') { Cow::Owned(content.replace('_', "")) } else { Cow::Borrowed(content) };
    match go_number::integer(&plain) {
        Some(value) => match i64::try_from(value) {
            Ok(value) => Typed::Int(value),
            Err(_) => u64::try_from(value).map_or(Typed::Str, Typed::Uint),
        },
        None => float(&plain),
    }
}

/// What nearly every number is: some digits, the first of which is not 0.
fn short_decimal(text: &str) -> Option<i64> {
    const SHORT: usize = 18;
    if text.len() > SHORT || text.starts_with('0') {
        return None;
    }
    text.bytes().try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0')))
}

/// Anything but a number, and what overflows, is a string.
fn float(text: &str) -> Typed {
    go_number::float(text).map_or(Typed::Str, Typed::Float)
}

/// JSON writes a float without a fraction as an integer, and that is what the API reads back.
#[inline(never)]
fn as_json_number<'a>(value: f64) -> Scalar<'a> {
    // 2^63 is exact as a float; what lies below it fits.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if value.fract() == 0.0 && (-LIMIT..LIMIT).contains(&value) {
        Scalar::Int(value as i64)
    } else {
        Scalar::Float(value)
    }
}

/// A float as a key: Go's `strconv.FormatFloat(value, 'g', -1, 32)`.
fn float_key(value: f64) -> String {
    let value = value as f32;
    if value.is_nan() {
        return ".nan".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf".into() } else { "-.inf".into() };
    }
    go_number::general(value)
}
