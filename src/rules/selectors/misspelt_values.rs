//! One value of several that a selector lists is no pod's, and nearly that of some: the others hide the slip.

use crate::analysis::LOOKED_AT;
use crate::diagnostic::Subject;
use crate::edit::{Change, Fix, Safety};
use crate::facts::peers::WrittenSelector;
use crate::objects::{Match, Operator, Requirement};
use crate::policy::PodSet;
use crate::rules::Context;
use crate::text::slip::{FAR, slip};

/// Reports such values of a set of pods.
pub(super) fn check(context: &mut Context<'_>, set: &PodSet, selector: &WrittenSelector<'_>, about: &Subject) {
    let several = |it: &&Requirement| matches!(&it.operator, Operator::In(values) if values.len() > 1);
    for requirement in set.pods.requirements().iter().filter(several) {
        let Some((typed, meant)) = misspelt(context, set, requirement) else { continue };
        let key = &requirement.key;
        let message = format!("no pod has `{key}: {typed}`, one of the values that `{}` lists", about.name);
        let place = selector.requirement(key).key("values");
        let index = match &requirement.operator {
            Operator::In(values) => values.iter().position(|value| *value == typed),
            _ => None,
        };
        let set = |index| {
            Fix::new(
                Safety::Unsafe,
                format!("write `{meant}` in place of `{typed}`"),
                place.index(index),
                Change::Set(meant.as_str().into()),
            )
        };
        let fix = index.map(set);
        let draft = context.report(place.entry(), about.clone(), message);
        draft.fix(fix);
        draft.key(typed.clone());
        draft.remark(format!("did you mean `{meant}`?"));
        draft.help(format!("write `{meant}` in place of `{typed}`"));
    }
}

/// A value that no pod has, though pods have others of the list, and the one that was meant.
fn misspelt(context: &Context<'_>, set: &PodSet, requirement: &Requirement) -> Option<(String, String)> {
    let Operator::In(values) = &requirement.operator else { return None };
    let mut namespaces = context.analysis().namespaces_of(&set.namespaces);
    namespaces.retain(|(id, is_in)| *is_in == Match::Yes && context.analysis().has_workloads(*id));
    let workloads = namespaces.iter().flat_map(|(id, _)| context.cluster().workloads_in(*id)).take(LOOKED_AT);
    let mut known: Vec<&str> =
        workloads.filter_map(|(_, workload)| workload.pod_labels.get(&requirement.key)).map(|it| it.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    let has = |value: &str| known.binary_search(&value).is_ok();
    if !values.iter().any(|value| has(value)) {
        return None;
    }
    let unused = || known.iter().filter(|known| !values.iter().any(|value| value == *known));
    values.iter().filter(|value| !has(value)).find_map(|typed| {
        let near = unused().filter_map(|meant| Some((slip(typed, meant).filter(|it| *it < FAR)?, *meant)));
        near.min().map(|(_, meant)| (typed.to_string(), meant.to_owned()))
    })
}
