/**
 * How long the page keeps the browser busy: `node dist/spec/bench/dashboard.js [seconds]` shows meshes of several sizes,
 * uses the page meanwhile, and prints the longest tasks: as the browser counts them (`longtask`, by the clock on the
 * wall) and by the processor's time alone, which says the same on a machine that is busy with something else.
 */
import type { Page } from 'playwright-core';
import { openTab, startBrowser } from '../support/browser.js';
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
/** When loading is over: the graph has been drawn and the mesh has come a few times, ms. */
const LOADED = 2500;

const OBSERVE = `
  globalThis.tasks = [];
  new PerformanceObserver((list) => globalThis.tasks.push(...list.getEntries().map((entry) => entry.duration)))
    .observe({ type: 'longtask', buffered: true });
`;

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** The longest task of the page's thread in the processor's time, ms. */
function longestCpu(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: readonly TraceEvent[] };
  const thread = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const main = new Set(traceEvents.filter(({ args }) => args.name === 'CrRendererMain').map(thread));
  return traceEvents
    .filter((event) => event.name === 'RunTask' && main.has(thread(event)))
    .reduce((longest, { tdur = 0 }) => Math.max(longest, tdur / 1000), 0);
}

/** What somebody does who looks for something, for some seconds, while instances change. */
async function use(page: Page, server: FixtureServer): Promise<void> {
  const ids = server.mesh.view().instances.map(({ id }) => id);
  const end = performance.now() + 1000 * seconds;
  for (let turn = 0; performance.now() < end; turn++) {
    server.turn(ids[turn % ids.length]!, turn % 2 === 0 ? 'slow' : 'alive', 'PING unanswered for 1.2 s');
    await page.getByRole('searchbox').fill(turn % 3 === 0 ? 'orders' : '');
    await page.locator('.services [data-row]').first().click();
    await page.keyboard.press('Escape');
    const next = performance.now() + 400;
    await eventually(() => performance.now() > next);
  }
}

const whole = (value: number): string => `${Math.round(value)} ms`;
const COLUMNS = ['services', 'instances', 'first table', 'long tasks', 'longest', 'longest, cpu', 'heap'];
const line = (cells: readonly (string | number)[]): string =>
  cells.map((cell, n) => String(cell).padStart((COLUMNS[n]?.length ?? 0) + 3)).join('');

const browser = await startBrowser();
console.log(line(COLUMNS));
for (const { services, instances } of SIZES) {
  const server = new FixtureServer(new FixtureMesh(services, instances));
  await server.listen();
  const { page } = await openTab(browser);
  await page.addInitScript(OBSERVE);
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', 'toplevel'] });
  const began = performance.now();
  await page.goto(server.address);
  await page.locator('.services tbody tr').first().waitFor();
  const first = performance.now() - began;
  await eventually(() => performance.now() - began > first + LOADED, { within: LOADED + 1000 });
  await use(page, server);
  const cpu = longestCpu(await browser.stopTracing());
  const tasks = await page.evaluate<number[]>('globalThis.tasks');
  const heap = await page.evaluate<number>('performance.memory.usedJSHeapSize');
  console.log(
    line([
      services,
      instances,
      whole(first),
      tasks.length,
      whole(Math.max(0, ...tasks)),
      whole(cpu),
      `${Math.round(heap / 2 ** 20)} MB`,
    ]),
  );
  await page.context().close();
  await server.close();
}
await browser.close();
