// What is drawn in a state: boxes and nodes at their positions, and the connections between them.

import { changesOf, isHighlighted, portsOf } from "./data.js";
import { boxes } from "./layout.js";
import { passes } from "./state.js";

/** More connections are not drawn one by one; those of the workload in focus always are. */
export const MOST_EDGES = 6000;

/** The elements of a state, and how many connections were left out because they are too many. */
export function elements(data, state) {
  const isUnfolded = (group) => state.unfolded.has(group);
  const placed = boxes(data, isUnfolded);
  const edges = edgesOf(data, state);
  const near = state.focus === null ? null : neighbours(edges.list, state.focus);
  const nodes = data.groups.flatMap((group) => {
    const box = placed[group.index];
    const drawn = [groupElement(group, box, isUnfolded(group.index), near, edges.inside.get(`g${group.index}`))];
    if (isUnfolded(group.index)) {
      for (let node = group.nodes[0]; node < group.nodes[1]; node++) {
        drawn.push(nodeElement(data, state, data.nodes[node], box, near));
      }
    }
    return drawn;
  });
  const at = new Map(nodes.map(({ data: { id }, position }) => [id, position]));
  const drawn = edges.list.map((edge) => edgeElement(state, edge, bend(at.get(edge.source), at.get(edge.target))));
  return { nodes, edges: drawn, left: edges.left };
}

/** How far a line bends to its left: enough to tell it from the one back, and to pass boxes that stand between. */
function bend(from, to) {
  const [across, down] = [Math.abs(from.x - to.x), Math.abs(from.y - to.y)];
  const isAligned = Math.min(across, down) < 30;
  return isAligned ? Math.max(14, 0.16 * Math.max(across, down) - 28) : 14;
}

function groupElement(group, { x, y, size: [width, height] }, isOpen, near, inside) {
  const classes = [isOpen ? "box" : "folded"];
  if (group.outside) classes.push("outside");
  const id = isOpen ? `b${group.index}` : `g${group.index}`;
  if (!isOpen && near && !near.has(id)) classes.push("far");
  const lines = [group.name];
  if (!isOpen) {
    const size = group.nodes[1] - group.nodes[0];
    lines.push(count(size, group.outside ? "other end" : "workload"));
    if (inside) lines.push(`${changesOf(inside.edges) || count(inside.connections, "connection")} inside`);
  }
  return {
    data: { id, label: lines.join("\n"), group: group.index, width, height },
    position: { x: x + width / 2, y: y + height / 2 },
    classes,
  };
}

function nodeElement(data, state, node, box, near) {
  const [width, height] = data.nodeSize;
  const classes = ["node"];
  if (node.hostNetwork) classes.push("host-network");
  if (node.index === state.focus) classes.push("focus");
  else if (near && !near.has(`n${node.index}`)) classes.push("far");
  if (isHighlighted(data, node, state.highlight)) classes.push("highlighted");
  if (matches(data, node, state.search)) classes.push("match");
  if (node.presence) classes.push(node.presence);
  const what = [node.kind, node.tier, node.presence].filter(Boolean).join(", ");
  return {
    data: { id: `n${node.index}`, label: what ? `${node.name}\n${what}` : node.name, node: node.index, width, height },
    position: { x: box.x + node.at[0] + width / 2, y: box.y + node.at[1] + height / 2 },
    classes,
  };
}

/** Whether a node is one that is searched for. */
export function matches(data, node, search) {
  const wanted = search.trim().toLowerCase();
  if (!wanted) return false;
  const texts = [node.fullName, node.kind, node.tier, data.groups[node.group].name];
  return texts.some((text) => text.toLowerCase().includes(wanted));
}

function neighbours(edges, focus) {
  const near = new Set([`n${focus}`]);
  for (const { source, target } of edges) near.add(source).add(target);
  return near;
}

/** Connections between what is shown; those between the same two folded groups are one line, others are inside one. */
function edgesOf(data, state) {
  const { unfolded, focus } = state;
  const [drawn, inside] = [new Map(), new Map()];
  let [left, single] = [0, 0];
  const add = (edge, source, target, to, connections) => {
    if (source === target && source.startsWith("g")) {
      const known = inside.get(source) ?? { edges: [], connections: 0 };
      known.edges.push(edge);
      known.connections += connections;
      inside.set(source, known);
      return;
    }
    const isSingle = source.startsWith("n") && target.startsWith("n");
    if (isSingle && focus === null && single >= MOST_EDGES) {
      left += connections;
      return;
    }
    if (isSingle) single += 1;
    const id = `${source} ${target}`;
    const known = drawn.get(id);
    if (known) {
      known.connections += connections;
      known.parts.push({ edge, to });
    } else {
      drawn.set(id, { id, source, target, connections, parts: [{ edge, to }] });
    }
  };
  for (const edge of data.edges) {
    const touches = focus === null || edge.from === focus || (edge.first <= focus && focus <= edge.last);
    if (!touches || !passes(state, edge)) continue;
    const source = shown(data, unfolded, edge.from);
    const [first, last] = focus === null || edge.from === focus ? [edge.first, edge.last] : [focus, focus];
    for (let to = first; to <= last; ) {
      const group = data.groups[data.nodes[to].group];
      const end = unfolded.has(group.index) ? to : Math.min(last, group.nodes[1] - 1);
      add(edge, source, shown(data, unfolded, to), to, end - to + 1);
      to = end + 1;
    }
  }
  return { list: [...drawn.values()], inside, left };
}

function shown(data, unfolded, node) {
  const { group } = data.nodes[node];
  return unfolded.has(group) ? `n${node}` : `g${group}`;
}

function edgeElement(state, { id, source, target, connections, parts }, bend) {
  const [{ edge, to }] = parts;
  const classes = ["edge"];
  if (state.connection && state.connection.edge === edge && state.connection.to === to) classes.push("focus");
  const edges = parts.map((part) => part.edge);
  const changes = changesOf(edges);
  if (changes) classes.push(edges.every(({ change }) => change === edge.change) ? edge.change : "mixed");
  const label = connections === 1 ? portsOf(edge) : changes || count(connections, "connection");
  return { data: { id, source, target, label, connections, parts, bend }, classes };
}

/** `1 workload`, `2 workloads`. */
export function count(number, singular) {
  return `${number} ${singular}${number === 1 ? "" : "s"}`;
}
