//! YAML as Kubernetes reads it, with the byte range of everything.
//!
//! ```text
//! bytes ──decode──▶ text ──split──▶ chunks ──parse──▶ Document ──root──▶ Node ──from_node──▶ typed values
//!                                                        └──resolve: field path ──▶ byte range
//! ```
//!
//! A [`Document`] is a flat tree (`arena`) that a parser fills (`fast`, else `json` or `build`); `scalar` and `arena::keys` hold Kubernetes' rules
//! for what scalars are and which entries of a mapping count. All spans are byte offsets into the whole file.

mod arena;
mod build;
mod de;
mod decode;
mod document;
mod error;
mod fast;
mod gap;
mod inside;
mod json;
mod node;
mod path;
mod resolve;
mod scalar;
mod scan_error;
mod span;
mod split;
mod words;

pub use arena::DuplicateKey;
pub use build::{Comment, HIDDEN_BREAKS, hidden_breaks};
pub use de::{TypeError, from_node};
pub use decode::{DecodeError, decode};
pub use document::{Document, parse, parse_fast, parse_general};
pub use error::SyntaxError;
pub use node::{Kind, Node};
pub use path::{FieldPath, Part, Segment};
pub use resolve::{Index, Resolved};
pub use span::Span;
pub use split::{Chunk, split};
