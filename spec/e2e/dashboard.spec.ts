import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { openTab, seriousFindings, startBrowser, type Tab } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { FixtureMesh } from '../support/fixture-mesh.js';
import { FixtureServer } from '../support/fixture-server.js';

describe('the dashboard', function () {
  this.timeout(60_000);
  let browser: Browser;
  let server: FixtureServer;
  let tab: Tab;
  let page: Page;
  before(async () => (browser = await startBrowser()));
  after(() => browser.close());
  beforeEach(async () => {
    server = new FixtureServer(new FixtureMesh(5));
    await server.listen();
    tab = await openTab(browser);
    ({ page } = tab);
  });
  afterEach(async () => {
    await page.context().close();
    await server.close();
  });

  const text = (selector: string): Promise<string> => page.locator(selector).first().innerText();
  const rows = (): Promise<string[]> => page.locator('.services tbody tr[aria-rowindex]').allInnerTexts();
  const inPage = (expression: string): Promise<unknown> => page.evaluate(expression);
  /** Opens the page with the token, then at `route`. */
  async function open(route = ''): Promise<void> {
    await page.goto(server.address);
    if (route !== '') await page.goto(`${server.url}/${route}`);
    await page.locator('.services tbody tr').first().waitFor();
  }

  it('says what runs, how it is and how much it does', async () => {
    await open();
    expect((await rows()).map((row) => row.split(/\s/)[0])).to.deep.equal([
      '@shop/notifications',
      '@shop/orders',
      '@shop/payments',
      '@shop/stock',
    ]);
    for (const row of await rows()) expect(row).to.match(/\d alive\s+[\d.]+\/s\s+[<\d.]+ %\s+[\d.]+ ms/);
    expect(await text('.facts')).to.match(/fixture.*own redis.*registry connected/s);
    expect(await text('.link-state')).to.match(/Live/);
    const graph = await page.getByRole('application').getAttribute('aria-label');
    expect(graph).to.equal(
      'Topology: 5 nodes, all well, 5 arrows. The table of services says the same in words.',
    );
    expect(tab.complaints).to.deep.equal([]);
  });

  it('asks nobody but its own server, for anything', async () => {
    await open('#/@shop/orders?tab=send');
    await page.getByRole('button', { name: 'Send request' }).click();
    await page.getByText('answered').waitFor();
    expect(new Set(tab.asked.map((url) => new URL(url).origin))).to.deep.equal(new Set([server.url]));
    expect(tab.asked.some((url) => url.endsWith('/vendor/cytoscape.mjs'))).to.equal(true);
  });

  it('follows what changes without being loaded again, and says it to a screen reader', async () => {
    await open();
    await inPage('void (globalThis.isSamePage = true)');
    const lost = server.mesh.instancesOf('@shop/stock')[0]!.id;
    // The first history is no news: it has to be there before something changes.
    await page.locator('.changes li').first().waitFor();
    server.turn(lost, 'lost', 'connection refused, lease gone');
    await eventually(async () => expect((await rows()).join()).to.match(/@shop\/stock[^]*1 lost, 1 alive/), {
      within: 3000,
    });
    expect(await text('.changes li')).to.match(
      /lost @shop\/stock [0-9a-f]{8}\s+connection refused, lease gone/,
    );
    await eventually(async () =>
      expect(await page.locator('[aria-live="polite"]').textContent()).to.equal(
        `@shop/stock, instance ${lost.slice(0, 8)}, is lost.`,
      ),
    );
    expect(await inPage("'isSamePage' in globalThis")).to.equal(true);
  });

  it('shows a service: its instances with reasons, its messages with their schema', async () => {
    const slow = server.mesh.instancesOf('@shop/stock')[0]!.id;
    server.turn(slow, 'slow', 'PING unanswered for 1.2 s');
    await open();
    await page.getByRole('button', { name: '@shop/stock' }).first().click();
    await page.getByRole('heading', { name: '@shop/stock' }).waitFor();
    const instance = page.locator(`[data-instance="${slow}"]`);
    expect(await instance.innerText()).to.match(/slow\s+\d+ s: PING unanswered for 1.2 s/);
    await page.getByRole('button', { name: 'Messages' }).last().click();
    const messages = page.getByRole('region', { name: 'Messages' });
    expect(await messages.innerText()).to.match(/reserve[^]*PlaceOrder → OrderPlaced[^]*taken/);
    expect(await messages.innerText()).to.match(/quantity\s+whole number, greater than 0/);
    await messages.getByText('JSON Schema').first().click();
    expect(await messages.locator('pre').first().innerText()).to.include('"exclusiveMinimum": 0');
  });

  it('sends a request from a form that is filled in already, and shows the answer', async () => {
    await open('#/@shop/orders?tab=send');
    const area = page.getByRole('textbox', { name: /Data, JSON/ });
    // The page fills it in once it has the lexeme's schema.
    const example = await eventually(
      async () => JSON.parse(await area.inputValue()) as Record<string, unknown>,
    );
    expect(example).to.include({ email: 'ada@example.org', quantity: 1, priority: 'normal' });
    await page.getByLabel('Timeout, ms').fill('1500');
    const [instance] = server.mesh.instancesOf('@shop/orders');
    await page.getByLabel('Instance', { exact: true }).selectOption(instance!.id);
    await page.getByRole('button', { name: 'Send request' }).click();
    await page.getByText('answered').waitFor();
    expect(JSON.parse(await text('.answer pre'))).to.deep.equal({ echo: example });
    expect(server.requests).to.deep.equal([
      {
        service: '@shop/orders',
        operation: 'place-order',
        data: example,
        timeout: 1500,
        instance: instance!.id,
      },
    ]);
  });

  it('shows what a lexeme refused, field by field, and sends nothing that is no JSON', async () => {
    await open('#/@shop/orders?tab=send');
    const area = page.getByRole('textbox', { name: /Data, JSON/ });
    await area.fill('{ "quantity": ');
    expect(await text('.problem')).to.match(/^This is no JSON: /);
    expect(await page.getByRole('button', { name: 'Send request' }).isDisabled()).to.equal(true);
    await area.fill('{ "quantity": "two" }');
    await page.getByRole('button', { name: 'Send request' }).click();
    await page.getByText('INVALID_ARGUMENT').waitFor();
    expect(await text('.answer')).to.match(/REJECTED[^]*quantity\s+must be an integer/);
  });

  it('publishes an event that the service hears', async () => {
    await open('#/@shop/notifications?tab=send');
    await page.getByLabel('Message', { exact: true }).selectOption('event payment.>');
    await page.getByRole('textbox', { name: 'Topic' }).fill('payment.completed');
    await page.getByRole('button', { name: 'Publish event' }).click();
    await page.getByText('answered').waitFor();
    expect(JSON.parse(await text('.answer pre'))).to.deep.equal({ services: 2, instances: 2, dropped: 0 });
  });

  it('only looks without a token, says how to get one, and takes one that is pasted', async () => {
    await page.goto(`${server.url}/#/@shop/orders?tab=send`);
    const send = page.getByRole('button', { name: 'Send request' });
    await send.waitFor();
    expect(await send.isDisabled()).to.equal(true);
    expect(await text('.notice')).to.match(/may look, but not send.*run atom status/s);
    await page.getByLabel(/^Token/).fill('a token that is not the right one');
    await page.getByRole('button', { name: 'Use' }).click();
    await send.click();
    await page.getByText('The token is not taken any more.').waitFor();
    await page.getByLabel(/^Token/).fill(server.address);
    await page.getByRole('button', { name: 'Use' }).click();
    await send.click();
    await page.getByText('answered').waitFor();
  });

  it('keeps the token out of the address, and the service and the filter in it over a reload', async () => {
    await page.goto(server.address);
    await page.getByRole('searchbox').fill('orders');
    await eventually(async () => expect(await rows()).to.have.length(1));
    await page.getByRole('button', { name: '@shop/orders' }).first().click();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    expect(page.url()).to.equal(`${server.url}/#/@shop/orders?tab=send&q=orders`);
    await page.reload();
    await page.getByRole('button', { name: 'Send request' }).click();
    await page.getByText('answered').waitFor();
    expect(await page.getByRole('searchbox').inputValue()).to.equal('orders');
    expect(await rows()).to.have.length(1);
  });

  it('says that the nucleus is gone, keeps what it knew, and comes back by itself', async () => {
    await open();
    await server.stop();
    await page.getByText(/No connection to the nucleus since/).waitFor();
    expect(await text('.link-state')).to.match(/Connection lost/);
    expect(await rows()).to.have.length(4);
    server.mesh.turn(server.mesh.instancesOf('@shop/orders')[0]!.id, 'slow', 'PING unanswered');
    await server.listen();
    await eventually(async () => expect(await text('.link-state')).to.match(/Live/), { within: 10_000 });
    await eventually(async () => expect((await rows()).join()).to.match(/1 slow/));
  });

  it('can be used by keyboard alone', async () => {
    await open();
    await page.keyboard.press('Tab');
    expect(await inPage('document.activeElement.textContent')).to.equal('Skip to the services');
    await page.keyboard.press('Enter');
    expect(await inPage('document.activeElement.id')).to.equal('services');
    // Past the buttons that sort, into the list: one stop for all of it.
    for (let stop = 0; stop < 7; stop++) await page.keyboard.press('Tab');
    const focused = (): Promise<unknown> => inPage('document.activeElement.textContent');
    expect(await focused()).to.equal('@shop/notifications');
    await page.keyboard.press('ArrowDown');
    await eventually(async () => expect(await focused()).to.equal('@shop/orders'));
    await page.keyboard.press('End');
    await eventually(async () => expect(await focused()).to.equal('@shop/stock'));
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await inPage('document.activeElement.id')).to.equal('panel-title'));
    await page.keyboard.press('Escape');
    await eventually(async () => expect(await focused()).to.equal('@shop/stock'));
    await page.keyboard.press('/');
    await page.keyboard.type('pay');
    await eventually(async () => expect(await rows()).to.have.length(3));
    await page.getByRole('application').focus();
    for (const key of ['+', '-', 'ArrowLeft', '0']) await page.keyboard.press(key);
    expect(tab.complaints).to.deep.equal([]);
  });

  it('draws only the rows that are in view, and the rest when they are scrolled to', async () => {
    await server.close();
    server = new FixtureServer(new FixtureMesh(200, 1000));
    await server.listen();
    await open();
    expect(await page.locator('.services table').getAttribute('aria-rowcount')).to.equal('201');
    expect((await rows()).length).to.be.within(5, 50);
    await page.locator('.services [data-row="0"]').focus();
    await page.keyboard.press('End');
    await page.locator('.services [data-row="199"]').waitFor();
    expect((await rows()).length).to.be.within(5, 50);
    await page.getByRole('searchbox').fill('orders');
    await page.getByText('24 of 200 services').waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has nothing serious for axe-core to find, ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      const lost = server.mesh.instancesOf('@shop/stock')[0]!.id;
      server.turn(lost, 'lost', 'connection refused, lease gone');
      server.turn(server.mesh.instancesOf('@shop/payments')[0]!.id, 'slow', 'PING unanswered');
      await open();
      expect(await inPage('document.documentElement.dataset.theme')).to.equal(colorScheme);
      expect(await seriousFindings(page), 'list').to.deep.equal([]);
      for (const tabName of ['instances', 'messages', 'send', 'changes']) {
        await page.goto(`${server.url}/#/@shop/stock?tab=${tabName}`);
        await page.locator(`.panel-body.${tabName}`).waitFor();
        if (tabName === 'send') {
          await page.getByRole('button', { name: 'Send request' }).click();
          await page.getByText('answered').waitFor();
        }
        expect(await seriousFindings(page), tabName).to.deep.equal([]);
      }
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await seriousFindings(page), 'narrow').to.deep.equal([]);
      expect(await inPage('document.documentElement.scrollWidth')).to.equal(360);
    });
  }

  it('is dark or light as somebody chose, whatever the system says', async () => {
    await page.emulateMedia({ colorScheme: 'light' });
    await open();
    await page.getByLabel('Theme').selectOption('dark');
    const theme = (): Promise<unknown> => inPage('document.documentElement.dataset.theme');
    expect(await theme()).to.equal('dark');
    await page.reload();
    await page.locator('.services tbody tr').first().waitFor();
    expect(await theme()).to.equal('dark');
  });
});
