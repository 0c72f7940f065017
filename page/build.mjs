// Makes page/dist of page/src: one script with the library in it, one style sheet, the page around them, and the licences.
// `node build.mjs DIRECTORY` writes elsewhere.

import { readFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build, transform } from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(root, "dist");
const source = (name) => readFile(join(root, name), "utf8");

const bundled = await build({
  entryPoints: [join(root, "src/main.js")],
  absWorkingDir: root,
  bundle: true,
  charset: "ascii",
  format: "iife",
  legalComments: "none",
  minify: true,
  target: "es2022",
  write: false,
});
const script = bundled.outputFiles[0].text.trimEnd();
const style = (await transform(await source("src/page.css"), { loader: "css", minify: true })).code.trimEnd();
// Neither may end the element that it is put into.
if (/<\/script|<!--/i.test(script) || /<\/style/i.test(style)) throw new Error("the bundle would end its element");

const { version } = JSON.parse(await source("node_modules/cytoscape/package.json"));
const licence = await source("node_modules/cytoscape/LICENSE");
const licences = `page.js holds these libraries.\n\nCytoscape.js ${version}\n\n${licence.trim()}\n\n${await source("notices.txt")}`;

await mkdir(target, { recursive: true });
await writeFile(join(target, "page.js"), script);
await writeFile(join(target, "page.css"), style);
await writeFile(join(target, "page.html"), await source("src/page.html"));
await writeFile(join(target, "LICENSES.txt"), licences);
