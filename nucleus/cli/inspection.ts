import type { ServiceStats } from '../../lib/application/builtin-operations.js';
import type { OperationStatsView } from '../../lib/runtime/operation-stats.js';
import type { InstanceHealth, ServiceDetail } from '../daemon/http-api.js';
import { checkDurable, sumDurable } from '../daemon/durable-groups.js';
import { versionOf, type InstanceStats } from './describe.js';
import { evidenceInWords } from '../daemon/health-words.js';
import { healthOf, paintHealth } from './evidence.js';
import { paint } from './output.js';
import { shapeOf } from './schema.js';
import { fieldLines, shapeInWords } from './shape-text.js';
import { cell, table, type Column } from './table.js';

/** What `atom inspect` knows of a service. */
export interface Inspection {
  readonly name: string;
  /** What each version says of itself. */
  readonly versions: readonly ServiceDetail[];
  readonly instances: readonly {
    readonly id: string;
    readonly version: string;
    readonly health: InstanceHealth;
    readonly reason: string;
    readonly endpoint: string;
    readonly eventsEndpoint: string;
    readonly sources: readonly string[];
    /** Absent when it does not answer. */
    readonly stats?: ServiceStats;
  }[];
}

export function inspection(
  name: string,
  versions: readonly ServiceDetail[],
  stats: readonly InstanceStats[],
): Inspection {
  return {
    name,
    versions,
    instances: stats.map(({ entry, stats: told }) => {
      const { record, against, sources } = entry;
      return {
        id: record.id,
        version: versionOf(entry, name),
        health: healthOf(against),
        reason: evidenceInWords(against) || (told === undefined ? 'it does not tell its stats' : ''),
        endpoint: record.endpoint,
        eventsEndpoint: record.eventsEndpoint,
        sources,
        ...(told === undefined ? {} : { stats: told }),
      };
    }),
  };
}

/** The whole of it for people. */
export function inspectionText(seen: Inspection): string {
  const sections = seen.versions.flatMap((version) => versionSections(seen, version));
  return [
    heading(seen),
    ...sections,
    ...durable(seen),
    section('Instances', instances(seen)),
    ...listeners(seen),
  ].join('\n\n');
}

function heading({ name, instances: all, versions }: Inspection): string {
  const count = `${all.length} instance${all.length === 1 ? '' : 's'}`;
  const told = versions.length > 0 ? '' : '\nNo instance describes itself now.';
  return `${paint('bold', name)}  ${count}${told}`;
}

function versionSections(seen: Inspection, detail: ServiceDetail): string[] {
  const mark = seen.versions.length > 1 ? ` of ${detail.version}` : ` (version ${detail.version})`;
  const { operations, events, lexemes, metadata } = detail;
  const sections = [section(`Operations${mark}`, operationsTable(seen, detail) || 'none')];
  if (events.length > 0) sections.push(section(`Listens to${mark}`, eventsTable(seen, detail)));
  if (Object.keys(lexemes).length > 0) sections.push(section(`Lexemes${mark}`, lexemesText(lexemes)));
  if (Object.keys(metadata).length > 0)
    sections.push(section(`Metadata${mark}`, cell(JSON.stringify(metadata))));
  return operations.length + events.length === 0 ? sections.slice(0, 1) : sections;
}

const TRAFFIC: readonly Column[] = ['COUNT', 'ERRORS', 'IN FLIGHT', 'P50', 'P99', 'MAX'].map((title) => ({
  title,
  align: 'right',
}));

function operationsTable(seen: Inspection, { operations, version }: ServiceDetail): string {
  const columns = [{ title: 'OPERATION' }, { title: 'TAKES' }, { title: 'GIVES' }, ...TRAFFIC, { title: '' }];
  return operations.length === 0
    ? ''
    : table(
        columns,
        operations.map(({ name, method, accepts, returns }) => [
          cell(method === name ? name : `${name} (${method})`),
          cell(accepts),
          cell(returns),
          ...traffic(seen, version, (stats) => stats.operations[name]),
        ]),
      );
}

function eventsTable(seen: Inspection, { events, version }: ServiceDetail): string {
  const columns = ['TOPIC', 'FROM', 'DELIVERY', 'TAKES'].map((title) => ({ title }));
  return table(
    [...columns, ...TRAFFIC, { title: '' }],
    events.map(({ topic, from = 'anybody', delivery, accepts }) => [
      cell(topic),
      cell(from),
      cell(delivery),
      cell(accepts),
      ...traffic(seen, version, (stats) => stats.events[topic]),
    ]),
  );
}

/** Over all instances of a version: sums, the worst of the latencies, and how many have it where not all do. */
function traffic(
  { instances: all }: Inspection,
  version: string,
  pick: (stats: ServiceStats) => OperationStatsView | undefined,
): string[] {
  const told = all
    .filter((instance) => instance.version === version)
    .flatMap(({ stats }) => (stats === undefined ? [] : [pick(stats)]));
  const views = told.filter((view) => view !== undefined);
  const sum = (of: (view: OperationStatsView) => number): number =>
    views.reduce((total, view) => total + of(view), 0);
  const worst = (of: (view: OperationStatsView) => number): string =>
    Math.max(0, ...views.map(of)).toFixed(1);
  const errors = sum((view) => Object.values(view.errors).reduce((total, count) => total + count, 0));
  return [
    sum((view) => view.count).toLocaleString('en-US'),
    errors > 0 ? paint('red', errors.toLocaleString('en-US')) : '0',
    String(sum((view) => view.inFlight)),
    worst((view) => view.latency.p50),
    worst((view) => view.latency.p99),
    worst((view) => view.latency.max),
    views.length < told.length ? paint('yellow', `${views.length} of ${told.length} instances`) : '',
  ];
}

function lexemesText(lexemes: ServiceDetail['lexemes']): string {
  return Object.entries(lexemes)
    .map(([name, { label, version, schema }]) => {
      const shape = shapeOf(schema);
      const facts = [`version ${version}`, ...(label === undefined ? [] : [`topic ${label}`])];
      const lines = fieldLines(shape);
      const fields =
        lines.length > 0
          ? table(
              [{ title: 'FIELD' }, { title: 'TYPE' }, { title: '' }],
              lines.map(({ path, words, presence }) => [cell(path), cell(words), cell(presence)]),
            )
          : cell(shapeInWords(shape));
      return `${paint('cyan', cell(name))} (${cell(facts.join(', '))})\n${indented(fields)}`;
    })
    .join('\n');
}

function instances({ instances: all }: Inspection): string {
  const columns = ['INSTANCE', 'VERSION', 'STATE', 'REQUESTS AND SIGNALS', 'EVENTS', 'KNOWN BY', ''];
  return table(
    columns.map((title) => ({ title })),
    all.map(({ id, version, health, endpoint, eventsEndpoint, sources, reason }) => [
      id.slice(0, 12),
      cell(version),
      paintHealth(health),
      cell(endpoint),
      cell(eventsEndpoint),
      sources.join(', '),
      cell(reason),
    ]),
  );
}

/** Events that are kept for the service: over all instances. */
function durable({ instances: all }: Inspection): string[] {
  const views = sumDurable(all.map(({ stats }) => checkDurable(stats?.durable)));
  if (views.length === 0) return [];
  const titles = ['WAITING', 'PENDING', 'UNREAD', 'RETRYING', 'GIVEN UP'];
  const columns = [{ title: 'TOPIC' }, ...titles.map((title): Column => ({ title, align: 'right' }))];
  const rows = views.map(({ topic, backlog, held, undelivered, retrying, deadLettered }) => [
    cell(topic),
    ...[backlog, held, undelivered, retrying].map(String),
    deadLettered > 0 ? paint('red', String(deadLettered)) : '0',
  ]);
  return [section('Durable events', table(columns, rows))];
}

/** Who hears what the service publishes; instances of one process tell the same, so each counts once. */
function listeners({ instances: all }: Inspection): string[] {
  const found = new Map<string, readonly string[]>();
  for (const { stats } of all) {
    for (const { service, topic } of stats?.listeners ?? []) {
      const who = service.startsWith('@') ? service : 'a client';
      found.set(`${topic}\n${who}`, [cell(topic), cell(who)]);
    }
  }
  if (found.size === 0) return [];
  const rows = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  return [section('Heard by', table([{ title: 'TOPIC' }, { title: 'SERVICE' }], rows))];
}

function section(title: string, text: string): string {
  return `${paint('bold', title)}\n${indented(text)}`;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
