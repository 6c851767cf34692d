// examples/triggers as a newcomer runs it: a copy of the folder, the three commands of its README, nothing installed.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

const root = join(import.meta.dirname, "../../..");
const bin = process.env.POOLHOUSE_BIN ?? "poolhouse";

let home;
const begun = [];
before(async () => {
  home = await mkdtemp(join(tmpdir(), "poolhouse-examples-"));
  await cp(join(root, "examples"), join(home, "examples"), { recursive: true });
});
after(async () => {
  for (const child of begun) {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  await rm(home, { recursive: true });
});

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

// A terminal: what is typed, and all that is shown.
function terminal(command, args, env) {
  const child = spawn(command, args, { cwd: home, env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  begun.push(child);
  const seen = { text: "", child };
  const waiting = new Set();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      seen.text += chunk;
      for (const look of waiting) look();
    });
  }
  child.on("exit", () => {
    for (const look of waiting) look();
  });
  seen.shows = (pattern) =>
    new Promise((found, missed) => {
      const look = () => {
        const match = pattern.exec(seen.text);
        if (!match && child.exitCode === null) return;
        waiting.delete(look);
        if (match) found(match);
        else missed(new Error(`${command} ended without ${pattern}:\n${seen.text}`));
      };
      waiting.add(look);
      look();
    });
  return seen;
}

test("the commands of the README sign somebody up and in by a link", async () => {
  const readme = await readFile(join(home, "examples/triggers/README.md"), "utf8");
  const block = /```sh\n([^`]*)```/.exec(readme)[1];
  const commands = block.trim().split("\n").map((line) => line.split("#")[0].trim().split(" "));
  assert.deepEqual(
    commands.map(([program]) => program),
    ["poolhouse", "node", "node"],
  );
  const [serve, host, attempt] = commands;
  // The ports of the README may be taken on this machine.
  const functions = await freePort();
  const moved = serve.slice(1).map((part) => part.replace(":3001", `:${functions}`));
  assert.ok(moved.some((part) => part.endsWith(`:${functions}`)));
  const server = terminal(bin, [...moved, "--ephemeral", "--port", "0"], {});
  const [, url] = await server.shows(/(http:\/\/localhost:\d+)/);
  const env = { PORT: String(functions), POOLHOUSE_URL: url };
  const hosting = terminal(process.execPath, host.slice(1), env);
  await hosting.shows(/functions on/);
  const trying = terminal(process.execPath, attempt.slice(1), env);
  await trying.shows(/groups: members/);
  const [, link] = await hosting.shows(/to ada@example\.com: (\S+)/);
  await trying.shows(/Paste it/);
  trying.child.stdin.end(`${link}\n`);
  await trying.shows(/signed in: ada@example\.com/);
  // What the README says can be looked at.
  const { calls } = await (await fetch(`${url}/_poolhouse/triggers`)).json();
  const sources = calls.map(({ event }) => event.triggerSource).reverse();
  assert.deepEqual(sources, [
    "PostConfirmation_ConfirmSignUp",
    "DefineAuthChallenge_Authentication",
    "CreateAuthChallenge_Authentication",
    "VerifyAuthChallengeResponse_Authentication",
    "DefineAuthChallenge_Authentication",
  ]);
});
