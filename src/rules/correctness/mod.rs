//! Whether policies are written so that they do what they say.

pub(super) mod duplicate_resource;
pub(super) mod ignored_rules;
pub(super) mod implicit_policy_types;
pub(super) mod redundant_rule;
pub(super) mod shadowed_rule;

/// How many other rules are shown beside one.
const SHOWN: usize = 3;
