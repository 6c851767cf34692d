// Handlers against AWS's own types, and what is sent against them: a handler of another shape, or an event of another
// shape, does not get past TypeScript.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = import.meta.dirname;
const compiler = join(here, "node_modules/typescript/bin/tsc");
const tsc = (project) =>
  run(process.execPath, [compiler, "--pretty", "false", "-p", project], { cwd: here }).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }) => stdout || stderr,
  );

test("the handlers of the suites and of the examples have AWS's types", async () => {
  assert.equal(await tsc("tsconfig.json"), "");
});

// What TypeScript says about each of these files.
async function complaints(files) {
  const folder = await mkdtemp(join(here, ".types-"));
  try {
    for (const [name, source] of Object.entries(files)) await writeFile(join(folder, `${name}.ts`), source);
    const project = join(folder, "tsconfig.json");
    const names = Object.keys(files).map((name) => `./${name}.ts`);
    await writeFile(project, JSON.stringify({ extends: "../tsconfig.json", files: names }));
    const said = (await tsc(project)).split("\n").filter((line) => line !== "");
    return Object.fromEntries(Object.keys(files).map((name) => [name, said.filter((line) => line.includes(`/${name}.ts(`))]));
  } finally {
    await rm(folder, { recursive: true });
  }
}

// The events, whole, as the snapshots of the server's own tests have them: one on a line.
const SENT = join(here, "../../it/triggers/table/snapshots");
// Cognito sends null where AWS's types leave the member out.
const NULLS = new Set(["validationData", "clientMetadata", "challengeMetadata", "preferredRole"]);
const without = (value) => {
  if (Array.isArray(value)) return value.map(without);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([name, member]) => member !== null || !NULLS.has(name));
  return Object.fromEntries(kept.map(([name, member]) => [name, without(member)]));
};

function typeOf(source) {
  const [kind] = source.split("_");
  if (kind !== "TokenGeneration") return `${kind}TriggerEvent`;
  // Version 3 of the event has version 2's shape; its type knows one source only.
  return source === "TokenGeneration_ClientCredentials" ? "PreTokenGenerationV3TriggerEvent" : "PreTokenGenerationV2TriggerEvent";
}

const HEAD = `import type * as aws from "aws-lambda";
type Sent<T> = T extends unknown ? Omit<T, "response"> & { response: object } : never;
`;
// AWS's types are older than EMAIL_OTP.
const older = (event) => JSON.parse(JSON.stringify(event).replaceAll('"challengeName":"EMAIL_OTP"', '"challengeName":"SMS_MFA"'));
// Its type has a password in every event; where one was forgotten there is none to send (developer guide).
const forgotten = ({ request, ...event }) => ({ ...event, request: { password: "", ...request } });
const checked = (event) => `(${JSON.stringify(older(event))}) satisfies Sent<aws.${typeOf(event.triggerSource)}>;\n`;
const handler = (line) =>
  `export const handler: import("aws-lambda").PreSignUpTriggerHandler = async (event) => {\n${line};\nreturn event;\n};\n`;

test("every event that the server sends has its type's shape, and no member beside it", async () => {
  const events = [];
  for (const file of await readdir(SENT)) {
    const lines = (await readFile(join(SENT, file), "utf8")).split("\n").filter((line) => line.startsWith("{"));
    events.push(...lines.map((line) => without(JSON.parse(line))));
  }
  const sources = new Set(events.map(({ triggerSource }) => triggerSource));
  assert.equal(sources.size, 39, [...sources].join(" "));
  const { userPoolId, ...missing } = events.find(({ triggerSource }) => triggerSource === "PreSignUp_SignUp");
  const good = { userPoolId, ...missing };
  const bad = {
    missing: HEAD + checked(missing),
    beside: HEAD + checked({ ...good, pool: userPoolId }),
    deeper: HEAD + checked({ ...good, request: { ...good.request, userNotFound: true } }),
    typed: HEAD + checked({ ...good, version: 1 }),
    reads: handler("event.request.nothing"),
    answers: handler('event.response.autoConfirmUser = "yes"'),
    source: handler('event.triggerSource === "PreSignUp_Nobody"'),
  };
  const said = await complaints({ good: HEAD + events.map((event) => checked(event.triggerSource === "UserMigration_ForgotPassword" ? forgotten(event) : event)).join(""), ...bad });
  assert.deepEqual(said.good, []);
  for (const name of Object.keys(bad)) assert.notDeepEqual(said[name], [], name);
});
