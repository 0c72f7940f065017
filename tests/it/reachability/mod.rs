//! What is exposed that should not be, and what nobody can reach.

mod controllers;
mod every_kind;
mod evidence;
mod exposure;
mod services;
