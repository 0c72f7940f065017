//! Names that stand for addresses, and patterns of names.

/// Whether a name or pattern stands for all that another one stands for. `*` stands for any characters of one label,
/// `**.` at the start for one label or more, and `*` alone for every name. `false` proves nothing.
pub(in crate::reach) fn covers(pattern: &str, other: &str) -> bool {
    if pattern == other || pattern == "*" {
        return true;
    }
    if let Some(rest) = pattern.strip_prefix("**.") {
        return other.strip_suffix(rest).is_some_and(|start| start.len() > 1 && start.ends_with('.'));
    }
    let mut labels = other.split('.');
    pattern.split('.').all(|own| labels.next().is_some_and(|label| covers_label(own, label))) && labels.next().is_none()
}

fn covers_label(pattern: &str, label: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == label };
    if label.contains('*') {
        return pattern == label || (pattern == "*" && label != "**");
    }
    let Some(mut label) = label.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some((_, after)) = label.split_once(part) else { return false };
        label = after;
    }
    label.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_wildcard_stands_for_names_one_label_below() {
        for (name, other, expected) in [
            ("a.example.com", "a.example.com", true),
            ("a.example.com", "b.example.com", false),
            ("*.example.com", "*.example.com", true),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", "example.com", false),
            ("*.example.com", "badexample.com", false),
            ("a.example.com", "*.example.com", false),
            ("*.com", "*.example.com", false),
        ] {
            assert_eq!(covers(name, other), expected, "{name} and {other}");
        }
    }

    #[test]
    fn patterns_of_cilium_have_stars_anywhere() {
        for (name, other, expected) in [
            ("*", "a.example.com", true),
            ("**.example.com", "a.b.example.com", true),
            ("**.example.com", "*.example.com", true),
            ("**.example.com", "example.com", false),
            ("*.example.com", "**.example.com", false),
            ("api-*.example.com", "api-1.example.com", true),
            ("api-*.example.com", "api-.example.com", true),
            ("api-*.example.com", "api.example.com", false),
            ("a*b*c.io", "axbxc.io", true),
            ("a*b*c.io", "axc.io", false),
            ("a*a.io", "a.io", false),
        ] {
            assert_eq!(covers(name, other), expected, "{name} and {other}");
        }
    }
}
