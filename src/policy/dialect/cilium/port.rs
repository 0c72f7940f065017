//! Ports as texts: numbers as Go's `strconv.ParseUint` reads them, and names (`pkg/iana`).

use crate::text::go_number::radix;

/// A port as the agent reads it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortText {
    /// A number; 0 stands for every port.
    Number(u16),
    /// The name of a container port, in lower case.
    Name(String),
}

impl PortText {
    /// Reads a port; `None` where the agent refuses it.
    ///
    /// What looks like a service name is one: `0x50` is a name, while `0120` is an octal number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if is_service_name(text) { Some(Self::Name(text.to_ascii_lowercase())) } else { number(text).map(Self::Number) }
    }
}

/// At most 15 letters, digits and single `-` between them, with a letter among them.
fn is_service_name(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.len() <= 15 && text.bytes().any(|byte| byte.is_ascii_alphabetic()) && text.split('-').all(is_part)
}

/// "base 0": the base is that of the prefix, a leading zero means octal, and `_` may separate digits.
fn number(text: &str) -> Option<u16> {
    let (base, digits) = radix(text);
    // A separator is between digits, or between a prefix and a digit.
    let starts_well = base != 10 || !digits.starts_with('_');
    if !starts_well || digits.ends_with('_') || digits.contains("__") || digits.starts_with('+') {
        return None;
    }
    u16::from_str_radix(&digits.replace('_', ""), base).ok()
}

#[cfg(test)]
mod tests {
    use super::PortText::{self, Name, Number};

    #[test]
    fn numbers_are_read_in_the_base_of_their_prefix() {
        for (text, number) in [("80", 80), ("0", 0), ("0120", 80), ("65535", 65535), ("1_000", 1000), ("0_17", 15)] {
            assert_eq!(PortText::parse(text), Some(Number(number)), "{text}");
        }
        let binary = "0b000000001010000";
        assert_eq!(PortText::parse(&format!("{binary}0")), Some(Number(160)), "too long for a name");
    }

    #[test]
    fn names_are_lower_case_and_short() {
        for (text, name) in
            [("HTTP", "http"), ("0x50", "0x50"), ("a-b9-1", "a-b9-1"), ("abcdefghijklmno", "abcdefghijklmno")]
        {
            assert_eq!(PortText::parse(text), Some(Name(name.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in
            ["", "080", "65536", "abcdefghijklmnop", "-a", "a-", "a--b", "1-2", "_80", "80_", "8__0", "+80", "80 "]
        {
            assert_eq!(PortText::parse(text), None, "{text}");
        }
    }
}
