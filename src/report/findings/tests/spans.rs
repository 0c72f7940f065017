//! Spans that are long, empty, split characters or lie outside.

use crate::report::findings::tests::*;
use crate::report::findings::{Format, Options};
use crate::source::Sources;

#[test]
fn a_long_span_is_cut_to_its_first_lines() {
    let mut sources = Sources::default();
    let text: String = (1..=400).map(|line| format!("line{line}: x\n")).collect();
    let file = sources.add("long.yaml", text.as_str());
    let (_, mut report) = sample();
    report.findings.truncate(1);
    for finding in &mut report.findings {
        finding.related.clear();
        finding.primary =
            Label { file, field: String::new(), span: Span::new(9, text.len()), message: "all".to_owned() };
    }
    for format in [Format::Human, Format::Plain] {
        let shown = plainly(format, &(sources.clone(), report.clone()));
        assert!(shown.contains("line2: x") && shown.contains("all"), "{shown}");
        assert!(!shown.contains("line20:") && shown.lines().count() < 25, "{shown}");
    }
}

#[test]
fn a_huge_line_is_cut_around_the_label() {
    let mut sources = Sources::default();
    let mut text = "{\"a\": \"".to_owned() + &"é".repeat(500_000);
    let start = text.len();
    text.push_str("NEEDLE");
    text.push_str(&"é".repeat(500_000));
    let file = sources.add("long.json", text);
    let (_, mut report) = sample();
    for finding in &mut report.findings {
        finding.related.clear();
        finding.primary =
            Label { file, field: String::new(), span: Span::new(start, start + 6), message: String::new() };
    }
    for format in ALL {
        let shown = plainly(format, &(sources.clone(), report.clone()));
        assert!(shown.len() < 10_000, "{format:?}: {} bytes", shown.len());
    }
    let shown = plainly(Format::Human, &(sources, report));
    let line = shown.lines().find(|line| line.contains("NEEDLE")).unwrap();
    let underline = shown.lines().skip_while(|line| !line.contains("NEEDLE")).nth(1).unwrap();
    let column = |line: &str, what: char| line.chars().position(|character| character == what).unwrap();
    assert_eq!(column(line, 'N'), column(underline, '─'));
    assert!(shown.contains("[long.json:1:500008]"), "{shown}");
}

#[test]
fn odd_spans_are_drawn() {
    let text = "a: 1\r\n\r\nb: é\r\n";
    let mut sources = Sources::default();
    let (file, empty) = (sources.add("odd.yaml", text), sources.add("empty.yaml", ""));
    let (_, mut report) = sample();
    report.findings.truncate(1);
    for (file, start, end) in [
        (file, 5, 5),
        (file, 6, 8),
        (file, text.len(), text.len()),
        (file, 12, 13),
        (file, 3, 99),
        (file, 90, 99),
        (empty, 0, 0),
        (empty, 3, 9),
    ] {
        for finding in &mut report.findings {
            finding.related.clear();
            finding.primary =
                Label { file, field: String::new(), span: Span::new(start, end), message: "here".to_owned() };
        }
        for format in ALL {
            let shown = plainly(format, &(sources.clone(), report.clone()));
            assert!(!shown.contains("Failed to read"), "{format:?} {start}..{end}: {shown}");
        }
        let shown = plainly(Format::Human, &(sources.clone(), report.clone()));
        assert!(shown.contains("here"), "{start}..{end}: {shown}");
    }
}

#[test]
fn many_related_places_are_counted() {
    let (sources, mut report) = sample();
    report.findings.truncate(1);
    for finding in &mut report.findings {
        finding.related = vec![finding.primary.clone(); 40];
    }
    let shown = plainly(Format::Human, &(sources, report));
    assert!(shown.contains("(30 related"), "{shown}");
}

proptest::proptest! {
    #[test]
    fn any_span_of_any_text_is_drawn(
        texts in proptest::collection::vec("[a-c\u{e9}\u{65e5}\u{1f600}\u{200d}\u{1b}\u{202e}\u{feff}\t\r\n {}:]{0,80}", 1..3),
        labels in proptest::collection::vec((0_usize..3, 0_usize..120, 0_usize..120), 1..5),
        width in 0_usize..60,
    ) {
        let mut sources = Sources::default();
        let files: Vec<_> = texts.iter().map(|text| sources.add("a.yaml", text.as_str())).collect();
        let mut labels = labels.into_iter().map(|(file, start, end)| {
            let file = files.get(file % files.len()).copied().unwrap();
            Label { file, field: String::new(), span: Span::new(start, end), message: "here".to_owned() }
        });
        let (_, mut report) = sample();
        report.findings.truncate(1);
        for finding in &mut report.findings {
            finding.primary = labels.next().unwrap();
            finding.related = labels.by_ref().collect();
        }
        let sample = (sources, report);
        for format in ALL {
            let shown = rendered(format, &sample, &Options { width, ..Options::default() });
            assert!(!shown.contains("Failed to read"), "{format:?}: {shown}");
        }
    }
}
