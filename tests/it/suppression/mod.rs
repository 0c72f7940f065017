//! What is not reported, and how a finding is known again.

mod baseline;
mod comments;
mod fingerprints;
mod precedence;
