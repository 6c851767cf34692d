// Every page in every state is laid out as layouts/*.txt says (UPDATE=1 writes them anew; tests/out/ gets the pictures), and
// right to left is the mirror of left to right.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { LOOKS, OUT } from "./browser.mjs";
import { all, isHosted, open } from "./samples.mjs";

open();

/// Blocks of a page: where they begin and end in their line. Runs of text are left out, for they keep their direction.
const blocks = (page) =>
  page.evaluate(() => {
    const wanted = "main, .banner, h1, .field, .field input, .btn, .message, .message-icon, .password-rules li, .graphic, .choices, .logo";
    return [...document.querySelectorAll(wanted)]
      .filter((element) => element.checkVisibility())
      .map((element) => {
        const { left, right } = element.getBoundingClientRect();
        return [element.className?.baseVal ?? element.className, left, right];
      });
  });

test("right to left is the mirror of left to right", async () => {
  await all(LOOKS["desktop-light"], async (page, name) => {
    const plain = await blocks(page);
    await page.evaluate(() => { document.documentElement.dir = "rtl"; });
    const mirrored = await blocks(page);
    const width = await page.evaluate(() => document.documentElement.clientWidth);
    for (const [n, [what, left, right]] of plain.entries()) {
      const [, otherLeft, otherRight] = mirrored[n];
      const off = Math.abs(width - right - otherLeft) + Math.abs(width - left - otherRight);
      assert.ok(off < 2, `${name}: ${what} is ${off} off`);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    assert.ok(!wide, `${name} scrolls sideways`);
  }, isHosted);
});

/// Where the blocks of a page are and what colours they have: all that does not depend on the fonts of a machine. A line is
/// indent, element, distance to the one above, left edge and width within what is around, and colours where they change.
const layout = (page) =>
  page.evaluate(() => {
    const lines = [];
    const round = (number) => Math.round(number);
    const walk = (element, depth, around, above, inherited) => {
      if (!element.checkVisibility()) return above;
      const style = getComputedStyle(element);
      const inline = style.display.startsWith("inline") && !element.matches(".btn, input");
      if (inline || element.closest("svg") || element.tagName === "OPTION") return above;
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) return above;
      const name = [element.tagName.toLowerCase(), ...[...element.classList].slice(0, 2)].join(".");
      const inRow = getComputedStyle(element.parentElement).display === "flex" && getComputedStyle(element.parentElement).flexDirection === "row";
      // A span is as wide as its text.
      const facts = inRow || element.tagName === "SPAN" ? [] : [`+${round(box.top - above)}`, round(box.left - around.left), round(box.width)];
      const colours = [["on", style.backgroundColor, "rgba(0, 0, 0, 0)"], ["in", style.color, inherited]];
      for (const [word, colour, usual] of colours) if (colour !== usual) facts.push(`${word} ${colour.replaceAll(" ", "")}`);
      lines.push(`${" ".repeat(depth)}${name} ${facts.join(" ")}`);
      let last = box.top;
      for (const child of element.children) last = walk(child, depth + 1, box, last, style.color);
      return box.bottom;
    };
    const root = document.documentElement.getBoundingClientRect();
    const main = document.querySelector("main");
    walk(main, 0, root, main.getBoundingClientRect().top, "");
    return lines;
  });

for (const name of ["phone-light", "desktop-dark"]) {
  test(`every page is laid out as it was: ${name}`, async () => {
    const file = new URL(`layouts/${name}.txt`, import.meta.url);
    const found = [];
    await all(LOOKS[name], async (page, sample) => {
      found.push(`# ${sample}`, ...(await layout(page)));
      await page.screenshot({ path: `${OUT}sample-${name}-${sample}.png`, fullPage: true });
    }, isHosted);
    if (process.env.UPDATE) writeFileSync(file, `${found.join("\n")}\n`);
    const kept = readFileSync(file, "utf8").trimEnd().split("\n");
    // Told by page, for a diff of everything is nothing to read.
    const pages = (lines) => Object.fromEntries(lines.join("\n").split(/^# /m).slice(1).map((page) => page.split(/\n(.*)/s)));
    const [now, then] = [pages(found), pages(kept)];
    assert.deepEqual(Object.keys(now), Object.keys(then));
    for (const sample of Object.keys(now)) assert.equal(now[sample]?.trim(), then[sample]?.trim(), sample);
  });
}
