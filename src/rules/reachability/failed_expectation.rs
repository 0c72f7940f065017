//! A connection that the configuration expects to be allowed or denied, and that is not.

use crate::expect;
use crate::rules::Context;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    // What a part of the manifests permits says nothing of the whole.
    if context.model().is_partial() {
        return;
    }
    let several = context.model().is_one_of_several();
    for checked in expect::check(context.model()) {
        // What this cluster does not hold, another one may.
        if !(several && matches!(checked.outcome, expect::Outcome::Unclear { .. })) {
            context.add(|rule| checked.draft(rule));
        }
    }
}
