// A font whose letters are boxes, made here: pictures of pages in it are the same wherever they are taken, whatever fonts a
// machine has, and lines break where they do everywhere. Source: the OpenType specification, "The OpenType Font File".

/// Characters that have a box of their own: [first, last].
const RANGES = [[0x20, 0x7e], [0xa0, 0xff], [0x2010, 0x2027]];
const EM = 1000;
const [ASCENT, DESCENT] = [900, -250];
/// As wide as letters are in the middle.
const WIDTH = 540;

const u16 = (...values) => Buffer.concat(values.map((value) => Buffer.from([(value >> 8) & 0xff, value & 0xff])));
const u32 = (...values) => Buffer.concat(values.map((value) => u16(value >>> 16, value & 0xffff)));
const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);

/// How high a character is drawn; blanks are not.
function height(character) {
  if (/\s/.test(character)) return 0;
  if (/[.,:;'’‘"-]/.test(character)) return 140;
  return /[acegmnopqrsuvwxyz]/.test(character) ? 500 : 700;
}

function glyph(high) {
  if (high === 0) return Buffer.alloc(0);
  const [left, right] = [60, WIDTH - 60];
  const points = { x: [left, right - left, 0, left - right], y: [0, 0, high, 0] };
  return padded(Buffer.concat([u16(1, left, 0, right, high, 3, 0), Buffer.from([1, 1, 1, 1]), u16(...points.x, ...points.y)]));
}

/// The font as a file.
export function boxes() {
  const characters = RANGES.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, n) => String.fromCodePoint(first + n)));
  const glyphs = [glyph(700), ...characters.map((character) => glyph(height(character)))];
  const offsets = glyphs.reduce((all, bytes) => [...all, all.at(-1) + bytes.length], [0]);
  let next = 1;
  const groups = RANGES.map(([first, last]) => {
    const start = next;
    next += last - first + 1;
    return u32(first, last, start);
  });
  const tables = {
    "OS/2": Buffer.concat([
      u16(4, WIDTH, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 300, 0), Buffer.alloc(10), u32(3, 0, 0, 0), Buffer.from("none"),
      u16(0x40, RANGES[0][0], RANGES.at(-1)[1], ASCENT, DESCENT, 0, ASCENT, -DESCENT), u32(1, 0), u16(500, 700, 0, 32, 1),
    ]),
    cmap: Buffer.concat([u16(0, 1, 3, 10), u32(12), u16(12, 0), u32(16 + 12 * groups.length, 0, groups.length), ...groups]),
    glyf: Buffer.concat(glyphs),
    head: Buffer.concat([u32(0x10000, 0x10000, 0, 0x5f0f3cf5), u16(0, EM), Buffer.alloc(16), u16(0, DESCENT, WIDTH, ASCENT, 0, 8, 2, 1, 0)]),
    hhea: Buffer.concat([u32(0x10000), u16(ASCENT, DESCENT, 0, WIDTH, 0, 0, WIDTH, 1, 0, 0, 0, 0, 0, 0, 0, glyphs.length)]),
    hmtx: Buffer.concat(glyphs.map(() => u16(WIDTH, 60))),
    loca: u32(...offsets),
    maxp: Buffer.concat([u32(0x10000), u16(glyphs.length, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0)]),
    name: u16(0, 0, 6),
    post: Buffer.concat([u32(0x30000, 0), u16(-75, 50), u32(0, 0, 0, 0, 0)]),
  };
  const names = Object.keys(tables).sort();
  let at = 12 + 16 * names.length;
  const directory = names.map((name) => {
    const entry = Buffer.concat([Buffer.from(name), u32(0, at, tables[name].length)]);
    at += padded(tables[name]).length;
    return entry;
  });
  return Buffer.concat([u32(0x10000), u16(names.length, 128, 3, names.length * 16 - 128), ...directory, ...names.map((name) => padded(tables[name]))]);
}

/// Shows a page in boxes; the context needs `bypassCSP`.
export async function inBoxes(page) {
  await page.addStyleTag({ content: "* { font-family: Boxes !important; font-synthesis: none !important; letter-spacing: 0 !important; } iframe { visibility: hidden; }" });
  await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const font = await new FontFace("Boxes", bytes.buffer).load();
    document.fonts.add(font);
    await document.fonts.ready;
  }, FONT);
}

const FONT = boxes().toString("base64");
