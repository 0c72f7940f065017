// How the drawing looks, in the colours of page.css.

/** The style sheet of the drawing, for the colours that hold now. */
export function graphStyle() {
  const colours = getComputedStyle(document.documentElement);
  const colour = (name) => colours.getPropertyValue(`--${name}`).trim();
  return [
    {
      selector: "node",
      style: {
        shape: "round-rectangle",
        width: "data(width)",
        height: "data(height)",
        label: "data(label)",
        color: colour("text"),
        "background-color": colour("ground"),
        "border-color": colour("line"),
        "border-width": 1,
        "font-family": "system-ui, sans-serif",
        "font-size": 13,
        "text-wrap": "wrap",
        "text-valign": "center",
        "text-max-width": 164,
        "text-overflow-wrap": "anywhere",
      },
    },
    { selector: ".box", style: boxStyle(colour) },
    { selector: ".folded", style: { "background-color": colour("raised"), "border-width": 2, "font-size": 15, "text-max-width": 190 } },
    { selector: ".outside, .host-network, .gone", style: { "border-style": "dashed" } },
    { selector: ".new", style: { "border-width": 3, "border-color": colour("opened") } },
    { selector: ".gone", style: { "border-color": colour("closed"), color: colour("quiet") } },
    { selector: ".match", style: { "border-width": 3, "border-style": "double", "border-color": colour("link") } },
    { selector: ".highlighted", style: { "border-width": 4, "border-color": colour("strong"), "background-color": colour("mark") } },
    { selector: "node.focus", style: { "border-width": 4, "border-color": colour("link") } },
    { selector: ".cursor", style: { "outline-color": colour("link"), "outline-width": 3, "outline-offset": 4 } },
    {
      selector: "edge",
      style: {
        width: "mapData(connections, 1, 200, 1.5, 8)",
        "curve-style": "unbundled-bezier",
        "control-point-distances": "data(bend)",
        "control-point-weights": 0.5,
        "line-color": colour("link"),
        "line-opacity": 0.65,
        "target-arrow-shape": "triangle",
        "target-arrow-color": colour("link"),
        "arrow-scale": 0.9,
      },
    },
    {
      selector: "edge.labelled, edge.focus, edge.hovered",
      style: {
        label: "data(label)",
        color: colour("text"),
        "font-size": 11,
        "font-family": "system-ui, sans-serif",
        "text-background-color": colour("ground"),
        "text-background-opacity": 0.85,
        "text-background-padding": 2,
      },
    },
    { selector: "edge.focus, edge.hovered", style: { "line-opacity": 1, width: 4, "z-index": 9 } },
    { selector: "edge.opened", style: change(colour("opened"), "solid", 3) },
    { selector: "edge.closed", style: change(colour("closed"), "dashed", 2) },
    { selector: "edge.mixed", style: change(colour("changed"), "solid", 4) },
    { selector: "edge.changed", style: change(colour("changed"), "dotted", 3) },
    { selector: ".far", style: { opacity: 0.3 } },
  ];
}

function boxStyle(colour) {
  return {
    "background-color": colour("raised"),
    "font-size": 15,
    "font-weight": 600,
    "text-valign": "top",
    "text-margin-y": 26,
    "z-index": 0,
    "z-compound-depth": "bottom",
  };
}

function change(colour, style, width) {
  return { "line-color": colour, "target-arrow-color": colour, "line-style": style, "line-opacity": 1, width };
}
