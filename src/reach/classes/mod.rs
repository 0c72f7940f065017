//! Classes of ends that no policy can distinguish, and which of them a set of pods is made of.

mod class;
mod condition;
mod domains;
mod label_index;
mod mentioned;
mod number;
mod partition;
mod segments;
mod select;
mod vocabulary;

pub(in crate::reach) use class::Kind;
pub(in crate::reach) use condition::{all, any, not};
pub(in crate::reach) use mentioned::References;
pub(in crate::reach) use number::{ClassSet, number};
pub(in crate::reach) use partition::Classes;
pub(in crate::reach) use segments::{Member, Segments};
pub(in crate::reach) use select::is_known;
pub(in crate::reach) use vocabulary::PortName;
