//! Where everything is drawn.
//!
//! Groups stand in rows, in their order; what is outside the cluster stands to their left. A group takes the room of
//! its state, folded or not: it pushes those behind it in its row to the right, and the rows below it down. So a few
//! sizes give the positions of every combination of states, and a drawing adds them up as [`boxes`] does.
//!
//! Within a group the workloads stand in columns by tier, from what clients talk to on the left to what holds data.

use super::{Graph, Group, GroupKind, Node};
use crate::cluster::Tier;

/// Where a group is among the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Slot {
    /// Left of all rows.
    #[default]
    Left,
    /// In this row, behind those of the row that come before it.
    Row(usize),
}

/// Width and height, in pixels of a drawing that is not scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// Where a box is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rectangle {
    /// The left edge.
    pub x: u32,
    /// The upper edge.
    pub y: u32,
    /// How large it is.
    pub size: Size,
}

/// How large the box of a node is.
pub const NODE: Size = Size { width: 176, height: 44 };
/// How large a folded group is.
pub const FOLDED: Size = Size { width: 208, height: 84 };
/// The room between groups.
pub const BETWEEN_GROUPS: Size = Size { width: 96, height: 72 };
/// The room between the nodes of a group.
const BETWEEN_NODES: Size = Size { width: 88, height: 20 };
/// The room between the edge of a group and its nodes.
const PADDING: u32 = 24;
/// The room for the name of a group.
const HEADING: u32 = 40;
/// The fewest nodes of a tier that stand in several columns.
const TALLEST: usize = 6;

/// Where each group is drawn, by which of them are unfolded.
#[must_use]
pub fn boxes(groups: &[Group], is_unfolded: impl Fn(usize) -> bool) -> Vec<Rectangle> {
    let size = |index: usize, group: &Group| if is_unfolded(index) { group.unfolded } else { group.folded };
    let left = groups.iter().enumerate().filter(|(_, group)| group.slot == Slot::Left);
    let left = left.map(|(index, group)| size(index, group).width + BETWEEN_GROUPS.width).max().unwrap_or_default();
    let (mut row, mut x, mut y, mut height) = (0, left, 0, 0);
    let mut boxes = Vec::with_capacity(groups.len());
    for (index, group) in groups.iter().enumerate() {
        let size = size(index, group);
        let Slot::Row(own) = group.slot else {
            boxes.push(Rectangle { x: 0, y: 0, size });
            continue;
        };
        if own != row {
            (row, x, y, height) = (own, left, y + height + BETWEEN_GROUPS.height, 0);
        }
        boxes.push(Rectangle { x, y, size });
        x += size.width + BETWEEN_GROUPS.width;
        height = height.max(size.height);
    }
    boxes
}

/// The column of a tier. What is of no known tier is most often a backend.
pub(super) fn column(tier: Option<Tier>) -> u32 {
    match tier {
        Some(Tier::Frontend) => 0,
        Some(Tier::Backend) | None => 1,
        Some(Tier::Identity | Tier::DatabaseProxy | Tier::Broker | Tier::Coordination) => 2,
        Some(Tier::Database | Tier::Storage) => 3,
        Some(Tier::Monitoring | Tier::Tooling) => 4,
    }
}

/// Places groups, and nodes in them by the columns given for each.
pub(super) fn arrange(graph: &mut Graph, columns: &[u32]) {
    let namespaces = graph.groups.iter().filter(|group| group.kind != GroupKind::Outside).count();
    // A folded group with the room around it is about twice as wide as high.
    let in_a_row = (1..).find(|columns| 2 * columns * columns >= namespaces).unwrap_or(1);
    for (index, group) in graph.groups.iter_mut().enumerate() {
        group.slot = if group.kind == GroupKind::Outside { Slot::Left } else { Slot::Row(index / in_a_row) };
        group.folded = FOLDED;
        let (first, end) = group.nodes;
        let nodes = graph.nodes.get_mut(first..end).unwrap_or_default();
        group.unfolded = arrange_nodes(nodes, columns.get(first..end).unwrap_or_default());
    }
}

fn arrange_nodes(nodes: &mut [Node], columns: &[u32]) -> Size {
    // About as wide as high.
    let tallest = (1..).find(|side| side * side >= nodes.len()).unwrap_or(1).max(TALLEST);
    let step = |size: Size| (size.width + BETWEEN_NODES.width, size.height + BETWEEN_NODES.height);
    let (across, down) = step(NODE);
    let (mut x, mut lowest) = (PADDING, 0);
    let mut used: Vec<u32> = columns.to_vec();
    used.sort_unstable();
    used.dedup();
    for column in used {
        let mut y = HEADING;
        let mut placed = 0;
        for (node, _) in nodes.iter_mut().zip(columns).filter(|(_, own)| **own == column) {
            if placed == tallest {
                (x, y, placed) = (x + across, HEADING, 0);
            }
            (node.x, node.y) = (x, y);
            y += down;
            placed += 1;
            lowest = lowest.max(y);
        }
        x += across;
    }
    let width = (x + PADDING).saturating_sub(BETWEEN_NODES.width).max(FOLDED.width);
    let height = (lowest + PADDING).saturating_sub(BETWEEN_NODES.height).max(FOLDED.height);
    Size { width, height }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::indexing_slicing, reason = "tests")]

    use super::{BETWEEN_GROUPS, FOLDED, Rectangle, Size, Slot, boxes};
    use crate::graph::{Group, GroupKind};

    const UNFOLDED: Size = Size { width: 1_000, height: 500 };

    fn group(slot: Slot) -> Group {
        let kind = if slot == Slot::Left { GroupKind::Outside } else { GroupKind::Namespace };
        Group { name: String::new(), kind, nodes: (0, 0), slot, folded: FOLDED, unfolded: UNFOLDED }
    }

    #[test]
    fn an_unfolded_group_pushes_what_is_behind_and_below_it() {
        let groups = [Slot::Row(0), Slot::Row(0), Slot::Row(1), Slot::Left].map(group);
        let folded = boxes(&groups, |_| false);
        let left = FOLDED.width + BETWEEN_GROUPS.width;
        let behind = left + FOLDED.width + BETWEEN_GROUPS.width;
        let below = FOLDED.height + BETWEEN_GROUPS.height;
        let at = |x, y| Rectangle { x, y, size: FOLDED };
        assert_eq!(folded, [at(left, 0), at(behind, 0), at(left, below), at(0, 0)]);
        let unfolded = boxes(&groups, |index| index == 0);
        assert_eq!(unfolded[0], Rectangle { size: UNFOLDED, ..folded[0] });
        assert_eq!(unfolded[1].x, folded[1].x + UNFOLDED.width - FOLDED.width);
        assert_eq!(unfolded[2].y, folded[2].y + UNFOLDED.height - FOLDED.height);
        assert_eq!(unfolded[3], folded[3]);
    }
}
