// Elements of the document. Text is always set as text, never as markup.

/** An element with attributes and children, which are elements or text. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") element.addEventListener("click", value);
    else if (value !== undefined && value !== null) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** A sentence with what is in backticks as code. */
export function sentence(text) {
  return text.split("`").map((part, index) => (index % 2 ? make("code", {}, part) : part));
}
