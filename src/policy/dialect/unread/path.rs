//! What keys lead to in a manifest.

use crate::yaml::Node;

/// The nodes that keys lead to; `*` stands for each item of a list.
pub(super) fn at<'d>(node: Node<'d>, keys: &[&str]) -> Vec<Node<'d>> {
    keys.iter().fold(vec![node], |nodes, key| match *key {
        "*" => nodes.into_iter().flat_map(|node| node.items()).collect(),
        key => nodes.into_iter().filter_map(|node| node.get(key)).collect(),
    })
}
