import { Queue } from './queue.js';

/** A task in a lane: it never throws and never rejects. */
export type Task = () => void | Promise<void>;

interface Lane {
  running: number;
  readonly waiting: Queue<Task>;
}

/**
 * Runs tasks of one lane in order, `concurrency` at a time; those of one key in it one after another all the same.
 * Lanes do not wait for one another. A lane exists only while it has work.
 */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();
  /** Where several run at a time: what waits behind the task of a key that runs, or waits itself. */
  private readonly keys = new Map<string, Queue<Task>>();
  private count = 0;
  private idle: (() => void)[] = [];

  constructor(private readonly concurrency: number) {}

  /** Tasks that run or wait, in all lanes. */
  get size(): number {
    return this.count;
  }

  /** Runs `task` in the lane of `owner` and `name`, at once if there is room and nothing else of its key there is. */
  run(owner: string, name: string, task: Task, key?: string): void {
    if (key === undefined || this.concurrency === 1) this.enter(owner, name, task);
    else {
      const whole = `${owner}\n${name}\n${key}`;
      const waiting = this.keys.get(whole);
      if (waiting === undefined) {
        this.keys.set(whole, new Queue());
        this.enter(owner, name, () => this.runKey(whole, task));
      } else {
        this.count++;
        waiting.push(task);
      }
    }
  }

  /** Takes out `task`, which waits in the lane of `owner` and `name` and has no key in it; false when it does not. */
  withdraw(owner: string, name: string, task: Task): boolean {
    if (this.lanes.get(`${owner}\n${name}`)?.waiting.delete(task) !== true) return false;
    this.countDown();
    return true;
  }

  private enter(owner: string, name: string, task: Task): void {
    this.count++;
    let result: void | Promise<void> = undefined;
    if (this.count === 1) {
      // Nothing runs in any lane, and most tasks end at once: those need no lane.
      result = task();
      if (result === undefined) {
        this.countDown();
        return;
      }
    }
    const key = `${owner}\n${name}`;
    let lane = this.lanes.get(key);
    if (lane === undefined) {
      lane = { running: 0, waiting: new Queue() };
      this.lanes.set(key, lane);
    }
    if (result !== undefined) this.follow(key, lane, result);
    else if (lane.running < this.concurrency) this.start(key, lane, task);
    else lane.waiting.push(task);
  }

  /** Runs `first` and then what waits for its key, all in one place of its lane. */
  private runKey(key: string, first: Task): void | Promise<void> {
    const waiting = this.keys.get(key)!;
    for (let task: Task | undefined = first; task !== undefined; task = waiting.shift()) {
      if (task !== first) this.count--;
      const result = task();
      if (result === undefined) continue;
      return result.then(() => {
        const next = waiting.shift();
        if (next === undefined) this.keys.delete(key);
        else {
          this.count--;
          return this.runKey(key, next);
        }
      });
    }
    this.keys.delete(key);
  }

  /** Runs all that waits, now, whatever still runs: for tasks that have nothing left to do but to say so. */
  runWaiting(): void {
    const queues = [...[...this.lanes.values()].map(({ waiting }) => waiting), ...this.keys.values()];
    for (const queue of queues) {
      for (const task of queue.takeAll()) {
        void task();
        this.countDown();
      }
    }
  }

  /** Resolves when nothing runs or waits. */
  settled(): Promise<void> {
    return this.count === 0 ? Promise.resolve() : new Promise((resolve) => this.idle.push(resolve));
  }

  private start(key: string, lane: Lane, first: Task): void {
    lane.running++;
    let task: Task | undefined = first;
    // Tasks that end at once are run in a loop, so that a long queue does not deepen the stack.
    while (task !== undefined) {
      const result = task();
      if (result !== undefined) {
        lane.running--;
        this.follow(key, lane, result);
        return;
      }
      task = this.ended(lane);
    }
    lane.running--;
    if (lane.running === 0) this.lanes.delete(key);
  }

  /** Goes on in `lane` when a task that takes its time has ended. */
  private follow(key: string, lane: Lane, running: Promise<void>): void {
    lane.running++;
    void running.then(() => {
      const next = this.ended(lane);
      lane.running--;
      if (next !== undefined) this.start(key, lane, next);
      else if (lane.running === 0) this.lanes.delete(key);
    });
  }

  private ended(lane: Lane): Task | undefined {
    this.countDown();
    return lane.waiting.shift();
  }

  private countDown(): void {
    if (--this.count > 0) return;
    const waiting = this.idle;
    this.idle = [];
    for (const resolve of waiting) resolve();
  }
}
