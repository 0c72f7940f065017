//! Text in colours.

use anstyle::{Reset, Style};

/// The text in this style; as it is where `color` is off.
pub(crate) fn paint(style: Style, text: &str, color: bool) -> String {
    if !color {
        return text.to_owned();
    }
    // What is painted within ends with a reset of everything: this style goes on after it.
    let text = text.replace(&Reset.to_string(), &format!("{Reset}{style}"));
    format!("{style}{text}{style:#}")
}

#[cfg(test)]
mod tests {
    use anstyle::{AnsiColor, Style};

    use super::paint;

    #[test]
    fn a_style_goes_on_after_one_within() {
        let (bold, cyan) = (Style::new().bold(), AnsiColor::Cyan.on_default());
        let text = format!("a {} b", paint(cyan, "x", true));
        assert_eq!(paint(bold, &text, true), "\u{1b}[1ma \u{1b}[36mx\u{1b}[0m\u{1b}[1m b\u{1b}[0m");
    }

    #[test]
    fn nothing_is_painted_without_colours() {
        assert_eq!(paint(Style::new().bold(), "a", false), "a");
    }
}
