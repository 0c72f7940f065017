#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Expression, SyntaxError, Test};
use crate::objects::Match;

fn parse(text: &str) -> Expression {
    Expression::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

/// What the selector is written like by Calico.
fn written(text: &str) -> String {
    parse(text).to_string()
}

fn refused(text: &str) -> SyntaxError {
    Expression::parse(text).unwrap_err()
}

fn matches(text: &str, labels: &[(&str, &str)]) -> bool {
    parse(text).matches(|key| labels.iter().find(|(name, _)| *name == key).map(|(_, value)| *value))
}

#[test]
fn operators_bind_as_calico_documents() {
    for (text, expected) in [
        ("", "all()"),
        (" \t", "all()"),
        ("a == 'b'", "a == \"b\""),
        ("a=='b'&&c!='d'||has(e)", "((a == \"b\" && c != \"d\") || has(e))"),
        ("a == 'b' && (c != 'd' || has( e ))", "(a == \"b\" && (c != \"d\" || has(e)))"),
        ("!x == 'v' && has(y)", "(!x == \"v\" && has(y))"),
        ("!!has(a)", "has(a)"),
        ("!!!has(a)", "!has(a)"),
        ("!(a == 'b' || !c in {'d'})", "!(a == \"b\" || !c in {\"d\"})"),
        ("((has(a)))", "has(a)"),
        ("(has(a) && has(b)) && has(c)", "((has(a) && has(b)) && has(c))"),
        ("a in {'z', \"y\", 'z',}", "a in {\"y\", \"z\"}"),
        ("a not in {}", "a not in {}"),
        ("a notin{'b'}", "a not in {\"b\"}"),
        ("a in{}", "a in {}"),
        ("a startswith 'b' || a  ends  with 'c'", "(a starts with \"b\" || a ends with \"c\")"),
        ("a contains'b'", "a contains \"b\""),
        ("a == 'say \"hi\"'", "a == 'say \"hi\"'"),
        ("all()&&global( )", "(all() && global())"),
        // Words of the language are labels where they touch no parenthesis.
        ("has == 'a' && in == 'b'", "(has == \"a\" && in == \"b\")"),
        ("projectcalico.org/name == 'a'", "projectcalico.org/name == \"a\""),
        ("has(\n a )", "has(a)"),
    ] {
        assert_eq!(written(text), expected, "{text}");
    }
}

#[test]
fn what_denies_something_holds_without_the_label() {
    for text in ["x != 'v'", "x not in {'v'}", "!has(x)", "!(x == 'v')", "!x contains 'v'", "x not in {}", "all()"] {
        assert!(matches(text, &[]), "{text}");
    }
    for text in ["x == 'v'", "x in {'v'}", "has(x)", "x contains ''", "x starts with ''", "x ends with ''", "x in {}"] {
        assert!(!matches(text, &[]), "{text}");
    }
    assert!(matches("!x == 'v' && has(y)", &[("y", "")]));
    assert!(!matches("!x == 'v' && has(y)", &[("x", "v"), ("y", "")]));
    assert!(matches("x contains 'b' && x starts with 'a' && x ends with 'c'", &[("x", "abc")]));
    assert!(!matches("x in {}", &[("x", "")]));
}

#[test]
fn an_error_points_at_the_word() {
    for (text, at, reason, help) in [
        ("app = web", "=", "expected `==`", "write `==`"),
        ("app == web", "web", "expected a value in quotes", "write `'web'`"),
        ("'app' == 'web'", "'app'", "expected a label, found a value", "write the label without quotes: `app`"),
        ("app: web", ":", "expected an operator", "compare a label with a value: `app == 'web'`"),
        ("app in ('a')", "(", "expected `{`", "write the values in braces: `{'a', 'b'}`"),
        ("app in {a}", "a", "expected a value in quotes", "write `'a'`"),
        ("app in {'a' 'b'}", "'b'", "expected `}`", "separate values with `,` and end them with `}`"),
        ("app == {'a'}", "{", "expected one value in quotes", "for several values, write `app in {'a', 'b'}`"),
        ("app == 'web", "'web", "this quote is never closed", "close the value with `'`"),
        ("(has(a)", "", "expected `)`", "close the parenthesis"),
        ("has(a))", ")", "this parenthesis was never opened", "remove it"),
        ("has(a) has(b)", "has(b)", "expected `&&` or `||`", "join conditions with `&&` or `||`"),
        ("has(a) & has(b)", "&", "expected `&&`", "write `&&`"),
        ("a == 'b' &&", "", "expected a condition", "write a condition, or `all()`"),
        (
            "a ==\n'b'",
            "\n",
            "a line break is not allowed here",
            "write the selector on one line, or after `>-` in lines of the same indentation",
        ),
        (
            "has(a, b)",
            "(",
            "`has` cannot be followed by `(` here",
            "name one label in the parentheses: `has(app)`; for several, write `has(a) && has(b)`",
        ),
        ("all(a)", "(", "`all` cannot be followed by `(` here", "write `all()` with nothing in the parentheses"),
        (
            "a inx {'b'}",
            "inx",
            "expected an operator",
            "write `==`, `!=`, `in`, `not in`, `contains`, `starts with` or `ends with` after a label",
        ),
        (
            "a == 'b' ; c",
            ";",
            "this character has no meaning in a selector",
            "write a label, an operator or a value in quotes",
        ),
    ] {
        let error = refused(text);
        assert_eq!((&text[error.range], error.reason.as_str(), error.help.as_str()), (at, reason, help), "{text}");
    }
    assert!(refused("has(a)\n").range.contains(&6), "the line break that a block scalar keeps");
}

#[test]
fn unknown_labels_leave_a_selector_unknown_where_they_decide() {
    let judge = |text: &str| {
        parse(text).matches_partly(|key, test| match key {
            "unknown" => Match::Unknown,
            _ if test.holds(Some("v")) => Match::Yes,
            _ => Match::No,
        })
    };
    for (text, expected) in [
        ("unknown == 'v'", Match::Unknown),
        ("!unknown == 'v'", Match::Unknown),
        ("unknown == 'v' && x == 'v'", Match::Unknown),
        ("unknown == 'v' && x == 'w'", Match::No),
        ("unknown == 'v' || x == 'v'", Match::Yes),
        ("!(unknown == 'v' || x == 'v')", Match::No),
    ] {
        assert_eq!(judge(text), expected, "{text}");
    }
}

#[test]
fn selectors_of_any_depth_and_length_are_read_in_time() {
    const MANY: usize = 200_000;
    let deep = format!("{}has(a){}", "!(".repeat(MANY), ")".repeat(MANY));
    assert!(matches(&deep, &[("a", "")]));
    assert_eq!(parse(&deep).to_string().len(), MANY + "has(a)".len());
    let alternating = format!("{}has(a){}", "has(b)||(has(c)&&(".repeat(MANY), "))".repeat(MANY));
    assert!(!matches(&alternating, &[]) && matches(&alternating, &[("b", "")]));
    let long = vec!["a == 'b'"; MANY].join(" && ");
    assert!(matches(&long, &[("a", "b")]));
    assert_eq!(refused(&"(".repeat(MANY)).range, MANY..MANY);
    assert!(Expression::parse(&"!".repeat(MANY)).is_err());
    assert!(Expression::parse(&"a".repeat(MANY)).is_err());
}

/// An expression as a tree, evaluated as the documentation describes it.
#[derive(Clone, Debug)]
enum Tree {
    All,
    Label(String, Test),
    Not(Box<Tree>),
    And(Vec<Tree>),
    Or(Vec<Tree>),
}

impl Tree {
    fn holds(&self, labels: &BTreeMap<String, String>) -> bool {
        match self {
            Self::All => true,
            Self::Not(inner) => !inner.holds(labels),
            Self::And(parts) => parts.iter().all(|part| part.holds(labels)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(labels)),
            Self::Label(key, test) => match (test, labels.get(key)) {
                (Test::Has, value) => value.is_some(),
                (Test::Equals(wanted), Some(value)) => value == wanted.as_str(),
                (Test::NotEquals(wanted), Some(value)) => value != wanted.as_str(),
                (Test::In(values), Some(value)) => values.iter().any(|one| one == value.as_str()),
                (Test::NotIn(values), Some(value)) => values.iter().all(|one| one != value.as_str()),
                (Test::Contains(part), Some(value)) => value.contains(part.as_str()),
                (Test::StartsWith(start), Some(value)) => value.starts_with(start.as_str()),
                (Test::EndsWith(end), Some(value)) => value.ends_with(end.as_str()),
                (Test::NotEquals(_) | Test::NotIn(_), None) => true,
                (_, None) => false,
            },
        }
    }

    /// The text with as few parentheses as binding allows, or with one around each part.
    fn text(&self, sparse: bool) -> String {
        let quoted = |value: &str| format!("'{value}'");
        let list = |values: &[smol_str::SmolStr]| {
            format!("{{{}}}", values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(","))
        };
        let join = |parts: &[Self], operator: &str, binds_looser: fn(&Self) -> bool| {
            let part = |part: &Self| match sparse && !binds_looser(part) {
                true => part.text(sparse),
                false => format!("({})", part.text(sparse)),
            };
            parts.iter().map(part).collect::<Vec<_>>().join(operator)
        };
        match self {
            Self::All => "all()".to_owned(),
            Self::Not(inner) if sparse && matches!(**inner, Self::All | Self::Label(..)) => {
                format!("!{}", inner.text(sparse))
            }
            Self::Not(inner) => format!("!({})", inner.text(sparse)),
            Self::And(parts) => join(parts, "&&", |part| matches!(part, Self::Or(_))),
            Self::Or(parts) => join(parts, " || ", |_| false),
            Self::Label(key, test) => match test {
                Test::Has => format!("has({key})"),
                Test::Equals(value) => format!("{key}=={}", quoted(value)),
                Test::NotEquals(value) => format!("{key} != {}", quoted(value)),
                Test::In(values) => format!("{key} in {}", list(values)),
                Test::NotIn(values) => format!("{key} not in {}", list(values)),
                Test::Contains(value) => format!("{key} contains {}", quoted(value)),
                Test::StartsWith(value) => format!("{key} starts with {}", quoted(value)),
                Test::EndsWith(value) => format!("{key} endswith {}", quoted(value)),
            },
        }
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    let value = || prop::sample::select(vec!["", "a", "ab", "b", "ba"]);
    let test = prop_oneof![
        Just(Test::Has),
        value().prop_map(|it| Test::Equals(it.into())),
        value().prop_map(|it| Test::NotEquals(it.into())),
        value().prop_map(|it| Test::Contains(it.into())),
        value().prop_map(|it| Test::StartsWith(it.into())),
        value().prop_map(|it| Test::EndsWith(it.into())),
        prop::collection::vec(value(), 0..3).prop_map(|all| Test::In(all.into_iter().map(Into::into).collect())),
        prop::collection::vec(value(), 0..3).prop_map(|all| Test::NotIn(all.into_iter().map(Into::into).collect())),
    ];
    let key = prop::sample::select(vec!["x", "in", "has", "p.org/y"]);
    let leaf = prop_oneof![
        1 => Just(Tree::All),
        8 => (key, test).prop_map(|(key, test)| Tree::Label(key.to_owned(), test)),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|it| Tree::Not(Box::new(it))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Tree::And),
            prop::collection::vec(inner, 2..4).prop_map(Tree::Or),
        ]
    })
}

fn labels() -> impl Strategy<Value = BTreeMap<String, String>> {
    let key = prop::sample::select(vec!["x", "in", "has", "p.org/y"]).prop_map(str::to_owned);
    let value = prop::sample::select(vec!["", "a", "ab", "b", "aba"]).prop_map(str::to_owned);
    prop::collection::btree_map(key, value, 0..4)
}

proptest! {
    #[test]
    fn a_selector_means_what_its_tree_means(tree in tree(), labels in labels(), sparse in any::<bool>()) {
        let expression = parse(&tree.text(sparse));
        let found = expression.matches(|key| labels.get(key).map(String::as_str));
        prop_assert_eq!(found, tree.holds(&labels), "{}", tree.text(sparse));
        // What Calico writes means the same.
        let again = parse(&expression.to_string()).matches(|key| labels.get(key).map(String::as_str));
        prop_assert_eq!(again, found, "{}", expression);
    }

    #[test]
    fn an_error_is_inside_the_selector(text in "[a-c=!&|(){}'\" ,\n:é]{0,30}|(has\\(|all\\(|in|not|==|'a'|&&|[ ()a]){0,12}") {
        if let Err(error) = Expression::parse(&text) {
            prop_assert!(text.get(error.range.clone()).is_some(), "{text}: {error:?}");
            prop_assert!(!error.reason.is_empty() && !error.help.is_empty() && !error.help.ends_with('.'));
        }
    }
}
