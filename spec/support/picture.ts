/**
 * Takes the README's picture: the dashboard of the shop, running. `npm run picture` writes it where README.md shows
 * it from; to be looked at before it is committed.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openTab, startBrowser } from './browser.js';
import { eventually } from './eventually.js';
import { NucleusProcess } from './nucleus-process.js';
import { endPrograms } from './process.js';
import { Shop } from './shop.js';
import { ROOT } from './tree.js';

const PICTURE = join(ROOT, 'nucleus/dashboard/dashboard.png');
/** Long enough for the lines to say something, ms. */
const RUN = 75_000;

const shop = new Shop(['--rate', '60'], { ATOM_ENV: 'shop' });
const nucleus = new NucleusProcess(shop.env);
const browser = await startBrowser();
try {
  const { page } = await openTab(browser, { colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto(await nucleus.address());
  const third = shop.addStock(`stock-${randomUUID().slice(0, 4)}`);
  const started = performance.now();
  await eventually(() => performance.now() - started > RUN - 5000, { within: RUN, every: 500 });
  third.signal('SIGKILL');
  await page
    .getByText(/1 lost/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Arrange' }).click();
  await eventually(() => performance.now() - started > RUN, { within: RUN, every: 500 });
  mkdirSync(dirname(PICTURE), { recursive: true });
  await page.screenshot({ path: PICTURE });
  console.log(`${PICTURE}: ${Math.round(statSync(PICTURE).size / 1024)} KiB`);
} finally {
  await browser.close();
  await endPrograms();
  await nucleus.end();
  shop.remove();
}
