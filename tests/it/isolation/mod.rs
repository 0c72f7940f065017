//! What is isolated, and what only looks so.

mod denies;
