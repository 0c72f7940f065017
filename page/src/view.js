// The drawing: Cytoscape.js shows the elements of the state, and says what is clicked.

import cytoscape from "cytoscape";

import { elements } from "./elements.js";
import { graphStyle } from "./style.js";

/** Few enough connections to write their ports beside them. */
const LABELLED = 60;

/** Draws into an element. `actions` are the changes of the state that clicks ask for. */
export function createView(container, data, actions) {
  const cy = cytoscape({
    container,
    style: graphStyle(),
    autoungrabify: true,
    boxSelectionEnabled: false,
    selectionType: "single",
    minZoom: 0.02,
    maxZoom: 3,
    textureOnViewport: true,
    hideEdgesOnViewport: false,
    pixelRatio: 1,
  });
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => cy.style(graphStyle()));

  cy.on("tap", "node", ({ target }) => activate(target));
  cy.on("tap", "edge", ({ target }) => activate(target));
  cy.on("tap", (event) => event.target === cy && actions.back());
  cy.on("mouseover", "edge", ({ target }) => target.addClass("hovered"));
  cy.on("mouseout", "edge", ({ target }) => target.removeClass("hovered"));

  function activate(element) {
    const { group, node, parts, connections } = element.data();
    if (element.isEdge()) {
      if (connections === 1) actions.show(parts[0]);
      else actions.choose(parts);
    } else if (node === undefined) {
      actions.toggle(group);
    } else {
      actions.focus(node);
    }
  }

  return {
    cy,
    activate,
    /** Draws a state; returns how many connections are too many to draw. */
    draw(state) {
      const { nodes, edges, left } = elements(data, state);
      const labels = edges.length <= LABELLED || state.focus !== null ? ["labelled"] : [];
      const wanted = new Map();
      for (const node of nodes) wanted.set(node.data.id, { group: "nodes", ...node });
      for (const edge of edges) wanted.set(edge.data.id, { group: "edges", ...edge, classes: [...edge.classes, ...labels] });
      cy.batch(() => {
        cy.elements().filter((element) => !wanted.has(element.id())).remove();
        // What stays is changed, which is quicker than to draw it anew.
        const added = [...wanted.values()].filter((element) => !change(cy.getElementById(element.data.id), element));
        cy.add(added);
      });
      return left;
    },
    /** Shows everything, or some of it, as large as it fits. */
    fit(ids) {
      const shown = ids ? cy.collection(ids.map((id) => cy.getElementById(id))) : cy.elements();
      const fit = { eles: shown.nonempty() ? shown : cy.elements(), padding: 30 };
      if (still.matches) cy.fit(fit.eles, fit.padding);
      else cy.stop().animate({ fit }, { duration: 180 });
    },
    zoom(factor) {
      const middle = { x: container.clientWidth / 2, y: container.clientHeight / 2 };
      cy.zoom({ level: cy.zoom() * factor, renderedPosition: middle });
    },
  };
}

/** Makes what is drawn what it is to be; `false` where it is not drawn. */
function change(drawn, { data, position, classes }) {
  if (drawn.empty()) return false;
  const kept = drawn.hasClass("cursor") ? [...classes, "cursor"] : classes;
  const isSame = drawn.classes().length === kept.length && kept.every((name) => drawn.hasClass(name));
  if (!isSame) drawn.classes(kept);
  if (position && (drawn.position("x") !== position.x || drawn.position("y") !== position.y)) drawn.position(position);
  if (drawn.isEdge() || drawn.data("label") !== data.label) drawn.data(data);
  return true;
}
