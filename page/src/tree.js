// The list of namespaces and workloads, which is also the list of what a search finds.

import { count, matches } from "./elements.js";
import { make } from "./dom.js";

/** Longer lists are cut, and say so. */
const MOST = 400;

/** Fills the list for a state. */
export function drawTree(list, data, state, actions) {
  const isSearching = state.search.trim() !== "";
  let found = 0;
  const items = data.groups.map((group) => {
    const nodes = data.nodes.slice(...group.nodes).filter((node) => !isSearching || matches(data, node, state.search));
    if (isSearching && nodes.length === 0) return null;
    found += nodes.length;
    const isOpen = isSearching || state.unfolded.has(group.index);
    const name = make(
      "button",
      { type: "button", "aria-expanded": state.unfolded.has(group.index), onclick: () => actions.toggle(group.index) },
      make("bdi", {}, group.name),
      make("span", { class: "quiet" }, ` ${nodes.length}`),
    );
    return make("li", {}, name, isOpen ? workloads(nodes, state, actions) : null);
  });
  list.replaceChildren(...items.filter(Boolean));
  return isSearching ? count(found, "match").replace("matchs", "matches") : "";
}

function workloads(nodes, state, actions) {
  const items = nodes.slice(0, MOST).map((node) => {
    const what = [node.kind, node.tier].filter(Boolean).join(", ");
    const button = make(
      "button",
      { type: "button", "data-node": node.index, "aria-current": node.index === state.focus ? "true" : null, onclick: () => actions.focus(node.index) },
      make("bdi", {}, node.name),
      make("span", { class: "quiet" }, what ? ` ${what}` : ""),
    );
    return make("li", {}, button);
  });
  const more = nodes.length - items.length;
  return make("ul", {}, items, more > 0 ? make("li", { class: "quiet" }, `and ${more} more`) : null);
}

/** The first workload that a search finds. */
export function firstMatch(data, state) {
  return data.nodes.find((node) => matches(data, node, state.search));
}
