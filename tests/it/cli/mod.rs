//! The command line and the terminal, through the real binary.

mod command;
mod terminal;
