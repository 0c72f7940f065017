//! The rules about selectors and blocks.

mod evidence;
mod odd_cases;
mod repaired_demo;
