//! What may leave.

mod dns;
