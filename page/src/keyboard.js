// The keyboard in the drawing: arrows move a cursor from box to box, Enter does what a click does.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Listens to keys. `say` is told what the cursor is on. */
export function createKeyboard(container, view, actions, say) {
  const { cy } = view;
  const stops = () => cy.nodes(".folded, .node");

  container.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (ARROWS[key]) move(ARROWS[key]);
    else if (key === "Enter" || key === " ") enter();
    else if (key === "Escape") leave();
    else if (key === "+" || key === "=") view.zoom(1.25);
    else if (key === "-") view.zoom(0.8);
    else if (key === "0") view.fit();
    else return;
    event.preventDefault();
  });

  function put(node) {
    cy.$(".cursor").removeClass("cursor");
    node.addClass("cursor");
    reveal(node);
    say(node.data("label").replaceAll("\n", ", "));
  }

  /** Goes to the nearest box in a direction. */
  function move([right, down]) {
    const current = cy.$("node.cursor");
    if (current.empty()) {
      const corner = ({ x, y }) => x + y;
      const first = stops().min((node) => corner(node.position())).ele;
      if (first) put(first);
      return;
    }
    const from = current.position();
    let [best, nearest] = [null, Infinity];
    stops().forEach((node) => {
      const { x, y } = node.position();
      const ahead = (x - from.x) * right + (y - from.y) * down;
      const aside = Math.abs((x - from.x) * down) + Math.abs((y - from.y) * right);
      if (ahead > 1 && ahead + 3 * aside < nearest) [best, nearest] = [node, ahead + 3 * aside];
    });
    if (best) put(best);
  }

  function enter() {
    const current = cy.$("node.cursor");
    if (current.empty()) return;
    const { group, node } = current.data();
    view.activate(current);
    // Unfolded, the group itself is no stop any longer: its first workload is.
    if (node === undefined) {
      const first = cy.nodes(".node").filter((it) => isIn(it, group)).first();
      if (first.nonempty()) put(first);
    }
  }

  function isIn(node, group) {
    const box = cy.getElementById(`b${group}`);
    return box.nonempty() && within(node.position(), box.boundingBox());
  }

  function leave() {
    if (actions.back()) return;
    const current = cy.$("node.cursor");
    const box = cy.nodes(".box").filter((it) => current.nonempty() && within(current.position(), it.boundingBox()));
    if (box.empty()) return;
    const group = box.first().data("group");
    actions.toggle(group);
    put(cy.getElementById(`g${group}`));
  }

  /** Moves the drawing as far as the box needs to be seen. */
  function reveal(node) {
    const { x1, y1, x2, y2 } = node.renderedBoundingBox();
    const [width, height] = [container.clientWidth, container.clientHeight];
    const x = x1 < 0 ? 20 - x1 : x2 > width ? width - x2 - 20 : 0;
    const y = y1 < 0 ? 20 - y1 : y2 > height ? height - y2 - 20 : 0;
    if (x || y) cy.panBy({ x, y });
  }
}

function within({ x, y }, { x1, y1, x2, y2 }) {
  return x1 <= x && x <= x2 && y1 <= y && y <= y2;
}
