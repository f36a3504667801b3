import { Counter, Gauge, type Registry } from 'prom-client';

/** The nucleus's own process, under the names that Prometheus's clients share. */
export class ProcessMetrics {
  private readonly cpu: Counter;
  private readonly resident: Gauge;
  private readonly heap: Gauge;
  private readonly loop: Gauge;
  private lastLoop = performance.eventLoopUtilization();

  constructor(registry: Registry) {
    const registers = [registry];
    this.cpu = new Counter({
      name: 'process_cpu_seconds_total',
      help: "The nucleus's processor time, in seconds.",
      registers,
    });
    this.resident = new Gauge({
      name: 'process_resident_memory_bytes',
      help: "The nucleus's memory, in bytes.",
      registers,
    });
    this.heap = new Gauge({
      name: 'nodejs_heap_size_used_bytes',
      help: "The used heap of the nucleus's process, in bytes.",
      registers,
    });
    this.loop = new Gauge({
      name: 'nodejs_eventloop_utilization',
      help: "The share of time in which the nucleus's event loop was busy, since the scrape before.",
      registers,
    });
  }

  read(): void {
    const { user, system } = process.cpuUsage();
    this.cpu.reset();
    this.cpu.inc((user + system) / 1e6);
    const { rss, heapUsed } = process.memoryUsage();
    this.resident.set(rss);
    this.heap.set(heapUsed);
    const now = performance.eventLoopUtilization();
    this.loop.set(performance.eventLoopUtilization(now, this.lastLoop).utilization);
    this.lastLoop = now;
  }
}
