// Every page in every state looks as pictures/*.txt keep it, on a phone and at a desk, light and dark (UPDATE=1 keeps anew what
// looks otherwise; SAMPLES=… looks at those alone whose names fit). What is kept of a picture is the mean colour of each of its
// cells, taken with a font of boxes (boxes.mjs): all that a change of the look changes, and nothing that differs from machine to
// machine. Where one does, tests/out/ gets the picture as people see it, the one that was compared, and what was kept of the one
// before.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { inBoxes } from "./boxes.mjs";
import { LOOKS, OUT } from "./browser.mjs";
import { at, browser, names, open } from "./samples.mjs";

open();

/// The size of a cell, in CSS pixels: as many as go into the width of the screen.
const CELL = { phone: 15, desktop: 20 };
/// Colours are kept in steps of this many of 256.
const STEP = 8;
/// By how much the colour of a cell may differ, of 256; and how many of a picture's cells may by more.
const NEAR = 14;
const FEW = 0.001;

const WANTED = new RegExp(process.env.SAMPLES ?? "");
const cellOf = (look) => CELL[look.split("-")[0]];

/// What is done with pictures, in a page of its own: the server has no way to read them, and Chromium does.
async function darkroom() {
  const page = await browser.newPage();
  await page.evaluate(() => {
    const canvas = (width, height) => Object.assign(document.createElement("canvas"), { width, height });
    globalThis.cells = async (png, size) => {
      const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
      const [columns, rows] = [Math.ceil(image.width / size), Math.ceil(image.height / size)];
      const context = canvas(image.width, image.height).getContext("2d", { willReadFrequently: true });
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      const sums = new Float64Array(columns * rows * 4);
      for (let y = 0; y < image.height; y++) {
        for (let x = 0; x < image.width; x++) {
          const [from, to] = [(y * image.width + x) * 4, (Math.floor(y / size) * columns + Math.floor(x / size)) * 4];
          for (let n = 0; n < 3; n++) sums[to + n] += data[from + n];
          sums[to + 3] += 1;
        }
      }
      const means = [];
      for (let n = 0; n < sums.length; n += 4) for (let c = 0; c < 3; c++) means.push(Math.round(sums[n + c] / sums[n + 3]));
      return { columns, rows, means };
    };
    globalThis.mosaic = ({ columns, means }, size) => {
      const drawn = canvas(columns * size, (means.length / 3 / columns) * size);
      const context = drawn.getContext("2d");
      for (let n = 0; n < means.length / 3; n++) {
        context.fillStyle = `rgb(${means.slice(n * 3, n * 3 + 3)})`;
        context.fillRect((n % columns) * size, Math.floor(n / columns) * size, size, size);
      }
      return drawn.toDataURL("image/png").split(",")[1];
    };
  });
  return {
    cells: (png, size) => page.evaluate(([bytes, cell]) => cells(bytes, cell), [png.toString("base64"), size]),
    mosaic: async (picture, size) => Buffer.from(await page.evaluate(([kept, cell]) => mosaic(kept, cell), [picture, size]), "base64"),
    close: () => page.close(),
  };
}

/// A picture as a line: its name, its columns, its cells.
const line = (name, { columns, means }) => {
  const steps = Buffer.from(means.map((mean) => Math.round(mean / STEP)));
  return `${name} ${columns} ${deflateRawSync(steps, { level: 9 }).toString("base64")}`;
};

function read(file) {
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, "utf8").split("\n").filter((text) => text && !text.startsWith("#"));
  return new Map(lines.map((text) => {
    const [name, columns, cells] = text.split(" ");
    const means = [...inflateRawSync(Buffer.from(cells, "base64"))].map((step) => step * STEP);
    return [name, { columns: Number(columns), means, text }];
  }));
}

/// How a picture differs from what was kept of it; nothing if it does not.
function difference(now, then) {
  if (!then) return "it is new";
  if (now.columns !== then.columns || now.means.length !== then.means.length) {
    const rows = ({ columns, means }) => means.length / 3 / columns;
    return `${rows(now)} rows of cells, and not ${rows(then)}`;
  }
  let others = 0;
  for (let n = 0; n < now.means.length; n += 3) {
    const off = [0, 1, 2].map((c) => Math.abs(now.means[n + c] - then.means[n + c]));
    if (Math.max(...off) > NEAR) others += 1;
  }
  const share = others / (now.means.length / 3);
  return share > FEW ? `${others} of its ${now.means.length / 3} cells have another colour` : undefined;
}

const PICTURE = { fullPage: true, animations: "disabled", caret: "hide", scale: "css" };

/// A page of this look as it comes: scripts look at the browser.
async function still(look) {
  const context = await browser.newContext({ ...LOOKS[look], bypassCSP: true, reducedMotion: "reduce" });
  await context.route(/\.js$/, (route) => route.abort());
  return { page: await context.newPage(), close: () => context.close() };
}

test("a picture tells small changes, and nothing where nothing changed", async () => {
  const look = "phone-light";
  const [{ page, close }, room] = [await still(look), await darkroom()];
  const taken = async (change) => {
    await page.goto(at("sign_in"));
    await inBoxes(page);
    await page.addStyleTag({ content: change });
    return room.cells(await page.screenshot(PICTURE), cellOf(look));
  };
  const usual = await taken("main {}");
  assert.equal(difference(await taken("main {}"), usual), undefined);
  for (const change of [
    ".btn-primary { background: #0e7460 }",
    ".card { padding-top: 1.9rem }",
    ".aside { display: none }",
    "h1 { font-size: 1.25rem }",
    ".form-control { border-width: 3px }",
    ".field label { color: #777 }",
  ]) assert.ok(difference(await taken(change), usual), change);
  await close();
  await room.close();
});

for (const look of Object.keys(LOOKS)) {
  test(`every page looks as it did: ${look}`, async () => {
    const file = new URL(`pictures/${look}.txt`, import.meta.url);
    const kept = read(file);
    const { page, close } = await still(look);
    const room = await darkroom();
    const lines = [];
    const otherwise = [];
    for (const name of names) {
      if (!WANTED.test(name)) {
        if (kept.has(name)) lines.push(kept.get(name).text);
        continue;
      }
      await page.goto(at(name));
      await inBoxes(page);
      const png = await page.screenshot(PICTURE);
      const picture = await room.cells(png, cellOf(look));
      const then = kept.get(name);
      const differs = difference(picture, then);
      // What looks the same is not kept anew: its line stays as it is.
      lines.push(differs ? line(name, picture) : then.text);
      if (!differs) continue;
      otherwise.push(`${name}: ${differs}`);
      if (process.env.UPDATE) continue;
      const beside = `${OUT}picture-${look}-${name}`;
      writeFileSync(`${beside}.compared.png`, png);
      if (then) writeFileSync(`${beside}.kept.png`, await room.mosaic(then, cellOf(look)));
      await page.goto(at(name));
      await page.screenshot({ ...PICTURE, path: `${beside}.png` });
    }
    await room.close();
    await close();
    if (process.env.UPDATE) {
      writeFileSync(file, `# Mean colours of cells; see samples-picture.test.mjs.\n${lines.join("\n")}\n`);
      return;
    }
    for (const name of kept.keys()) if (!names.includes(name)) otherwise.push(`${name}: it is gone`);
    assert.deepEqual(otherwise, [], `the pictures are in ${OUT}`);
  });
}
