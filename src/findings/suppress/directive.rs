//! What people write to say that a finding is known: `# netlint: ignore[rule] reason` and the annotation.

use jiff::civil::Date;

use crate::yaml::Span;

/// The annotation that names rules to ignore, and why: `rule-a, rule-b: reason`.
pub const ANNOTATION: &str = "netlint.dev/ignore";

/// What marks a comment that is meant for netlint.
pub(super) const MARK: &str = "netlint:";

/// The rules that a comment or annotation names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directive {
    /// Each rule, and where it is in the text.
    pub(super) rules: Vec<(String, Span)>,
    /// Why; may be empty.
    pub(super) reason: String,
    /// The last day on which it holds.
    pub(super) until: Option<Date>,
}

/// Reads a comment, from its `#` on. `None` where it is not meant for netlint; an error says what is wrong with it.
pub(super) fn comment(text: &str) -> Option<Result<Directive, String>> {
    let starts = text.match_indices('#').map(|(index, _)| index + 1);
    let start = starts.map(|index| skip_blank(text, index)).find(|&index| tail(text, index).starts_with(MARK))?;
    let word = skip_blank(text, start + MARK.len());
    let directive = tail(text, word);
    let name: String =
        directive.chars().take_while(|character| character.is_alphanumeric() || *character == '-').collect();
    if name != "ignore" {
        return Some(Err(format!("`{}` is not a directive of netlint", text.trim())));
    }
    let list = skip_blank(text, word + name.len());
    let inner = tail(text, list).strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let Some((names, reason)) = inner else {
        return Some(Err("this `ignore` names no rule".to_owned()));
    };
    let rules = split_names(names, list + 1);
    if rules.is_empty() {
        return Some(Err("this `ignore` names no rule".to_owned()));
    }
    Some(reason_of(reason).map(|(until, reason)| Directive { rules, reason, until }))
}

/// Reads the value of the annotation; an error says what is wrong with it.
pub(super) fn annotation(value: &str) -> Result<Directive, String> {
    let (names, reason) = value.split_once(':').unwrap_or((value, ""));
    let rules = split_names(names, 0);
    if rules.is_empty() {
        return Err(format!("`{ANNOTATION}` names no rule"));
    }
    reason_of(reason).map(|(until, reason)| Directive { rules, reason, until })
}

/// `until 2027-01-31: why` taken apart. Without a number behind it the word is a part of the reason.
fn reason_of(text: &str) -> Result<(Option<Date>, String), String> {
    let text = text.trim();
    let day = text.strip_prefix("until").and_then(|rest| {
        let rest = rest.trim_start_matches([':', ' ']);
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '-').unwrap_or(rest.len());
        rest.starts_with(|letter: char| letter.is_ascii_digit()).then(|| rest.split_at(end))
    });
    let Some((day, reason)) = day else { return Ok((None, text.to_owned())) };
    let until = day.parse().map_err(|_| format!("`{day}` is not a day such as `2027-01-31`"))?;
    Ok((Some(until), reason.trim_start_matches([':', ',', ';', ' ']).to_owned()))
}

/// The names of a comma-separated list that starts at this offset.
fn split_names(list: &str, offset: usize) -> Vec<(String, Span)> {
    let mut position = offset;
    let mut names = Vec::new();
    for part in list.split(',') {
        let name = part.trim();
        if !name.is_empty() {
            let start = position + part.len() - part.trim_start().len();
            names.push((name.to_owned(), Span::new(start, start + name.len())));
        }
        position += part.len() + 1;
    }
    names
}

fn tail(text: &str, start: usize) -> &str {
    text.get(start..).unwrap_or_default()
}

fn skip_blank(text: &str, start: usize) -> usize {
    let rest = tail(text, start);
    start + rest.len() - rest.trim_start().len()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{annotation, comment};
    use crate::yaml::Span;

    #[test]
    fn a_comment_names_rules_and_a_reason() {
        let text = "# netlint: ignore[rule-a, rule-b] see #12";
        let directive = comment(text).unwrap().unwrap();
        let names: Vec<&str> = directive.rules.iter().map(|(_, span)| span.slice(text)).collect();
        assert_eq!(names, ["rule-a", "rule-b"]);
        assert_eq!(directive.reason, "see #12");
    }

    #[test]
    fn spaces_and_other_comments_do_not_matter() {
        for text in [
            "#netlint:ignore[a]",
            "##  netlint:  ignore [ a ]  ",
            "# other-tool: skip # netlint: ignore[a]",
            "# netlint: ignore[,a,]",
        ] {
            let directive = comment(text).unwrap().unwrap();
            assert_eq!(directive.rules.first().unwrap().1.slice(text), "a", "{text}");
            assert_eq!((directive.rules.len(), directive.reason.as_str()), (1, ""), "{text}");
        }
    }

    #[test]
    fn a_day_ends_a_suppression() {
        for text in ["# netlint: ignore[a] until 2027-01-31: see #12", "# netlint: ignore[a] until: 2027-01-31 see #12"]
        {
            let directive = comment(text).unwrap().unwrap();
            assert_eq!(directive.until, Some(jiff::civil::date(2027, 1, 31)), "{text}");
            assert_eq!(directive.reason, "see #12", "{text}");
        }
        assert_eq!(annotation("a: until 2027-01-31").unwrap().until, Some(jiff::civil::date(2027, 1, 31)));
        let reason = comment("# netlint: ignore[a] until we migrate").unwrap().unwrap();
        assert_eq!((reason.until, reason.reason.as_str()), (None, "until we migrate"));
        assert!(comment("# netlint: ignore[a] until 2027-02-31").unwrap().is_err());
    }

    #[test]
    fn other_comments_are_left_alone_and_mistakes_told() {
        for text in ["# see netlint: ignore[a]", "# netlint", "#", "# ignore[a]"] {
            assert_eq!(comment(text), None, "{text}");
        }
        for text in [
            "# netlint: ignore",
            "# netlint: ignore a",
            "# netlint: ignore[]",
            "# netlint: ignore[a",
            "# netlint: disable[a]",
        ] {
            assert!(comment(text).unwrap().is_err(), "{text}");
        }
    }

    #[test]
    fn an_annotation_names_rules_before_its_colon() {
        let directive = annotation("rule-a, rule-b: on purpose: see the docs").unwrap();
        let names: Vec<&str> = directive.rules.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((names, directive.reason.as_str()), (vec!["rule-a", "rule-b"], "on purpose: see the docs"));
        assert_eq!(annotation("rule-a").unwrap().rules, [("rule-a".to_owned(), Span::new(0, 6))]);
        assert!(annotation(" : because").is_err());
    }
}
