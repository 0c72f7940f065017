// The details of what is chosen: a workload, a connection with the lines that decide it, or connections to choose from.

import { connectionsOf, portsOf } from "./data.js";
import { count } from "./elements.js";
import { make, sentence } from "./dom.js";
import { passes } from "./state.js";
import { yaml } from "./yaml.js";

/** Longer lists are cut, and say so. */
const MOST = 300;

/** Fills the panel for a state. */
export function drawDetails(panel, data, state, actions) {
  const draw = () => {
    if (state.connection) return connection(data, state.connection, actions);
    if (state.bundle) return bundle(data, state, actions);
    if (state.focus !== null) return workload(data, state, data.nodes[state.focus], actions);
    return overview(data, actions);
  };
  panel.replaceChildren(...draw());
}

function overview(data, actions) {
  const notes = data.notes.map((note) => make("li", {}, sentence(note)));
  return [
    make("h2", {}, data.isChange ? "What the change opens and closes" : "What may connect to what"),
    make("p", {}, data.summary),
    make("p", {}, "Click a namespace to unfold it, a workload to see its connections and its exposure, a connection to see the lines of the policies that decide it."),
    ...(data.isChange ? changes(data, actions) : []),
    notes.length > 0 ? make("h3", {}, "Notes") : "",
    make("ul", {}, notes),
  ];
}

function changes(data, actions) {
  const changed = data.edges.filter((edge) => edge.change).map((edge) => ({ edge, to: edge.first }));
  const name = ({ edge, to }) => `${data.nodes[edge.from].fullName} to ${data.nodes[to].fullName}`;
  return ["opened", "closed", "changed"].flatMap((kind) => {
    const of = changed.filter(({ edge }) => edge.change === kind);
    return of.length > 0 ? [make("h3", {}, `${kind === "changed" ? "Other ports" : kind[0].toUpperCase() + kind.slice(1)}: ${of.length}`), connections(data, of, name, actions)] : [];
  });
}

function workload(data, state, node, actions) {
  const { outgoing, incoming } = connectionsOf(data, node.index);
  const chosen = (list) => list.filter(({ edge }) => passes(state, edge));
  const what = [node.kind, node.tier, node.presence, `in ${data.groups[node.group].name}`].filter(Boolean).join(", ");
  const exposure = node.kind ? [
    ...exposed(data, "Exposure: who else could reach it", node.sources),
    ...exposed(data, "Exposure: what else it could reach", node.destinations),
  ] : [];
  return [
    back(actions),
    make("h2", {}, make("bdi", {}, node.fullName)),
    make("p", { class: "quiet" }, what),
    node.hostNetwork ? make("p", {}, "On the network of its node, where no policy applies.") : "",
    make("h3", {}, `Connections from it: ${outgoing.length}`),
    connections(data, chosen(outgoing), ({ to }) => `to ${data.nodes[to].fullName}`, actions),
    make("h3", {}, `Connections to it: ${incoming.length}`),
    connections(data, chosen(incoming), ({ edge }) => `from ${data.nodes[edge.from].fullName}`, actions),
    ...exposure,
  ];
}

function exposed(data, heading, list) {
  const entries = (list ?? []).map((index) => data.exposed[index]);
  const rows = entries.flatMap(([name, ports]) => [make("dt", {}, make("bdi", {}, name)), make("dd", {}, ports)]);
  return [
    make("h3", {}, heading),
    rows.length > 0 ? make("dl", {}, rows) : make("p", { class: "quiet" }, "nothing beyond the workloads of the input"),
  ];
}

function bundle(data, state, actions) {
  const all = state.bundle.flatMap(({ edge, to }) => {
    const group = data.groups[data.nodes[to].group];
    const last = state.unfolded.has(group.index) ? to : Math.min(edge.last, group.nodes[1] - 1);
    return Array.from({ length: last - to + 1 }, (_, offset) => ({ edge, to: to + offset }));
  });
  const name = ({ edge, to }) => `${data.nodes[edge.from].fullName} to ${data.nodes[to].fullName}`;
  return [back(actions), make("h2", {}, count(all.length, "connection")), connections(data, all, name, actions)];
}

function connections(data, list, name, actions) {
  if (list.length === 0) return make("p", { class: "quiet" }, "none");
  const items = list.slice(0, MOST).map((connection) => {
    const text = [make("bdi", {}, name(connection)), make("span", { class: "ports" }, ` ${portsOf(connection.edge)}`)];
    return make("li", {}, make("button", { type: "button", onclick: () => actions.show(connection) }, text));
  });
  const more = list.length - items.length;
  return make("ul", { class: "list" }, items, more > 0 ? make("li", { class: "quiet" }, `and ${more} more; the field Ports narrows them`) : null);
}

function connection(data, { edge, to }, actions) {
  const ends = [data.nodes[edge.from], data.nodes[to]];
  const [from, target] = ends.map((node) => make("bdi", {}, node.fullName));
  const sides = edge.sides.map((index) => data.sides[index]);
  return [
    back(actions),
    make("h2", {}, from, " → ", target),
    make("p", {}, edge.change ? `${edge.change}: ${edge.ports}` : edge.ports),
    ...sides.flatMap((side) => [make("h3", {}, side.title), make("p", {}, sentence(side.reason)), ...yaml(data, side)]),
  ];
}

function back(actions) {
  return make("button", { type: "button", class: "back", onclick: () => actions.back() }, "Back");
}
