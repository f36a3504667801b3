/**
 * Takes the README's picture: the dashboard of the shop, running. `npm run picture` writes it where README.md shows
 * it from; to be looked at before it is committed.
 */
import { randomUUID } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTab, startBrowser } from './browser.js';
import { eventually } from './eventually.js';
import { indexedPng } from './indexed-png.js';
import { NucleusProcess } from './nucleus-process.js';
import { endPrograms } from './process.js';
import { Shop } from './shop.js';
import { ROOT } from './tree.js';

const PICTURE = join(ROOT, 'nucleus/dashboard/dashboard.png');
/** Long enough for the lines to say something, ms. */
const RUN = 75_000;
const WIDTH = 1280;
const HEIGHT = 800;

/** For the browser, which can read what it wrote: the pixels as a string of bytes. */
const pixelsOf = (png: string): string => `(async () => {
  const image = new Image();
  image.src = 'data:image/png;base64,${png}';
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: ${WIDTH}, height: ${HEIGHT} });
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, ${WIDTH}, ${HEIGHT});
  return Array.from({ length: ${HEIGHT} }, (_, y) =>
    String.fromCharCode(...data.subarray(4 * ${WIDTH} * y, 4 * ${WIDTH} * (y + 1)))).join('');
})()`;

const shop = new Shop(['--rate', '60'], { ATOM_ENV: 'shop' });
const nucleus = new NucleusProcess(shop.env);
const browser = await startBrowser();
try {
  const { page } = await openTab(browser, {
    colorScheme: 'light',
    reducedMotion: 'reduce',
    viewport: { width: WIDTH, height: HEIGHT },
  });
  await page.goto(await nucleus.address());
  const third = shop.addStock(`stock-${randomUUID().slice(0, 4)}`);
  const started = performance.now();
  await eventually(() => performance.now() - started > RUN - 5000, { within: RUN, every: 500 });
  third.signal('SIGKILL');
  await page
    .getByText(/1 lost/)
    .first()
    .waitFor();
  await eventually(() => performance.now() - started > RUN, { within: RUN, every: 500 });
  const taken = await page.screenshot();
  await page.goto('about:blank');
  const pixels = await page.evaluate<string>(pixelsOf(taken.toString('base64')));
  writeFileSync(PICTURE, indexedPng(Buffer.from(pixels, 'latin1'), WIDTH, HEIGHT));
  console.log(`${PICTURE}: ${Math.round(statSync(PICTURE).size / 1024)} KiB`);
} finally {
  await browser.close();
  await endPrograms();
  await nucleus.end();
  shop.remove();
}
