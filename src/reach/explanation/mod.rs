//! Why something is permitted or not.

mod connection;

pub use connection::{Admission, Explanation, SideExplanation};
