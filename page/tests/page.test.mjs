// The page of `netlint graph` in a real browser.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { after, before, test } from "node:test";

import { clickDrawn, drawn, graph, launch, manifestFile, nodeOf, open } from "./support.mjs";

const demo = { paths: ["testdata/secure-app-fixed"] };

/** Two namespaces, of which one may connect to the other. */
const SHOP = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: shop}}
---
apiVersion: v1
kind: Namespace
metadata: {name: data}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: postgres, namespace: data}
spec:
  selector: {matchLabels: {app: postgres}}
  template:
    metadata: {labels: {app: postgres}}
    spec: {containers: [{name: postgres, image: postgres, ports: [{containerPort: 5432}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: from-shop, namespace: data}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  ingress:
  - from: [{namespaceSelector: {matchLabels: {team: shop}}}]
    ports: [{port: 5432}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
  - from: [{ipBlock: {cidr: 203.0.113.0/24}}]
    ports: [{port: 443}]
`;

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** Opens a page for a test, and asserts in the end that nothing went wrong and nothing asked the network. */
function pageTest(name, input, run, options = {}) {
  test(name, async () => {
    const page = await open(browser, graph(input), options);
    await run(page);
    assert.deepEqual(page.seen, { requests: [], errors: [] });
    await page.close();
  });
}

const details = (page) => page.locator("#details");
const heading = (page) => details(page).locator("h2").innerText();

pageTest("several namespaces are folded at first, and a click unfolds one", { manifest: SHOP }, async (page) => {
  assert.deepEqual(await drawn(page, "node"), ["g0", "g1", "g2"]);
  assert.deepEqual(await drawn(page, "edge"), ["g1 g0", "g1 g2", "g2 g1"]);
  await clickDrawn(page, "g1");
  assert.deepEqual(await drawn(page, "node"), ["b1", "g0", "g2", "n1"]);
  assert.deepEqual(await drawn(page, "edge"), ["g2 n1", "n1 g0", "n1 g2"]);
  // The box folds again.
  const box = page.locator("nav button[aria-expanded=true]");
  assert.equal(await box.innerText(), "shop 1");
  await box.click();
  assert.deepEqual(await drawn(page, "node"), ["g0", "g1", "g2"]);
});

pageTest("one namespace is shown as a whole", demo, async (page) => {
  assert.deepEqual(await drawn(page, ".folded"), []);
  assert.equal((await drawn(page, ".node")).length, 4);
  assert.equal(await page.locator("#summary").innerText(), "3 workloads, 7 policies, 3 connections");
});

pageTest("everything is where the picture has it", { manifest: SHOP }, async (page) => {
  await page.getByRole("button", { name: "Unfold all" }).click();
  const corners = await page.evaluate(() => globalThis.netlint.cy.$(".node").map((node) => {
    const { x, y } = node.position();
    return [x - node.width() / 2, y - node.height() / 2];
  }));
  const svg = readFileSync(graph({ manifest: SHOP, format: "svg" }), "utf8");
  const inPicture = [...svg.matchAll(/<rect class="node" x="(\d+)" y="(\d+)"/g)].map(([, x, y]) => [x - 32, y - 32]);
  assert.deepEqual(corners, inPicture);
  assert.equal(corners.length, 4);
});

pageTest("a search lists what it finds, and Enter focuses on the first", { manifest: SHOP }, async (page) => {
  await page.getByRole("searchbox", { name: "Search" }).fill("postgr");
  assert.deepEqual(await page.locator("#tree [data-node]").allInnerTexts(), ["postgres StatefulSet, database"]);
  assert.equal(await page.locator("#status").innerText(), "1 match");
  await page.keyboard.press("Enter");
  assert.equal(await heading(page), "data/postgres");
  assert.deepEqual(await drawn(page, "node.focus"), [`n${await nodeOf(page, "data/postgres")}`]);
  await page.getByRole("searchbox", { name: "Search" }).fill("no such name");
  assert.equal(await page.locator("#status").innerText(), "0 matches");
});

pageTest("a workload in focus has its connections and its exposure", { manifest: SHOP }, async (page) => {
  await page.getByRole("button", { name: "shop" }).click();
  await page.getByRole("button", { name: "web" }).click();
  assert.deepEqual(await details(page).locator(".list button").allInnerTexts(), [
    "to data/postgres TCP 5432",
    "to external all ports",
    "from 203.0.113.0/24 TCP 443",
  ]);
  const exposure = await details(page).locator("dl").first().innerText();
  assert.match(exposure, /^203\.0\.113\.0\/24\s+TCP 443$/);
  // What has nothing to do with it steps back.
  await page.getByRole("searchbox", { name: "Ports" }).fill("tcp 443");
  assert.deepEqual(await details(page).locator(".list button").allInnerTexts(), ["from 203.0.113.0/24 TCP 443"]);
  assert.deepEqual(await drawn(page, "edge"), ["g2 n1"]);
  assert.deepEqual(await drawn(page, ".far"), ["g0"]);
});

pageTest("a click on a connection shows the lines of both sides", demo, async (page) => {
  const [from, to] = [await nodeOf(page, "backend"), await nodeOf(page, "database")];
  await clickDrawn(page, `n${from} n${to}`);
  assert.equal(await heading(page), "backend → database");
  assert.deepEqual(await details(page).locator("h3").allInnerTexts(), ["Egress of the source", "Ingress of the destination"]);
  const marked = await details(page).locator("figure").first().locator("mark").allInnerTexts();
  assert.deepEqual(marked.map((line) => line.trim()), ["- podSelector:", "matchLabels:", "app: database"]);
  // Readable without colour: the numbers of marked lines say so.
  assert.match(await details(page).locator(".marked .number").first().innerText(), /^▶ \d+$/);
  const files = await details(page).locator("figcaption").allInnerTexts();
  assert.ok(files.some((file) => file.startsWith("testdata/secure-app-fixed/3-allow-backend-to-database.yaml, line ")));
  await page.getByRole("button", { name: "Back", exact: true }).click();
  assert.equal(await heading(page), "What may connect to what");
});

pageTest("connections between folded namespaces are there to choose from", { manifest: SHOP }, async (page) => {
  await clickDrawn(page, "g1 g0");
  assert.equal(await heading(page), "shop/web → data/postgres");
});

pageTest("workloads are highlighted by their exposure", { manifest: SHOP }, async (page) => {
  await page.getByRole("button", { name: "Unfold all" }).click();
  await page.getByRole("combobox", { name: "Highlight" }).selectOption("reachable from outside");
  assert.deepEqual(await drawn(page, ".highlighted"), [`n${await nodeOf(page, "shop/web")}`]);
});

pageTest("everything works with the keyboard alone", { manifest: SHOP }, async (page) => {
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "search");
  await page.locator("#graph").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.deepEqual(await drawn(page, ".cursor"), ["g0"]);
  assert.equal(await page.locator("#status").innerText(), "data, 1 workload");
  await page.keyboard.press("Enter");
  assert.deepEqual(await drawn(page, ".cursor"), ["n0"]);
  await page.keyboard.press("Enter");
  assert.equal(await heading(page), "data/postgres");
  // On to the connections of the workload, and to the lines of one of them.
  await page.keyboard.press("Tab");
  const reached = [];
  for (let steps = 0; steps < 8 && reached.at(-1) !== "from shop/web TCP 5432"; steps++) {
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate(() => document.activeElement.innerText));
  }
  await page.keyboard.press("Enter");
  assert.equal(await heading(page), "shop/web → data/postgres");
  await page.keyboard.press("Escape");
  assert.equal(await heading(page), "data/postgres");
  await page.locator("#graph").focus();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  assert.deepEqual(await drawn(page, "node"), ["g0", "g1", "g2"]);
});

pageTest("every control has a name", { manifest: SHOP }, async (page) => {
  for (const [role, names] of Object.entries({
    searchbox: ["Search", "Ports"],
    combobox: ["Highlight"],
    button: ["Unfold all", "Fold all", "Fit"],
    navigation: ["Namespaces and workloads"],
    complementary: ["Details"],
    application: ["Connections, drawn"],
  })) {
    for (const name of names) assert.equal(await page.getByRole(role, { name, exact: true }).count(), 1, `${role} ${name}`);
  }
});

const OPEN = SHOP.replace("{namespaceSelector: {matchLabels: {team: shop}}}", "{ipBlock: {cidr: 203.0.113.0/24}}").replace("name: web, namespace: shop}\nspec:\n  selector", "name: old, namespace: shop}\nspec:\n  selector");

test("a change is shown by colour, by line and by sign", async () => {
  const base = dirname(manifestFile(OPEN, "base/shop.yaml"));
  const head = dirname(manifestFile(SHOP, "head/shop.yaml"));
  const page = await open(browser, graph({ paths: [head], options: ["--diff", base] }));
  assert.match(await page.locator("#summary").innerText(), /^\d+ opened, \d+ closed, /);
  await page.getByRole("button", { name: "Unfold all" }).click();
  const style = (kind) => page.evaluate((kind) => {
    const edge = globalThis.netlint.cy.$(`edge.${kind}`).first();
    return [edge.style("line-style"), edge.style("line-color"), edge.data("label")[0]];
  }, kind);
  const [opened, closed] = [await style("opened"), await style("closed")];
  assert.deepEqual([opened[0], opened[2], closed[0], closed[2]], ["solid", "+", "dashed", "\u2212"]);
  assert.notEqual(opened[1], closed[1]);
  // Orange and blue differ for every kind of colour blindness: in blue, and in lightness against the ground.
  const blue = (colour) => Number(colour.match(/\d+/g)[2]);
  assert.ok(blue(closed[1]) - blue(opened[1]) > 100);
  assert.deepEqual(await drawn(page, "node.gone").then((ids) => ids.length), 1);
  assert.deepEqual(await drawn(page, "node.new").then((ids) => ids.length), 1);
  await page.getByRole("button", { name: /^shop\/web to data\/postgres/ }).click();
  assert.deepEqual(await details(page).locator("h3").allInnerTexts(), ["Before the change", "After the change"]);
  assert.ok(await details(page).locator("mark").count() > 0);
  // What did not change is there on request.
  const shown = (await drawn(page, "edge")).length;
  await page.getByRole("checkbox", { name: "Only what changed" }).uncheck();
  assert.ok((await drawn(page, "edge")).length >= shown);
  assert.deepEqual(page.seen, { requests: [], errors: [] });
  await page.close();
});

for (const colorScheme of ["light", "dark"]) {
  pageTest(`text can be read in ${colorScheme}`, demo, async (page) => {
    const colours = await page.evaluate(() => {
      const { color, backgroundColor } = getComputedStyle(document.body);
      const node = globalThis.netlint.cy.$(".node").first();
      return [[color, backgroundColor], [node.style("color"), node.style("background-color")]];
    });
    for (const [text, ground] of colours) {
      assert.ok(contrast(text, ground) >= 7, `${text} on ${ground}`);
      assert.equal(luminance(ground) < 0.2, colorScheme === "dark");
    }
  }, { colorScheme });
}

pageTest("the drawing follows when the system turns dark", demo, async (page) => {
  const ground = () => page.evaluate(() => globalThis.netlint.cy.$(".node").first().style("background-color"));
  const light = await ground();
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction((light) => globalThis.netlint.cy.$(".node").first().style("background-color") !== light, light);
  assert.ok(luminance(await ground()) < 0.2);
});

pageTest("nothing moves where motion is to be reduced", { manifest: SHOP }, async (page) => {
  const animated = await page.evaluate(() => {
    document.getElementById("unfold").click();
    return globalThis.netlint.cy.animated();
  });
  assert.equal(animated, false);
});

pageTest("it moves otherwise", { manifest: SHOP }, async (page) => {
  const animated = await page.evaluate(() => {
    document.getElementById("unfold").click();
    return globalThis.netlint.cy.animated();
  });
  assert.equal(animated, true);
}, { reducedMotion: "no-preference" });

function luminance(colour) {
  const [red, green, blue] = colour.match(/\d+/g).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (light + 0.05) / (dark + 0.05);
}
