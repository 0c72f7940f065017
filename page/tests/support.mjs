// What tests and scripts share: pages that netlint writes, opened in a real browser.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const netlint = process.env.NETLINT ?? join(root, "target/debug/netlint");
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

const folder = mkdtempSync(join(tmpdir(), "netlint-page-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** A new file in a folder that is removed in the end. */
export function temporary(extension) {
  files += 1;
  return join(folder, `${files}.${extension}`);
}

/** What `netlint graph` writes of paths, or of one manifest as text. */
export function graph({ paths, manifest, format = "html", options = [] }) {
  const file = temporary(format);
  const args = ["graph", "--quiet", "--isolated", "--format", `${format}:${file}`, ...options];
  execFileSync(netlint, [...args, ...(paths ?? ["-"])], { cwd: root, input: manifest ?? "" });
  return file;
}

/** Starts the browser. */
export function launch() {
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/** Opens a file; `page.seen` tells what it asked the network for, and what went wrong. */
export async function open(browser, file, options = {}) {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, reducedMotion: "reduce", ...options });
  const url = pathToFileURL(file).href;
  page.seen = { requests: [], errors: [] };
  page.on("request", (request) => request.url() !== url && page.seen.requests.push(request.url()));
  page.on("pageerror", (error) => page.seen.errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && page.seen.errors.push(message.text()));
  page.on("dialog", (dialog) => {
    page.seen.errors.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  await page.goto(url);
  await page.waitForSelector("html[data-ready]");
  return page;
}

/** Clicks what is drawn: an element by its id, in the middle, or of a line at its middle. */
export async function clickDrawn(page, id) {
  const at = await page.evaluate((id) => {
    const { cy } = globalThis.netlint;
    const element = cy.getElementById(id);
    const point = element.isEdge() ? element.renderedMidpoint() : element.renderedPosition();
    const frame = cy.container().getBoundingClientRect();
    return { x: frame.x + point.x, y: frame.y + point.y };
  }, id);
  await page.mouse.click(at.x, at.y);
}

/** The ids of what is drawn, in order. */
export function drawn(page, selector) {
  return page.evaluate((selector) => globalThis.netlint.cy.$(selector).map((it) => it.id()).sort(), selector);
}

/** The number of the node of this name. */
export function nodeOf(page, name) {
  return page.evaluate((name) => globalThis.netlint.data.nodes.findIndex((node) => node.fullName === name), name);
}

/** Writes manifests into a file of this name, and returns its path. */
export function manifestFile(text, name) {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
