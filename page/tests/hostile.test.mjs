// Names from manifests are hostile: nothing of them runs, and nothing reaches the network.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { clickDrawn, drawn, graph, launch, open } from "./support.mjs";

const NAMES = [
  "<script>globalThis.ran = 1</script>",
  "</script><script>globalThis.ran = 1</script>",
  "<img src=http://example.com/x onerror=globalThis.ran=1>",
  "\\\"><svg onload=globalThis.ran=1>",
  "<!--<script>",
  "{{script}}",
  "__proto__",
  "${globalThis.ran = 1}",
  "\\u202egnp.exe",
];

/** Pods of these names in a namespace of such a name; the API server would take the policy, comments and all. */
const pods = NAMES.map((name, index) => `---
apiVersion: v1
kind: Pod
metadata: {name: "${name}", namespace: "${NAMES[(index + 1) % NAMES.length]}", labels: {app: "${name}"}}
spec: {containers: [{name: main, image: example/main}]}
---
apiVersion: v1
kind: Pod
metadata: {name: "${name}", namespace: shop, labels: {app: "${name}"}}
spec: {containers: [{name: main, image: example/main}]}
`).join("") + `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: shop
  namespace: shop
  annotations:
${NAMES.map((name, index) => `    note-${index}: "${name}"\n    # ${name}\n`).join("")}
spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {}}]}]}
`;

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("names that are markup are text", async () => {
  const file = graph({ manifest: pods });
  const page = await open(browser, file);
  const markup = () => page.locator("script, img, svg, iframe, object").count();
  // The data and the script.
  assert.equal(await markup(), 2);
  await page.getByRole("button", { name: "Unfold all" }).click();
  const shown = await page.locator("#tree [data-node] bdi").allInnerTexts();
  assert.ok(shown.includes(NAMES[0]) && shown.includes(NAMES[2]), shown.join("\n"));
  // What changes the direction of text is not written.
  assert.ok(!shown.join("").includes("\u202e"));
  for (const id of (await drawn(page, "node.node")).slice(0, 4)) await clickDrawn(page, id);
  const edges = await page.evaluate(() => globalThis.netlint.data.edges.length);
  let marked = 0;
  for (let index = 0; index < edges; index += 5) {
    await page.evaluate((index) => {
      const edge = globalThis.netlint.data.edges[index];
      globalThis.netlint.actions.show({ edge, to: edge.first });
    }, index);
    assert.equal(await markup(), 2);
    marked += await page.locator("#details mark").count();
  }
  assert.ok(marked > 0);
  assert.equal(await page.evaluate(() => globalThis.ran), undefined);
  assert.deepEqual(page.seen, { requests: [], errors: [] });
  await page.close();
});

test("the policy of the page forbids other scripts, styles and the network", async () => {
  const page = await open(browser, graph({ manifest: pods }));
  let reached = 0;
  const server = createServer((_, response) => {
    reached += 1;
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const outcome = await page.evaluate(async (url) => {
    const violations = [];
    document.addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
    const script = document.createElement("script");
    script.textContent = "globalThis.ran = 1";
    document.body.append(script);
    const image = new Image();
    image.src = url;
    document.body.append(image);
    document.body.insertAdjacentHTML("beforeend", "<p style='color: red' onclick='globalThis.ran = 1'></p>");
    document.body.lastElementChild.click();
    const fetched = await fetch(url).then(() => "fetched", () => "refused");
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { violations: [...new Set(violations)].sort(), fetched, ran: globalThis.ran };
  }, `http://127.0.0.1:${server.address().port}/x.png`);
  server.close();
  assert.deepEqual(outcome, {
    violations: ["connect-src", "img-src", "script-src-attr", "script-src-elem", "style-src-attr"],
    fetched: "refused",
    ran: undefined,
  });
  assert.equal(reached, 0);
  await page.close();
});

test("the page holds nothing from elsewhere", () => {
  const html = readFileSync(graph({ paths: ["testdata/secure-app"] }), "utf8");
  const [markup, script] = html.split("<script>");
  const policy = /content="default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'"/;
  assert.ok(policy.test(markup));
  const foreign = markup.match(/<(link|img|iframe|base)\b|\ssrc=|@import|url\(|https?:/i);
  assert.equal(foreign, null);
  assert.ok(!/new Function|\beval\(/.test(script));
});

test("a picture has names as text", () => {
  const svg = readFileSync(graph({ manifest: pods, format: "svg" }), "utf8");
  assert.ok(!/<script|<img|<svg onload|\u202e/.test(svg));
  assert.ok(svg.includes("&lt;script&gt;"));
});
