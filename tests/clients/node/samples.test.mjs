// Every page in every state, from the one table that the preview of a look serves (src/web/samples): axe-core finds nothing
// in light and in dark, no page weighs much or asks anybody else for anything, none scrolls sideways at 400 % zoom in any
// language, right to left is the mirror of left to right, a keyboard reaches everything, and the layout is the one in
// layouts/*.txt (UPDATE=1 writes it anew; tests/out/ gets the pictures).
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { CreateManagedLoginBrandingCommand, DescribeUserPoolCommand, UpdateUserPoolDomainCommand } from "@aws-sdk/client-cognito-identity-provider";
import { AXE, LOOKS, OUT, RULES, application, launch } from "./browser.mjs";
import { idp, newPool, newWebClient, url } from "./world.mjs";

const LANGUAGES = ["en", "de", "es", "fr", "id", "it", "ja", "ko", "pt-BR", "zh-CN", "zh-TW"];
/// What a page may weigh, without what it shares with all others.
const MOST_BYTES = 30 * 1024;

let browser, app, home, names;

before(async () => {
  browser = await launch();
  app = await application();
  const pool = await newPool();
  const { ClientId } = await newWebClient(pool, app.callback);
  const { Domain } = (await idp.send(new DescribeUserPoolCommand({ UserPoolId: pool }))).UserPool;
  await idp.send(new UpdateUserPoolDomainCommand({ UserPoolId: pool, Domain, ManagedLoginVersion: 2 }));
  await idp.send(new CreateManagedLoginBrandingCommand({ UserPoolId: pool, ClientId, UseCognitoProvidedValues: true }));
  home = `${url}/_poolhouse/branding/${ClientId}`;
  const overview = await (await fetch(home)).text();
  names = [...new Set([...overview.matchAll(/\?page=([a-z_]+)/g)].map(([, name]) => name))];
  assert.ok(names.length > 60, `${names.length} samples`);
});

after(async () => {
  await browser?.close();
  app?.close();
});

const at = (name, lang = "en") => `${home}/pages/${name}?lang=${lang}`;
const isHosted = (name) => !/^(mailbox|message|preview)/.test(name);

/// Shows every sample to `look`, in one page of these options.
async function all(options, look, wanted = () => true) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  for (const name of names.filter(wanted)) {
    await page.goto(at(name));
    await look(page, name);
  }
  await context.close();
}

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing on any page, ${colorScheme}`, async () => {
    const looks = { light: LOOKS["desktop-light"], dark: LOOKS["phone-dark"] };
    await all(looks[colorScheme], async (page, name) => {
      await page.evaluate(AXE);
      const found = await page.evaluate((values) => axe.run(document, { runOnly: { type: "tag", values }, iframes: false }), RULES);
      const faults = found.violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
      assert.deepEqual(faults, [], name);
      assert.ok(found.passes.length > 10, `${name}: axe looked at the page`);
    });
  });
}

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

test("no page scrolls sideways at 400 % zoom, in any language", async () => {
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
      const facts = inRow ? [] : [`+${round(box.top - above)}`, round(box.left - around.left), round(box.width)];
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
