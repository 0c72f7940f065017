//! Words, numbers and characters: lists and counts in sentences, near spellings, text of manifests made harmless.

pub(crate) mod comment;
pub mod escape;
pub(crate) mod go_number;
pub(crate) mod job_log;
pub(crate) mod json;
pub mod phrase;
pub mod slip;
pub(crate) mod style;
pub mod suggest;
