import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { checkDescription } from '../description-check.js';
import type { InstanceDetail, InstanceView, ServiceDetail } from '../http-api.js';
import type { StatsSource } from '../stats-source.js';
import { actionRoutes } from './actions.js';
import { failedWith, refuse, Refusal } from './answers.js';
import type { EventStreams } from './event-streams.js';
import { checkHostAndOrigin, checkToken } from './guard.js';
import { Metrics } from './metrics.js';
import { pageRoutes } from './page-files.js';
import type { HttpOptions } from './http-options.js';

/** Every route; nothing listens yet. */
export function createApp(options: HttpOptions, streams: EventStreams): Hono<{ Bindings: HttpBindings }> {
  const { model, history, source, clock, logger } = options;
  const metrics = new Metrics(model);
  const app = new Hono<{ Bindings: HttpBindings }>();

  app.onError((thrown, context) => {
    if (thrown instanceof Refusal) return refuse(context, thrown);
    if (thrown instanceof HTTPException) {
      return refuse(context, new Refusal(400, 'INVALID_ARGUMENT', 'The request is not readable', 'Check it'));
    }
    logger.error({ err: thrown, path: context.req.path }, 'an HTTP request failed');
    return failedWith(context, thrown, 0);
  });
  app.notFound((context) => {
    const what = `${context.req.method} ${context.req.path.slice(0, 200)} does not exist`;
    return refuse(context, new Refusal(404, 'NOT_FOUND', what, 'See / for the page, /services for the mesh'));
  });

  app.use(async (context, next) => {
    for (const [name, value] of HEADERS) context.header(name, value);
    await next();
  });
  app.use(checkHostAndOrigin(options.hosts ?? []));

  app.get('/health', (context) => context.json(options.health()));
  app.get('/ready', (context) => {
    const health = options.health();
    return context.json(health, health.status === 'ok' ? 200 : 503);
  });
  app.get('/services', (context) => context.json(model.view()));
  app.get('/instances/:id', async (context) => {
    const instance = model.instance(context.req.param('id'));
    if (instance === undefined) throw UNKNOWN_INSTANCE;
    return context.json({
      ...instance,
      descriptions: await describe(source, instance),
    } satisfies InstanceDetail);
  });
  app.get('/history', (context) => context.json(history.since(sequenceOf(context.req.query('since')))));
  app.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType }),
  );
  app.get('/events', (context) => {
    if (streams.isFull) throw TOO_MANY_STREAMS;
    const { outgoing } = context.env;
    outgoing.writeHead(200, {
      ...Object.fromEntries(HEADERS),
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
    });
    streams.open(outgoing, context.req.header('last-event-id'));
    return RESPONSE_ALREADY_SENT;
  });

  app.use('/request', checkToken(options.token));
  app.use('/publish', checkToken(options.token));
  app.route('/', actionRoutes(options.actions, clock));
  app.route('/', pageRoutes(options.page));
  return app;
}

/** What the instance says of its services; those that it does not tell of in time are left out. */
async function describe(
  source: Pick<StatsSource, 'describe'>,
  { id, health, services }: InstanceView,
): Promise<InstanceDetail['descriptions']> {
  if (health === 'lost') return {};
  const asked = services.map(async ({ name }): Promise<[string, ServiceDetail][]> => {
    try {
      const detail = checkDescription(await source.describe(id, name, DESCRIBE_MS), name);
      return detail === undefined ? [] : [[name, detail]];
    } catch {
      return [];
    }
  });
  return Object.fromEntries((await Promise.all(asked)).flat());
}

function sequenceOf(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Refusal(
    400,
    'INVALID_ARGUMENT',
    "'since' is not a sequence",
    'Give the last sequence that you have',
  );
}

const HEADERS: readonly (readonly [string, string])[] = [
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'no-referrer'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cache-Control', 'no-store'],
];

const UNKNOWN_INSTANCE = new Refusal(
  404,
  'NOT_FOUND',
  'No such instance is known',
  'See /services for those that are; one that was lost is kept for 60 s',
);
const TOO_MANY_STREAMS = new Refusal(
  429,
  'RESOURCE_EXHAUSTED',
  'Too many event streams are open',
  'Close some pages',
);
const DESCRIBE_MS = 1500;
