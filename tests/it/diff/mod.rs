//! `netlint diff`: what a change opens and closes, and which lines do it.

mod causes;
mod command;
mod exposure;
mod pairs;
mod properties;
mod reports;
mod silenced;
mod undo;
