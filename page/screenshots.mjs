// Takes the pictures of docs/graph.md. The pictures depend on the fonts of the system, so nothing compares them.

import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { graph, launch, nodeOf, open, root, temporary } from "./tests/support.mjs";

const target = join(root, "docs/images");

function estate() {
  const folder = temporary("estate");
  const shape = ["--namespaces", "7", "--workloads", "9"];
  execFileSync("cargo", ["run", "--quiet", "--example", "generate", "--", folder, ...shape], { cwd: root });
  return folder;
}

const browser = await launch();

/** Takes one picture after some steps. */
async function picture(name, input, steps, options = {}) {
  const page = await open(browser, graph(input), { viewport: { width: 1280, height: 720 }, ...options });
  await steps(page);
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(target, `${name}.png`) });
  await page.close();
}

const paths = [estate()];
await picture("graph-namespaces", { paths }, async () => {});
await picture("graph-workload", { paths }, async (page) => {
  await page.getByRole("searchbox", { name: "Search" }).fill("shop-0003/api-0");
  await page.keyboard.press("Enter");
  await page.getByRole("searchbox", { name: "Search" }).fill("");
}, { colorScheme: "dark" });
await picture("graph-connection", { paths: ["testdata/secure-app-fixed"] }, async (page) => {
  const [from, to] = [await nodeOf(page, "backend"), await nodeOf(page, "database")];
  await page.evaluate(([from, to]) => {
    const edge = globalThis.netlint.data.edges.find((edge) => edge.from === from && edge.first === to);
    globalThis.netlint.actions.show({ edge, to });
  }, [from, to]);
});
await picture("graph-change", { paths: ["testdata/secure-app-opened"], options: ["--diff", "testdata/secure-app-fixed"] }, async (page) => {
  await page.getByRole("button", { name: /^frontend to database/ }).click();
});
await browser.close();
