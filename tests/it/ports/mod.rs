//! The rules about ports.

mod listening;
