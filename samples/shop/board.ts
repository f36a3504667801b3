import { styleText } from 'node:util';
import type { Report } from './run.js';

/** Orders that are shown one by one in each second; the others are only counted. */
const SHOWN = 4;

type Style = Parameters<typeof styleText>[0];
const paint = (style: Style, text: string) => (process.stdout.isTTY ? styleText(style, text) : text);

/** What the shop prints. */
export class Board {
  private readonly openedAt = performance.now();
  private readonly names = new Map<string, string>();
  private readonly isReady = new Set<string>();
  private whenReady = () => {};
  private readonly timer = setInterval(() => this.second(), 1000);
  private readonly total = { confirmed: 0, failed: 0, mailed: 0 };
  /** Of the current second. */
  private latencies: number[] = [];
  private failed = 0;
  private readonly stock = new Map<string, number>();

  constructor() {
    const how = process.env.ATOM_REDIS_URL ? `Redis at ${process.env.ATOM_REDIS_URL}` : 'multicast, no Redis';
    console.log(paint('bold', '\nThe shop opens'), `(they find one another by ${how})\n`);
  }

  /** Resolves when each of the processes has found those that it looks for. */
  async ready(processes: readonly string[]): Promise<void> {
    await new Promise<void>((resolve) => {
      this.whenReady = () => processes.every((name) => this.isReady.has(name)) && resolve();
      this.whenReady();
    });
  }

  take(name: string, pid: number, report: Report): void {
    switch (report.type) {
      case 'listening':
        this.names.set(report.instance, name);
        return this.line(name, 'listening', `${report.endpoint}, pid ${pid}`);
      case 'found':
        return this.line(name, paint('green', 'found    '), this.nameAll(report.instances));
      case 'lost':
        return this.line(name, paint('red', 'lost     '), this.nameAll(report.instances));
      case 'ready':
        this.isReady.add(name);
        return this.whenReady();
      case 'confirmed':
        return this.confirmed(report);
      case 'failed':
        this.total.failed++;
        if (++this.failed > SHOWN) return;
        return console.log(`  order ${pad(report.number, 6)}   ${paint('red', 'failed')}  ${report.reason}`);
      case 'mailed':
        this.total.mailed++;
    }
  }

  ended(name: string, how: string): void {
    this.line(name, paint('red', 'ended    '), how);
  }

  close(): void {
    clearInterval(this.timer);
    const { confirmed, failed, mailed } = this.total;
    console.log(`\n${mailed} mails sent; the shop was open for ${this.clock().trim()}`);
    console.log(`${confirmed + failed} orders placed, ${confirmed} confirmed, ${failed} failed`);
  }

  private confirmed({ number, order, amount, stock, ms }: Extract<Report, { type: 'confirmed' }>): void {
    this.total.confirmed++;
    this.stock.set(stock, (this.stock.get(stock) ?? 0) + 1);
    this.latencies.push(ms);
    if (this.latencies.length > SHOWN) return;
    const what = `${order.padEnd(11)} ${amount.toFixed(2).padStart(6)}`;
    const time = `${ms.toFixed(1)} ms`;
    console.log(`  order ${pad(number, 6)}   ${what}   reserved by ${stock}, paid, confirmed in ${time}`);
  }

  private second(): void {
    if (this.latencies.length + this.failed === 0) return;
    const sorted = this.latencies.sort((a, b) => a - b);
    const at = (share: number) => `${(sorted[Math.floor(sorted.length * share)] ?? NaN).toFixed(1)} ms`;
    const balance = [...this.stock]
      .sort()
      .map(([name, count]) => `${name} ${pad(count, 3)}`)
      .join('   ');
    const failed = this.failed > 0 ? paint('red', `   ${this.failed} failed`) : '';
    const rate = paint('bold', `${pad(sorted.length, 4)} orders/s`);
    console.log(
      paint('cyan', `${this.clock()} `) +
        `${rate}   p50 ${at(0.5)}   p99 ${at(0.99)}   ${paint('cyan', balance)}${failed}`,
    );
    this.latencies = [];
    this.failed = 0;
    this.stock.clear();
  }

  private line(name: string, what: string, rest: string): void {
    console.log(`${paint('dim', this.clock())}  ${name.padEnd(14)} ${what}  ${rest}`);
  }

  private nameAll(instances: readonly string[]): string {
    return instances
      .map((id) => this.names.get(id) ?? `an instance from outside (${id.slice(0, 8)})`)
      .join(', ');
  }

  private clock(): string {
    return `${((performance.now() - this.openedAt) / 1000).toFixed(2).padStart(7)} s`;
  }
}

function pad(value: number, width: number): string {
  return String(value).padStart(width);
}
