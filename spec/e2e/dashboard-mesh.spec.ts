import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { openTab, startBrowser } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { NucleusProcess } from '../support/nucleus-process.js';
import { endPrograms } from '../support/process.js';
import { Shop } from '../support/shop.js';

describe('the dashboard of a shop that runs', function () {
  this.timeout(90_000);
  let browser: Browser;
  let shop: Shop;
  let nucleus: NucleusProcess;
  let page: Page;
  before(async () => {
    browser = await startBrowser();
    shop = new Shop(['--rate', '20'], { ATOM_ENV: `shop-${randomUUID().slice(0, 8)}` });
    nucleus = new NucleusProcess(shop.env);
    const tab = await openTab(browser);
    page = tab.page;
    await page.goto(await nucleus.address());
  });
  after(async () => {
    await browser.close();
    await endPrograms();
    await nucleus.end();
    shop.remove();
  });

  const row = (service: string): Promise<string> =>
    page.locator('.services tbody tr', { hasText: service }).innerText();

  it('shows its services with real traffic, and who calls and hears whom', async () => {
    await eventually(
      async () => {
        expect(await row('@shop/stock')).to.match(/2 alive\s+[1-9][\d.]*\/s/);
        expect(await row('@shop/orders')).to.match(/1 alive\s+[1-9][\d.]*\/s\s+[\d.]+ %\s+[\d.]+ ms/);
      },
      { within: 20_000 },
    );
    await eventually(
      async () =>
        expect(await page.getByRole('application').getAttribute('aria-label')).to.match(
          /5 nodes, all well, [5-9] arrows/,
        ),
      { within: 10_000 },
    );
  });

  it('has a request that was sent from the form answered by the service', async () => {
    await page.getByRole('button', { name: '@shop/stock' }).first().click();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const area = page.getByRole('textbox', { name: /Data, JSON/ });
    const orderId = randomUUID();
    await area.fill(JSON.stringify({ orderId, sku: 'tea', quantity: 1 }));
    await page.getByRole('button', { name: 'Send request' }).click();
    await page.locator('.answer .chip').waitFor();
    const answer = await page.locator('.answer').innerText();
    expect(answer).to.match(/answered[^]*"amount": [\d.]+/);
    await area.fill(JSON.stringify({ orderId, sku: 'tea', quantity: -1 }));
    await page.getByRole('button', { name: 'Send request' }).click();
    await eventually(async () =>
      expect(await page.locator('.answer').innerText()).to.match(/INVALID_ARGUMENT[^]*quantity/),
    );
    await page.getByRole('button', { name: 'Instances' }).click();
  });

  it('turns an instance that is killed lost within 3 s', async () => {
    const { instance, pid } = await eventually(() => shop.stock('stock-2') ?? false);
    const line = page.locator(`[data-instance="${instance}"]`);
    expect(await line.innerText()).to.match(/alive/);
    process.kill(pid, 'SIGKILL');
    const killedAt = performance.now();
    await eventually(async () => expect(await line.innerText()).to.match(/\blost\b/), { within: 10_000 });
    expect(performance.now() - killedAt).to.be.below(3000);
    await eventually(async () => expect(await row('@shop/stock')).to.match(/1 lost, 1 alive/));
  });
});
