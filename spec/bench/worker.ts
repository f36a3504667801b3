/** One side of one contender, in a process of its own: `fork('worker.js', [JSON of a Job])`. */
import { load, type Contender, type ContenderName, type Endpoints } from './contender.js';
import { drivePublisher, driveSubscriber, openControl, type EventPlan } from './drive-events.js';
import { driveRequests, type RequestPlan } from './drive-requests.js';
import { LEXEMES, type LexemeName } from './order.js';

export type Job = { readonly contender: ContenderName } & (
  | { readonly role: 'serve' }
  /** Runs each plan that it is sent. */
  | { readonly role: 'request'; readonly endpoints: Endpoints }
  | { readonly role: 'publish'; readonly plan: EventPlan }
  | { readonly role: 'subscribe'; readonly endpoints: Endpoints; readonly control: number }
  /** The same. */
  | { readonly role: 'check' }
);

/** Checks of each lexeme, one after the other, for this long each. */
export interface CheckPlan {
  readonly durationMs: number;
}

/** What a worker tells: first that others may come, then (some) what it measured. */
export type Report =
  | { readonly type: 'ready'; readonly endpoints: Endpoints; readonly control?: number }
  | { readonly type: 'result'; readonly value: unknown };

const job = JSON.parse(process.argv[2] ?? '{}') as Job;
const tell = (report: Report): void => void process.send?.(report);

type Check = (data: unknown) => boolean | Promise<boolean>;

/** Checks of a right message per second, each verdict looked at; wrong ones are tried before. */
async function driveCheck(check: Check, lexeme: LexemeName, { durationMs }: CheckPlan): Promise<number> {
  const { right, wrong } = LEXEMES[lexeme];
  for (const data of wrong) if (await check(data)) throw new Error(`accepts ${JSON.stringify(data)}`);
  const start = performance.now();
  let count = 0;
  for (; performance.now() - start < durationMs; count += 16) {
    for (let time = 0; time < 16; time++) {
      const verdict = check(right);
      if (verdict !== true && !(await verdict)) throw new Error(`refuses ${JSON.stringify(right)}`);
    }
  }
  return (1000 * count) / (performance.now() - start);
}

async function checksOf(check: NonNullable<Contender['check']>): Promise<Record<LexemeName, Check>> {
  return { flat: await check(LEXEMES.flat.type), nested: await check(LEXEMES.nested.type) };
}

async function work(): Promise<void> {
  const contender = await load(job.contender);
  if (typeof contender === 'string') throw new Error(`${job.contender}: ${contender}`);
  const { requests, events, check } = contender;
  if (job.role === 'serve' && requests) {
    tell({ type: 'ready', endpoints: (await requests.serve()).endpoints });
  } else if (job.role === 'request' && requests) {
    const client = await requests.connect(job.endpoints);
    process.on('message', (plan: RequestPlan) => {
      void driveRequests(client, plan).then((value) => tell({ type: 'result', value }));
    });
    tell({ type: 'ready', endpoints: [] });
  } else if (job.role === 'publish' && events) {
    const publisher = await events.publisher();
    const control = await openControl();
    tell({ type: 'ready', endpoints: publisher.endpoints, control: control.port });
    tell({ type: 'result', value: await drivePublisher(publisher, job.plan, control) });
  } else if (job.role === 'subscribe' && events) {
    await driveSubscriber(events, job.endpoints, job.control);
  } else if (job.role === 'check' && check) {
    const { flat, nested } = await checksOf(check);
    const drive = async (plan: CheckPlan) => ({
      flat: await driveCheck(flat, 'flat', plan),
      nested: await driveCheck(nested, 'nested', plan),
    });
    process.on('message', (plan: CheckPlan) => {
      void drive(plan).then((value) => tell({ type: 'result', value }));
    });
    tell({ type: 'ready', endpoints: [] });
  } else {
    throw new Error(`${job.contender} does not ${job.role}`);
  }
}

// Whoever started this has gone, or has what he wanted.
process.on('disconnect', () => process.exit(0));
process.on('unhandledRejection', (reason) => {
  throw reason;
});
await work();
