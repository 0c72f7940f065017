//! Traps of the format.

mod odd_cases;
