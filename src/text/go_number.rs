//! Numbers as Go reads and writes them (its package `strconv`), on which every version of go-yaml relies.

use std::fmt::{Display, LowerExp};

/// Go's `ParseInt` with base 0, and for what has no sign `ParseUint`: any number of 64 bits, with a sign or without.
pub(crate) fn integer(text: &str) -> Option<i128> {
    let (is_negative, is_signed, digits) = match text.as_bytes().first()? {
        b'-' => (true, true, text.get(1..)?),
        b'+' => (false, true, text.get(1..)?),
        _ => (false, false, text),
    };
    let (radix, digits) = radix(digits);
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let value = i128::from(u64::from_str_radix(digits, radix).ok()?);
    let value = if is_negative { -value } else { value };
    let most = if is_signed { i128::from(i64::MAX) } else { i128::from(u64::MAX) };
    (i128::from(i64::MIN)..=most).contains(&value).then_some(value)
}

/// Base 0: the base that a prefix tells, where a leading zero means octal, and the digits behind it.
pub(crate) fn radix(text: &str) -> (u32, &str) {
    let Some(prefixed) = text.strip_prefix('0').filter(|rest| !rest.is_empty()) else { return (10, text) };
    [(16, ['x', 'X']), (8, ['o', 'O']), (2, ['b', 'B'])]
        .into_iter()
        .find_map(|(radix, letters)| Some((radix, prefixed.strip_prefix(letters)?)))
        .unwrap_or((8, prefixed))
}

/// Decimal digits with a fraction and an exponent, as go-yaml takes them; `None` for what overflows.
pub(crate) fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_shaped = is_digits(whole)
        && is_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && is_digits(exponent));
    text.parse().ok().filter(|value: &f64| is_shaped && value.is_finite())
}

/// Go's `FormatFloat(value, 'g', -1, …)` with as many bits as the type has.
pub(crate) fn general<T: Display + LowerExp>(value: T) -> String {
    let scientific = format!("{value:e}");
    match scientific.split_once('e').and_then(|(mantissa, exponent)| Some((mantissa, exponent.parse::<i32>().ok()?))) {
        Some((mantissa, exponent)) if !(-4..6).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", exponent.abs())
        }
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{float, general, integer};

    #[test]
    fn integers_have_64_bits_and_a_base() {
        for (text, expected) in [
            ("0777", Some(511)),
            ("0o17", Some(15)),
            ("-0x10", Some(-16)),
            ("0b101", Some(5)),
            ("-9223372036854775808", Some(i128::from(i64::MIN))),
            ("-9223372036854775809", None),
            ("+9223372036854775808", None),
            ("18446744073709551615", Some(i128::from(u64::MAX))),
            ("18446744073709551616", None),
            ("08", None),
            ("--1", None),
            ("0x", None),
            ("", None),
        ] {
            assert_eq!(integer(text), expected, "{text}");
        }
    }

    #[test]
    fn floats_have_digits() {
        for (text, expected) in [
            (".5", Some(0.5)),
            ("-5.", Some(-5.0)),
            ("1e3", Some(1000.0)),
            ("1e", None),
            (".", None),
            ("1e999", None),
            ("inf", None),
            ("1.2.3", None),
        ] {
            assert_eq!(float(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_are_written_as_go_writes_them() {
        assert_eq!(general(8080.0), "8080");
        assert_eq!(general(0.00001), "1e-05");
        assert_eq!(general(1_000_000.0), "1e+06");
        assert_eq!(general(0.1_f32), "0.1");
    }
}
