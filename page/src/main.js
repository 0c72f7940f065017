// The page of `netlint graph`: reads the data, and draws what the reader chooses.

import { readData } from "./data.js";
import { drawDetails } from "./details.js";
import { createKeyboard } from "./keyboard.js";
import { createState } from "./state.js";
import { drawTree, firstMatch } from "./tree.js";
import { createView } from "./view.js";

const at = (id) => document.getElementById(id);
const data = readData();
const actions = createState(data, changed);
const view = createView(at("graph"), data, actions);

function changed(state, change) {
  const left = view.draw(state);
  const found = drawTree(at("tree"), data, state, actions);
  drawDetails(at("details"), data, state, actions);
  const tooMany = left > 0 ? `${left} more connections are not drawn; focus on a workload, or filter by ports` : "";
  say(found || tooMany);
  if ("unfolded" in change) view.fit(shownOf(state));
  if ("connection" in change || "focus" in change) at("details").scrollTop = 0;
}

/** What to bring into view: the group of the workload in focus and what it is connected with, else everything. */
function shownOf(state) {
  if (state.focus === null) return null;
  const connected = view.cy.getElementById(`n${state.focus}`).neighborhood("node").map((node) => node.id());
  return [`b${data.nodes[state.focus].group}`, ...connected];
}

function say(text) {
  at("status").textContent = text;
}

at("summary").textContent = data.summary;
at("unfold").addEventListener("click", actions.unfoldAll);
at("fold").addEventListener("click", actions.foldAll);
at("fit").addEventListener("click", () => view.fit());
for (const id of ["search", "ports", "highlight"]) {
  at(id).addEventListener("input", ({ target }) => actions.set({ [id]: target.value }));
}
at("changes").hidden = !data.isChange;
at("onlyChanges").addEventListener("input", ({ target }) => actions.set({ onlyChanges: target.checked }));
at("tools").addEventListener("submit", (event) => event.preventDefault());
at("search").addEventListener("keydown", (event) => {
  const first = event.key === "Enter" && firstMatch(data, actions.state);
  if (first) actions.focus(first.index);
});
document.addEventListener("keydown", (event) => {
  const isTyping = ["INPUT", "SELECT"].includes(event.target.tagName);
  if (event.key === "/" && !isTyping) {
    at("search").focus();
    event.preventDefault();
  } else if (event.key === "Escape" && event.target !== at("graph")) {
    actions.back();
  }
});
createKeyboard(at("graph"), view, actions, say);

// One namespace is shown as a whole, several are folded.
if (data.groups.filter((group) => !group.outside).length <= 1) actions.unfoldAll();
else actions.set({ unfolded: new Set() });
document.documentElement.dataset.ready = "true";

/** For tests and scripts. */
globalThis.netlint = { actions, cy: view.cy, data };
