// Chromium as the tests of the pages use it, the application that people come back to, and what axe-core looks for.
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

/// Where pictures go.
export const OUT = fileURLToPath(new URL("../../out/", import.meta.url));

const desktop = { viewport: { width: 1280, height: 800 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/// What the pages are looked at with.
export const LOOKS = {
  "desktop-light": { ...desktop, colorScheme: "light" },
  "desktop-dark": { ...desktop, colorScheme: "dark" },
  "phone-light": { ...phone, colorScheme: "light" },
  "phone-dark": { ...phone, colorScheme: "dark" },
};

/// The script of axe-core, and the rules that it holds the pages against.
export const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export function launch(options = {}) {
  mkdirSync(OUT, { recursive: true });
  return chromium.launch({
    executablePath: process.env.RIG_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking", "--disable-quic"],
    ...options,
  });
}

/// The application that people come back to, at `callback`.
export async function application() {
  const server = createServer((request, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end("<!doctype html><title>The application</title><h1>Welcome back</h1>");
  });
  await new Promise((done) => server.listen(0, "localhost", done));
  return { callback: `http://localhost:${server.address().port}/callback`, close: () => server.close() };
}
