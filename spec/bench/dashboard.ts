/**
 * How long the page keeps the browser busy: `node dist/spec/bench/dashboard.js [seconds]` shows meshes of several sizes,
 * uses the page meanwhile, and prints the long tasks (over 50 ms) that the browser counted.
 */
import { startBrowser, openTab } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { FixtureMesh } from '../support/fixture-mesh.js';
import { FixtureServer } from '../support/fixture-server.js';

const SIZES = [
  { services: 5, instances: 6 },
  { services: 200, instances: 200 },
  { services: 200, instances: 1000 },
  { services: 1000, instances: 1000 },
];
const seconds = Number(process.argv[2] ?? 10);

const OBSERVE = `
  globalThis.tasks = [];
  new PerformanceObserver((list) => globalThis.tasks.push(...list.getEntries().map((entry) => entry.duration)))
    .observe({ type: 'longtask', buffered: true });
`;

const browser = await startBrowser();
console.log('services  instances  first table  long tasks  longest while loading  longest after  heap');
for (const { services, instances } of SIZES) {
  const server = new FixtureServer(new FixtureMesh(services, instances));
  await server.listen();
  const { page } = await openTab(browser);
  await page.addInitScript(OBSERVE);
  const began = performance.now();
  await page.goto(server.address);
  await page.locator('.services tbody tr').first().waitFor();
  const first = performance.now() - began;
  // Loading is over when the graph has been drawn and the mesh has come twice.
  await eventually(() => performance.now() - began > first + 1500);
  const loading = await page.evaluate<number[]>('globalThis.tasks.splice(0)');
  const end = performance.now() + 1000 * seconds;
  for (let turn = 0; performance.now() < end; turn++) {
    const [instance] = server.mesh.view().instances.slice(turn % instances);
    server.turn(instance!.id, turn % 2 === 0 ? 'slow' : 'alive', 'PING unanswered for 1.2 s');
    await page.getByRole('searchbox').fill(turn % 3 === 0 ? 'orders' : '');
    await page.locator('.services [data-row]').first().click();
    await page.keyboard.press('Escape');
    const next = performance.now() + 400;
    await eventually(() => performance.now() > next);
  }
  const after = await page.evaluate<number[]>('globalThis.tasks');
  const heap = await page.evaluate<number>('performance.memory.usedJSHeapSize');
  const cells = [
    `${services}`.padStart(8),
    `${instances}`.padStart(11),
    `${Math.round(first)} ms`.padStart(13),
    `${loading.length + after.length}`.padStart(12),
    `${Math.round(Math.max(0, ...loading))} ms`.padStart(23),
    `${Math.round(Math.max(0, ...after))} ms`.padStart(15),
    `${Math.round(heap / 2 ** 20)} MB`.padStart(6),
  ];
  console.log(cells.join(''));
  await page.context().close();
  await server.close();
}
await browser.close();
