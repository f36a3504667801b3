import { styleText } from 'node:util';
import type { Nucleus } from './nucleus.js';
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
  private isClosing = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly total = { confirmed: 0, failed: 0, mailed: 0 };
  /** Since the last summary. */
  private since = 0;
  private latencies: number[] = [];
  private failed = 0;
  private readonly reservedBy = new Map<string, number>();

  constructor() {
    const how = process.env.ATOM_REDIS_URL
      ? `Redis at ${process.env.ATOM_REDIS_URL}`
      : 'multicast, without Redis';
    console.log(`\n${paint('bold', 'The shop opens.')} Its processes find one another by ${how}.\n`);
  }

  /** Resolves when each of the processes has found those that it looks for. */
  async ready(processes: readonly string[]): Promise<void> {
    await new Promise<void>((resolve) => {
      this.whenReady = () => {
        if (processes.every((name) => this.isReady.has(name))) resolve();
      };
      this.whenReady();
    });
  }

  take(name: string, pid: number, report: Report): void {
    switch (report.type) {
      case 'listening':
        this.names.set(report.instance, name);
        return this.line(name, paint('dim', `listening  ${report.endpoint}, pid ${pid}`));
      case 'found':
        return this.line(name, paint('green', 'found      ') + this.nameAll(report.instances));
      case 'lost':
        return this.line(name, paint('red', 'lost       ') + this.nameAll(report.instances));
      case 'ready':
        this.isReady.add(name);
        if (name === 'client') this.open();
        return this.whenReady();
      case 'confirmed':
        return this.confirmed(report);
      case 'failed':
        this.total.failed++;
        if (++this.failed <= SHOWN)
          this.line(`order ${report.number}`, paint('red', this.short(report.reason)));
        return;
      case 'mailed':
        this.total.mailed++;
    }
  }

  nucleus(nucleus: Nucleus): void {
    if ('problem' in nucleus) {
      return this.line('nucleus', paint('yellow', `none: ${nucleus.problem.replaceAll(/\s*\n\s*/g, '; ')}`));
    }
    const whose = nucleus.own ? '' : '  (it ran already)';
    this.line('nucleus', paint('bold', `dashboard  ${nucleus.dashboard}`) + paint('dim', whose));
  }

  ended(name: string, how: string): void {
    this.line(name, paint('red', 'ended      ') + how);
  }

  /** From here on it is no news that somebody has gone. */
  closing(): void {
    clearInterval(this.timer);
    if (this.latencies.length + this.failed > 0) this.summary();
    this.isClosing = true;
  }

  /** The last word; tells how many orders were confirmed. */
  closed(): number {
    const { confirmed, failed, mailed } = this.total;
    console.log(`\nThe shop was open for ${seconds(this.openedAt)} and sent ${mailed} mails.`);
    console.log(`${confirmed + failed} orders placed, ${confirmed} confirmed, ${failed} failed`);
    return confirmed;
  }

  /** The customers come: a summary each second. */
  private open(): void {
    console.log();
    this.since = performance.now();
    this.timer = setInterval(() => this.summary(), 1000);
  }

  private confirmed({ number, order, amount, stock, ms }: Extract<Report, { type: 'confirmed' }>): void {
    this.total.confirmed++;
    this.reservedBy.set(stock, (this.reservedBy.get(stock) ?? 0) + 1);
    this.latencies.push(ms);
    if (this.latencies.length > SHOWN) return;
    const what = `${order.padEnd(10)} ${amount.toFixed(2).padStart(6)}`;
    this.line(`order ${number}`, `${what}   reserved by ${stock}, paid, confirmed in ${ms.toFixed(1)} ms`);
  }

  private summary(): void {
    const { latencies, failed } = this;
    const rate = (latencies.length * 1000) / (performance.now() - this.since);
    latencies.sort((a, b) => a - b);
    const at = (share: number) => {
      const ms = latencies[Math.floor(latencies.length * share)];
      return `${ms === undefined ? '-' : ms.toFixed(1)} ms`.padStart(7);
    };
    const balance = [...this.reservedBy]
      .sort()
      .map(([name, count]) => `${name} ${'■'.repeat(Math.round((8 * count) / latencies.length))} ${count}`);
    this.line(
      paint('bold', `${rate.toFixed(0)} orders/s`.padEnd(14)),
      paint('cyan', `p50 ${at(0.5)}   p99 ${at(0.99)}   ${balance.join('   ')}`) +
        (failed > 0 ? paint('red', `   ${failed} failed`) : ''),
    );
    this.since = performance.now();
    this.latencies = [];
    this.failed = 0;
    this.reservedBy.clear();
  }

  private line(subject: string, text: string): void {
    if (this.isClosing) return;
    console.log(`${paint('dim', seconds(this.openedAt).padStart(8))}  ${subject.padEnd(14)} ${text}`);
  }

  /** On one line of the terminal, with names for instances. */
  private short(reason: string): string {
    const named = reason.replaceAll(/[0-9a-f]{32}/g, (id) => this.nameAll([id]));
    return named.slice(0, Math.max(20, (process.stdout.columns ?? Infinity) - 26));
  }

  private nameAll(instances: readonly string[]): string {
    return instances.map((id) => this.names.get(id) ?? `${id.slice(0, 8)} from outside`).join(', ');
  }
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(2)} s`;
}
