// Every page in every state, for everybody: it weighs little and asks nobody else for anything, does not scroll sideways at
// 400 % zoom, and a keyboard reaches everything.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LOOKS } from "./browser.mjs";
import { all, at, browser, isHosted, names, open } from "./samples.mjs";
import { url } from "./world.mjs";

/// Those with the longest words.
const LANGUAGES = ["en", "de", "fr", "id", "pt-BR"];
/// What a page may weigh, without what it shares with all others.
const MOST_BYTES = 30 * 1024;

open();

test("every page is light and asks nobody else for anything", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const requests = [];
  page.on("request", (request) => requests.push([request.resourceType(), request.url()]));
  const own = new URL(url).host;
  for (const name of names.filter(isHosted)) {
    requests.length = 0;
    const answer = await page.goto(at(name, "de"));
    const size = (await answer.body()).length;
    assert.ok(size < MOST_BYTES, `${name}: ${size} bytes`);
    const asked = requests.filter(([, target]) => !target.startsWith("data:"));
    const foreign = asked.filter(([, target]) => new URL(target).host !== own);
    assert.deepEqual(foreign, [], name);
    const sheets = asked.filter(([kind]) => kind === "stylesheet");
    assert.ok(sheets.length <= 1, name);
  }
  await context.close();
});

test("no page scrolls sideways at 400 % zoom, in wordy languages", async () => {
  // 1280 by 1024 at 400 %.
  const context = await browser.newContext({ viewport: { width: 320, height: 256 } });
  const page = await context.newPage();
  const sideways = [];
  for (const name of names.filter((name) => !name.startsWith("preview"))) {
    for (const lang of isHosted(name) ? LANGUAGES : ["en"]) {
      await page.goto(at(name, lang));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > 320) sideways.push(`${name} in ${lang}: ${wide}`);
    }
  }
  await context.close();
  assert.deepEqual(sideways, []);
});

test("a keyboard reaches everything on every page, in its order, and shows where it is", async () => {
  await all(LOOKS["desktop-light"], async (page, name) => {
    const expected = await page.evaluate(() => {
      document.activeElement?.blur();
      const found = [...document.querySelectorAll("a[href], button, input, select, textarea")];
      const reachable = found.filter((element) => element.type !== "hidden" && !element.disabled && element.checkVisibility());
      reachable.forEach((element, n) => { element.dataset.stop = n; });
      window.getSelection().removeAllRanges();
      document.body.prepend(Object.assign(document.createElement("button"), { id: "start" }));
      document.getElementById("start").focus();
      return reachable.length;
    });
    const stops = [];
    for (let presses = 0; presses < expected; presses++) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
        return [document.activeElement.dataset.stop, outlineStyle !== "none" && outlineWidth !== "0px"];
      });
      // The parts of a date are stops of their own.
      if (stops.at(-1)?.[0] === stop[0]) presses--;
      else stops.push(stop);
      if (stop[0] === undefined) break;
    }
    assert.deepEqual(stops, Array.from({ length: expected }, (_, n) => [String(n), true]), name);
  }, isHosted);
});
