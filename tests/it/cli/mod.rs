//! The command line and the terminal, through the real binary.

mod command;
mod configuration;
mod many;
mod suppressions;
mod terminal;
