// Every next step that Amplify 6 knows is one that some test of these reaches. The names are those of its own types, so a new
// version with a new step fails here first.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

const here = new URL("./", import.meta.url);
const types = new URL("node_modules/@aws-amplify/auth/dist/esm/types/models.d.ts", here);

/// The names of the steps of signing in and up, of attributes and of reset passwords.
function steps(source) {
  const members = [...source.matchAll(/(signInStep|signUpStep): '([A-Z_]+)'/g)].map(([, member, step]) => [member, step]);
  for (const [type, member] of [
    ["AuthUpdateAttributeStep", "updateAttributeStep"],
    ["AuthResetPasswordStep", "resetPasswordStep"],
  ]) {
    const [, union] = source.match(new RegExp(`export type ${type} =([^;]*);`));
    const named = union.replaceAll(/\/\*[^]*?\*\//g, "").matchAll(/'([A-Z_]+)'/g);
    members.push(...[...named].map(([, step]) => [member, step]));
  }
  return members;
}

test("each step of Amplify is reached by a test", async () => {
  const known = steps(await readFile(types, "utf8"));
  assert.ok(known.length >= 20, `${known.length} steps`);
  const files = (await readdir(here)).filter((name) => name.endsWith(".test.mjs") && !name.startsWith("amplify-steps"));
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, here), "utf8")));
  const amplify = sources.filter((source) => source.includes("aws-amplify/auth")).join("\n");
  const unreached = known.filter(([, step]) => !amplify.includes(`"${step}"`));
  assert.deepEqual(unreached, [], "no test expects these");
});
