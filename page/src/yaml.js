// The lines of manifests that decide, with what is around them.

import { make, sentence } from "./dom.js";

/** A figure for each document that a side points into. */
export function yaml(data, side) {
  const documents = [...new Set(side.marks.map(([document]) => document))];
  return documents.map((index) => figure(data.documents[index], side.marks.filter((mark) => mark[0] === index)));
}

function figure({ path, parts }, marks) {
  const lines = [...new Set(marks.map(([, first]) => first))].join(", ");
  const rows = parts.flatMap(([first, text], index) => {
    const rows = text.split("\n").flatMap((line, offset) => row(first + offset, line, marks));
    return index === 0 ? rows : [make("div", { class: "gap" }, "⋮"), ...rows];
  });
  return make(
    "figure",
    {},
    make("figcaption", {}, make("bdi", {}, path), `, line ${lines}`),
    make("pre", { tabindex: 0, "aria-label": `Lines of ${path}` }, rows),
  );
}

/** A line, marked where it decides, and below the last one of a mark what it does. */
function row(number, text, marks) {
  const isMarked = marks.some(([, first, last]) => first <= number && number <= last);
  const content = isMarked ? make("mark", {}, text || " ") : make("span", {}, text || " ");
  const label = make("span", { class: "number" }, `${isMarked ? "▶ " : ""}${number}`);
  const said = marks.filter(([, , last]) => last === number).map(([, , , note]) => make("div", { class: "said" }, make("span", {}, "↳ ", sentence(note))));
  return [make("div", { class: isMarked ? "row marked" : "row" }, label, content), ...said];
}
