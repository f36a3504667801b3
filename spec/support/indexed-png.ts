import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 256;

/** Pixels (RGBA, opaque) as a PNG of at most 256 colours: half the size of what a browser writes, and alike to the eye. */
export function indexedPng(pixels: Uint8Array, width: number, height: number): Buffer {
  const counts = new Map<number, number>();
  const colourAt = (n: number): number =>
    (pixels[4 * n]! << 16) | (pixels[4 * n + 1]! << 8) | pixels[4 * n + 2]!;
  for (let n = 0; n < width * height; n++) counts.set(colourAt(n), (counts.get(colourAt(n)) ?? 0) + 1);
  const palette = paletteOf(counts);
  const indices = new Map([...counts.keys()].map((colour) => [colour, nearest(colour, palette)]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = indices.get(colourAt(y * width + x))!;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8); // 8 bits, by palette
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The colours that stand for most: a colour that is close to one that is taken counts less. */
function paletteOf(counts: ReadonlyMap<number, number>): number[] {
  const left = [...counts].sort(([, a], [, b]) => b - a);
  const palette = left.splice(0, COLOURS / 2).map(([colour]) => colour);
  const wanted = (colour: number, count: number): number =>
    count * distance(colour, palette[nearest(colour, palette)]!);
  const rest = left.map(([colour, count]) => ({ colour, need: wanted(colour, count) }));
  rest.sort((a, b) => b.need - a.need);
  return [...palette, ...rest.slice(0, COLOURS / 2).map(({ colour }) => colour)];
}

function nearest(colour: number, palette: readonly number[]): number {
  let best = 0;
  for (let n = 1; n < palette.length; n++) {
    if (distance(colour, palette[n]!) < distance(colour, palette[best]!)) best = n;
  }
  return best;
}

function distance(a: number, b: number): number {
  const red = (a >> 16) - (b >> 16);
  const green = ((a >> 8) & 255) - ((b >> 8) & 255);
  const blue = (a & 255) - (b & 255);
  return red * red + green * green + blue * blue;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
