//! Calico's selectors, and its objects as the front end reads them.

use std::path::Path;

use netlint::net::Direction;
use netlint::objects::{Labels, NamespaceId, Object};
use netlint::policy::dialect::calico::lower::{Setting, lower};
use netlint::policy::dialect::calico::scope::{selected, subject};
use netlint::policy::dialect::calico::selector::Expression;
use netlint::policy::dialect::calico::{Api, CalicoObject, read};
use netlint::source::{FileId, Origin};
use netlint::yaml::{FieldPath, Node, decode, parse, split};

/// One selector on each line.
pub(crate) fn selector_seeds() -> Vec<Vec<u8>> {
    include_str!("selectors.txt").lines().map(|line| line.as_bytes().to_vec()).collect()
}

/// Says whether the text is a selector. What Calico writes of it means the same; an error points into the text.
pub(crate) fn selectors(bytes: &[u8], _: &Path) -> Result<bool, String> {
    let Ok(text) = decode(bytes.to_vec()) else { return Ok(false) };
    let expression = match Expression::parse(&text) {
        Ok(expression) => expression,
        Err(error) if text.get(error.range.clone()).is_some() && !error.help.is_empty() => return Ok(false),
        Err(error) => return Err(format!("{error:?}")),
    };
    let written = expression.to_string();
    let again = Expression::parse(&written).map_err(|error| format!("{written}: {error:?}"))?;
    let values: [fn(&str) -> Option<&'static str>; 3] =
        [|_| None, |_| Some("b"), |key| key.strip_prefix('a').and(Some("web"))];
    if values.iter().any(|label| expression.matches(label) != again.matches(label)) {
        return Err(format!("what is written means something else: {written}"));
    }
    Ok(true)
}

/// Says whether the documents are Calico's. Whatever they say is read, and put into scope or refused.
pub(crate) fn objects(bytes: &[u8], _: &Path) -> Result<bool, String> {
    let Ok(text) = decode(bytes.to_vec()) else { return Ok(false) };
    let mut known = 0;
    for chunk in split(&text) {
        let Ok(document) = parse(&text, chunk) else { continue };
        let Some(CalicoObject::Policy(policy)) = document.root().and_then(|node| read(node, named(node), false)) else {
            continue;
        };
        known += 1;
        // Either is fine; neither may fail to answer.
        let is_read = subject(&policy).is_ok();
        let lowered = lower(&policy, Setting { api: Api::Server, has_sets: true });
        if lowered.is_ok() && !is_read {
            return Err("a policy is lowered whose subject cannot be read".to_owned());
        }
        for direction in Direction::BOTH {
            for rule in policy.rules(direction) {
                let _ = (selected(&rule.source, !policy.global), selected(&rule.destination, !policy.global));
            }
        }
    }
    Ok(known > 0)
}

fn named(node: Node<'_>) -> Object {
    Object {
        kind: node.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default().into(),
        name: "web".into(),
        namespace: NamespaceId::default(),
        labels: Labels::default(),
        annotations: Labels::default(),
        origin: Origin { file: FileId(0), document: 0, path: FieldPath::root() },
    }
}
