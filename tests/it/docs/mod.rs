//! The documents: every page, command and picture is a test.

mod readme;
mod rules;
mod secure_app;
