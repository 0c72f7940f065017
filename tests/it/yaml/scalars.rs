//! Scalars as sigs.k8s.io/yaml on go-yaml v2 reads them. The expectations were compared with `kubectl label --local`.

use super::{document, error, value};
use netlint::yaml::Kind;
use serde_json::{Value, json};

fn assert_all(cases: &[(&str, Value)]) {
    for (source, expected) in cases {
        assert_eq!(value(&format!("a: {source}\n"))["a"], *expected, "{source}");
        // In a flow collection, too.
        assert_eq!(value(&format!("a: [{source} ]\n"))["a"][0], *expected, "[{source} ]");
    }
}

#[test]
fn booleans_have_all_the_spellings_of_yaml_1_1() {
    for truth in ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"] {
        assert_all(&[(truth, json!(true))]);
    }
    for falsehood in ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"] {
        assert_all(&[(falsehood, json!(false))]);
    }
    for text in ["yES", "tRUE", "oN", "nO", "oFF", "truee", "yess", "t", "f"] {
        assert_all(&[(text, json!(text))]);
    }
}

#[test]
fn null_is_written_or_not() {
    assert_all(&[("~", json!(null)), ("null", json!(null)), ("Null", json!(null)), ("NULL", json!(null))]);
    assert_all(&[("nULL", json!("nULL")), ("''", json!("")), ("\"~\"", json!("~"))]);
    assert_eq!(value("a:\nb: 1\n"), json!({"a": null, "b": 1}));
    assert_eq!(value("-\n- 1\n-\n"), json!([null, 1, null]));
}

#[test]
fn whole_numbers_have_all_the_bases_of_go() {
    assert_all(&[
        ("80", json!(80)),
        ("+80", json!(80)),
        ("-1", json!(-1)),
        ("0777", json!(511)),
        ("-017", json!(-15)),
        ("0o777", json!(511)),
        ("0O17", json!(15)),
        ("0x1F", json!(31)),
        ("0X1f", json!(31)),
        ("-0x1", json!(-1)),
        ("0b11", json!(3)),
        ("-0b11", json!(-3)),
        ("1_000", json!(1000)),
        ("1__0", json!(10)),
        ("0x_1f", json!(31)),
        ("9223372036854775807", json!(i64::MAX)),
        ("-9223372036854775808", json!(i64::MIN)),
    ]);
    // Neither octal nor an integer, but a float without a fraction.
    assert_all(&[("08", json!(8)), ("0888", json!(888)), ("9223372036854775808", json!(9_223_372_036_854_775_808.0))]);
    assert_all(&[("0o8", json!("0o8")), ("0x", json!("0x")), ("_1", json!("_1")), ("1:30", json!("1:30"))]);
}

#[test]
fn floats_without_a_fraction_are_whole_numbers() {
    assert_all(&[
        ("1e3", json!(1000)),
        ("80.0", json!(80)),
        ("1.", json!(1)),
        ("1.5e+3", json!(1500)),
        (".5", json!(0.5)),
        ("-.5e1", json!(-5)),
        ("1_000.5", json!(1000.5)),
        ("1e3000", json!("1e3000")),
        ("1e", json!("1e")),
        ("1.5.0", json!("1.5.0")),
        ("._5", json!("._5")),
    ]);
    for (source, expected) in [(".inf", f64::INFINITY), ("-.INF", f64::NEG_INFINITY), ("+.Inf", f64::INFINITY)] {
        let text = format!("a: {source}");
        assert_eq!(document(&text).root().unwrap().get("a").unwrap().as_f64(), Some(expected), "{source}");
    }
    assert!(document("a: .NaN").root().unwrap().get("a").unwrap().as_f64().unwrap().is_nan());
}

#[test]
fn quotes_and_tags_decide_before_the_content() {
    assert_all(&[
        ("\"80\"", json!("80")),
        ("'yes'", json!("yes")),
        ("!!str 80", json!("80")),
        ("!!str", json!("")),
        ("! 80", json!("80")),
        ("!custom 80", json!("80")),
        ("!!int '80'", json!(80)),
        ("!!bool \"yes\"", json!(true)),
        ("!!float 80", json!(80)),
        ("!!null ''", json!(null)),
        ("2001-01-01", json!("2001-01-01")),
        ("!!timestamp 2001-01-01", json!("2001-01-01")),
    ]);
    for wrong in ["!!int 80.5", "!!int x", "!!bool 1", "!!null x", "!!float yes", "!!int"] {
        assert!(!error(&format!("a: {wrong}\n")).message.is_empty(), "{wrong}");
    }
}

#[test]
fn keys_follow_the_same_rules() {
    let text = "yes: a\n0777: b\n1.5: c\n1e6: d\n100000.0: e\n1e-7: f\n\"no\": g\n~x: h\n0.0001: i\n123456789.0: j\n";
    let expected = json!({"true": "a", "511": "b", "1.5": "c", "1e+06": "d", "100000": "e", "1e-07": "f",
        "no": "g", "~x": "h", "0.0001": "i", "1.2345679e+08": "j"});
    assert_eq!(value(text), expected);
    assert_eq!(document("y: 2\n").root().unwrap().get("true").unwrap().as_i64(), Some(2));
    assert_eq!(error("~: 1\n").message, "a key is null");
    assert_eq!(error("? [a]\n: 1\n").message, "expected a key, found a ");
}

#[test]
fn multi_line_scalars_fold() {
    let text = "a: one\n  two\n\n  three\nb: 'it''s\n  so'\nc: \"x\\\n  y\\tz\"\nd: |\n  k\n   l\n\n  m\ne: >-\n  n\n  o\nf: |+\n  p\n\n";
    let expected =
        json!({"a": "one two\nthree", "b": "it's so", "c": "xy\tz", "d": "k\n l\n\nm\n", "e": "n o", "f": "p\n\n"});
    assert_eq!(value(text), expected);
    assert_eq!(value(&text.replace('\n', "\r\n")), expected);
}

#[test]
fn tabs_may_separate_but_not_indent() {
    assert_eq!(value("a:\t1\nb: x\ty\t# c\n"), json!({"a": 1, "b": "x\ty"}));
    assert_eq!(error("a:\n\tb: 1\n").message, "a tab indents this line");
}

#[test]
fn kinds_and_accessors_agree() {
    let text = "- ~\n- yes\n- 0777\n- 1.5\n- x\n- [1]\n- {a: 1}\n";
    let document = document(text);
    let items: Vec<_> = document.root().unwrap().items().collect();
    let kinds: Vec<_> = items.iter().map(|node| node.kind()).collect();
    assert_eq!(kinds, [Kind::Null, Kind::Bool, Kind::Int, Kind::Float, Kind::Str, Kind::Seq, Kind::Map]);
    assert!(items[0].is_null());
    assert_eq!(items[1].as_bool(), Some(true));
    assert_eq!((items[2].as_i64(), items[2].as_f64(), items[2].scalar_text()), (Some(511), Some(511.0), Some("0777")));
    assert_eq!((items[3].as_i64(), items[3].as_f64()), (None, Some(1.5)));
    assert_eq!((items[4].as_str(), items[1].as_str(), items[2].as_str()), (Some("x"), None, None));
    assert_eq!((items[5].scalar_text(), items[5].items().count(), items[6].items().count()), (None, 1, 0));
}
