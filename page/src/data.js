// The data of the page: what src/report/graph/data.rs writes.

/** Reads the block of data and numbers what refers to each other. */
export function readData() {
  const data = JSON.parse(document.getElementById("data").textContent);
  data.groups.forEach((group, index) => {
    group.index = index;
    for (let node = group.nodes[0]; node < group.nodes[1]; node++) data.nodes[node].group = index;
  });
  data.nodes.forEach((node, index) => {
    node.index = index;
    node.fullName ??= node.name;
    node.kind ??= "";
    node.tier ??= "";
    node.out = [];
  });
  data.edges = data.edges.map(([from, first, last, ports, sides, change]) => {
    const edge = { from, first, last, ports: data.ports[ports], sides, change };
    data.nodes[from].out.push(edge);
    return edge;
  });
  return data;
}

const SIGNS = { opened: "+", closed: "\u2212", changed: "\u00b1" };

/** What a connection is called: its ports, with a sign before them for what became of it. */
export function portsOf({ change, ports }) {
  return change ? `${SIGNS[change]} ${ports}` : ports;
}

/** What became of several connections, as `+2 −1`; empty where nothing did. */
export function changesOf(edges) {
  const number = (kind) => edges.filter((edge) => edge.change === kind).length;
  return Object.keys(SIGNS).filter(number).map((kind) => `${SIGNS[kind]}${number(kind)}`).join(" ");
}

/** The connections from and to a node, as edges with one destination each. */
export function connectionsOf(data, node) {
  const outgoing = data.nodes[node].out.flatMap((edge) => {
    const count = edge.last - edge.first + 1;
    return Array.from({ length: count }, (_, offset) => ({ edge, to: edge.first + offset }));
  });
  const incoming = data.edges.filter((edge) => edge.first <= node && node <= edge.last);
  return { outgoing, incoming: incoming.map((edge) => ({ edge, to: node })) };
}

/** Whether a node is among those that are highlighted. */
export function isHighlighted(data, node, highlight) {
  const has = (list, who) => (list ?? []).some((index) => ["anyone", who].includes(data.exposed[index][2]));
  switch (highlight) {
    case "from-outside": return has(node.sources, "outside");
    case "from-pods": return has(node.sources, "pods");
    case "to-outside": return has(node.destinations, "outside");
    case "host-network": return Boolean(node.hostNetwork);
    default: return false;
  }
}
