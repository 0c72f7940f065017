//! `--fix`: edits as bytes, what the command writes, and estates with mistakes. What fixes make of the examples of rule
//! pages is tested in `docs`.

mod command;
mod edits;
mod estates;
mod files;
mod suppressions;
