//! The rules about selectors and blocks.

mod odd_cases;
mod repaired_demo;
