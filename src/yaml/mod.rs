//! YAML as Kubernetes reads it, with the byte range of everything.

mod path;
mod span;

pub use path::{FieldPath, Part, Segment};
pub use span::Span;
