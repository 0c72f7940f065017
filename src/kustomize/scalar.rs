//! What kustomize takes a scalar for: the rules of go-yaml v3 (its `resolve.go`), which differ from those by which the
//! API server reads what kustomize writes.

use crate::text::go_number::{float, integer};

/// What a plain scalar is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Plain {
    Null,
    Bool(bool),
    /// Wide enough for every 64-bit number, with a sign and without.
    Int(i128),
    Float(f64),
    Timestamp,
    /// The key `<<`.
    Merge,
    Text,
}

/// The type of a scalar, as the node says it. A node that kustomize makes itself has none until it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    None,
    Null,
    Bool,
    Int,
    Float,
    Timestamp,
    Text,
    Other,
}

impl Plain {
    /// The tag that a reader gives to such a scalar.
    pub(super) fn tag(self) -> Tag {
        match self {
            Self::Null => Tag::Null,
            Self::Bool(_) => Tag::Bool,
            Self::Int(_) => Tag::Int,
            Self::Float(_) => Tag::Float,
            Self::Timestamp => Tag::Timestamp,
            Self::Merge => Tag::Other,
            Self::Text => Tag::Text,
        }
    }
}

/// What a plain scalar with this content is.
pub(super) fn resolve(text: &str) -> Plain {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "true" | "True" | "TRUE" => return Plain::Bool(true),
        "false" | "False" | "FALSE" => return Plain::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Plain::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Plain::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Plain::Float(f64::NEG_INFINITY),
        "<<" => return Plain::Merge,
        _ => {}
    }
    match text.as_bytes().first() {
        Some(b'.') => float(text).map_or(Plain::Text, Plain::Float),
        Some(b'0'..=b'9' | b'+' | b'-') => {
            if is_timestamp(text) {
                return Plain::Timestamp;
            }
            let plain = text.replace('_', "");
            integer(&plain).map(Plain::Int).or_else(|| float(&plain).map(Plain::Float)).unwrap_or(Plain::Text)
        }
        _ => Plain::Text,
    }
}

/// Dates, with a time or without, in the formats that go-yaml knows.
fn is_timestamp(text: &str) -> bool {
    timestamp(text).is_some()
}

/// What a date is written as in JSON: RFC 3339, in UTC where no zone is given.
pub(super) fn timestamp(text: &str) -> Option<String> {
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (text.get(..at)?, Some((text.get(at..=at)?, text.get(at + 1..)?))),
        None => (text, None),
    };
    let mut parts = date.splitn(3, '-');
    let year = parts.next().filter(|year| year.len() == 4)?;
    let (month, day) = (parts.next()?, parts.next()?);
    let number = |text: &str, most: u32| {
        let is_short = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>().ok().filter(|value| is_short && *value <= most)
    };
    let year_number: u32 = year.parse().ok()?;
    let month = number(month, 12).filter(|month| *month > 0)?;
    let day = number(day, days(year_number, month)).filter(|day| *day > 0)?;
    let Some((separator, time)) = time else { return Some(format!("{year}-{month:02}-{day:02}T00:00:00Z")) };
    let (clock, zone) = match time.find(['Z', '+', '-']) {
        Some(at) if separator != " " => (time.get(..at)?, time.get(at..)?),
        None if separator == " " => (time, "Z"),
        _ => return None,
    };
    if zone != "Z" {
        let (hours, minutes) = zone.get(1..)?.split_once(':')?;
        number(hours, 24).filter(|_| hours.len() == 2)?;
        number(minutes, 60).filter(|_| minutes.len() == 2)?;
    }
    let (clock, fraction) = clock.split_once('.').map_or((clock, ""), |(clock, fraction)| (clock, fraction));
    let mut parts = clock.splitn(3, ':');
    let (hour, minute, second) = (number(parts.next()?, 23)?, number(parts.next()?, 59)?, number(parts.next()?, 59)?);
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) || fraction.len() > 9 {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{point}{fraction}{zone}"))
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Whether go-yaml v3 puts a string in quotes when it writes it, so that no reader takes it for anything else.
pub(super) fn is_written_in_quotes(text: &str) -> bool {
    resolve(text) != Plain::Text || is_old_boolean(text) || text.contains('\n') || is_base_60(text)
}

/// Booleans of YAML 1.1 alone.
pub(super) fn is_old_boolean(text: &str) -> bool {
    matches!(
        text,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF"
    )
}

/// Numbers of YAML 1.1 such as `12:30`.
fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut parts = unsigned.split(':');
    let is_first = parts.next().is_some_and(|first| {
        first.starts_with(|digit: char| digit.is_ascii_digit())
            && first.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
    });
    let rest: Vec<&str> = parts.collect();
    let is_sixty = |part: &str| {
        let whole = part.split('.').next().unwrap_or_default();
        (1..=2).contains(&whole.len())
            && whole.bytes().all(|byte| byte.is_ascii_digit())
            && (whole.len() == 1 || whole.starts_with(['0', '1', '2', '3', '4', '5']))
    };
    is_first && !rest.is_empty() && rest.iter().all(|part| is_sixty(part))
}

#[cfg(test)]
mod tests {
    use super::{Plain, resolve, timestamp};

    #[test]
    fn plain_scalars_are_what_go_yaml_v3_takes_them_for() {
        for (text, expected) in [
            ("yes", Plain::Text),
            ("off", Plain::Text),
            ("True", Plain::Bool(true)),
            ("0777", Plain::Int(511)),
            ("0o17", Plain::Int(15)),
            ("08", Plain::Float(8.0)),
            ("1_000", Plain::Int(1000)),
            ("18446744073709551615", Plain::Int(18_446_744_073_709_551_615)),
            ("1e3", Plain::Float(1000.0)),
            (".5", Plain::Float(0.5)),
            ("1.2.3", Plain::Text),
            ("2020-1-2", Plain::Timestamp),
            ("2020-13-02", Plain::Text),
            ("", Plain::Null),
            ("~", Plain::Null),
        ] {
            assert_eq!(resolve(text), expected, "{text}");
        }
    }

    #[test]
    fn dates_are_written_as_go_writes_them() {
        assert_eq!(timestamp("2020-01-02").as_deref(), Some("2020-01-02T00:00:00Z"));
        assert_eq!(timestamp("2001-12-14t21:59:43.10-05:00").as_deref(), Some("2001-12-14T21:59:43.1-05:00"));
    }
}
