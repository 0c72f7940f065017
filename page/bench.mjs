// Measures a page of some 5,000 connections: its size, and the time until it can be used. `node bench.mjs [PATH]` measures
// the page of other manifests; NETLINT names the program, which is the one for publishing unless something else is said.

import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { graph, launch, root, temporary } from "./tests/support.mjs";

const RUNS = 5;

function estate() {
  const folder = temporary("estate");
  const shape = ["--namespaces", "116", "--workloads", "12"];
  execFileSync("cargo", ["run", "--quiet", "--example", "generate", "--", folder, ...shape], { cwd: root });
  return folder;
}

const paths = [process.argv[2] ?? estate()];
const written = performance.now();
const file = graph({ paths });
console.log(`netlint graph: ${Math.round(performance.now() - written)} ms`);

const browser = await launch();
const times = { usable: [], unfolded: [], focused: [] };
let connections = 0;
for (let run = 0; run < RUNS; run++) {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector("html[data-ready]");
  connections = await page.locator("#summary").innerText();
  // From the start of the navigation to the frame after the first drawing.
  const frame = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))));
  times.usable.push(await frame());
  const step = async (click) => {
    const start = await page.evaluate(() => performance.now());
    await page.evaluate(click);
    return (await frame()) - start;
  };
  times.unfolded.push(await step(() => document.getElementById("unfold").click()));
  times.focused.push(await step(() => globalThis.netlint.actions.focus(globalThis.netlint.data.edges[0].from)));
  await page.close();
}
await browser.close();

const middle = (list) => Math.round(list.sort((left, right) => left - right)[RUNS >> 1]);
const verdict = (value, bound) => (value <= bound ? "met" : "MISSED");
const [size, usable] = [statSync(file).size / 1e6, middle(times.usable)];
console.log(connections);
console.log(`size: ${size.toFixed(2)} MB, aim 3 MB: ${verdict(size, 3)}`);
console.log(`usable after ${usable} ms, aim 2000 ms: ${verdict(usable, 2000)}`);
console.log(`all unfolded after ${middle(times.unfolded)} ms; a workload in focus after ${middle(times.focused)} ms`);
