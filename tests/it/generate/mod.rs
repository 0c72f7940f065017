//! `netlint generate`, and what it rests on: what asks for a connection.

mod command;
mod estates;
mod kinds;
mod kustomized;
mod modes;
