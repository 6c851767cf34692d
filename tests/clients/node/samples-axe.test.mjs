// axe-core finds nothing on any page in any state, in light and in dark.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AXE, LOOKS, RULES } from "./browser.mjs";
import { all, open } from "./samples.mjs";

open();

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
