//! The rules about ports.

mod listening;
mod lists;
