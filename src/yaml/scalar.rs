//! What a scalar is by Kubernetes' rules.
//!
//! Manifests are read by sigs.k8s.io/yaml on go-yaml v2 (its `resolve.go`), and then pass through JSON: YAML 1.1's
//! booleans and octal numbers exist, and a float without a fraction is an integer.

use std::borrow::Cow;

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
    integer(&plain).unwrap_or_else(|| float(&plain))
}

/// What nearly every number is: some digits, the first of which is not 0.
fn short_decimal(text: &str) -> Option<i64> {
    const SHORT: usize = 18;
    if text.len() > SHORT || text.starts_with('0') {
        return None;
    }
    text.bytes().try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0')))
}

/// Go's `strconv.ParseInt` and `ParseUint` with base 0. Only the former takes a sign.
fn integer(text: &str) -> Option<Typed> {
    let (negative, signed, digits) = match text.as_bytes().first()? {
        b'-' => (true, true, text.get(1..)?),
        b'+' => (false, true, text.get(1..)?),
        _ => (false, false, text),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, radix).ok()?;
    match (i64::try_from(magnitude), negative) {
        (Ok(value), false) => Some(Typed::Int(value)),
        (Ok(value), true) => Some(Typed::Int(-value)),
        (Err(_), true) => (magnitude == i64::MIN.unsigned_abs()).then_some(Typed::Int(i64::MIN)),
        (Err(_), false) => (!signed).then_some(Typed::Uint(magnitude)),
    }
}

/// Decimal digits with a fraction and an exponent; anything else, and what overflows, is a string.
fn float(text: &str) -> Typed {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let shaped = digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent));
    match text.parse::<f64>() {
        Ok(value) if shaped && value.is_finite() => Typed::Float(value),
        _ => Typed::Str,
    }
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
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    match exponent.parse::<i32>() {
        Ok(exponent) if !(-4..6).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", exponent.abs())
        }
        _ => value.to_string(),
    }
}
