//! A connection that the configuration expects to be allowed or denied, and that is not.

use crate::expect;
use crate::rules::Context;

pub(in crate::rules) fn check(context: &mut Context<'_>) {
    // What a part of the manifests permits says nothing of the whole.
    if context.analysis().is_partial() {
        return;
    }
    let several = context.analysis().is_one_of_several();
    for checked in expect::check_one(context.analysis()) {
        // What this cluster does not hold, another one may; `netlint test` sees them all.
        if !(several && checked.is_unclear()) {
            context.add(|rule| checked.draft(rule));
        }
    }
}
