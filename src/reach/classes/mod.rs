//! What the ends of connections are sorted into, and which classes a set of pods is made of.

mod condition;
mod label_index;
mod mentioned;
mod partition;
mod segments;
mod select;
mod vocabulary;

pub use select::Reading;

pub(in crate::reach) use condition::{all, any, not};
pub(in crate::reach) use mentioned::References;
pub(in crate::reach) use partition::{ClassSet, Classes, Kind, number};
pub(in crate::reach) use segments::Segments;
pub(in crate::reach) use select::is_known;
