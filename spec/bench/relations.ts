import type { ContenderName } from './contender.js';
import { cell, type Figures } from './rounds.js';
import { spread, type Spread } from './stats.js';

/** What one contender gave in each round. */
export type Rounds = Partial<Record<ContenderName, readonly Figures[]>>;

/** The figure of one contender over that of another in the same round has to lie between two bounds. */
export interface Relation {
  readonly of: ContenderName;
  readonly over: ContenderName;
  readonly cell: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** How far a floor may be off: a floor that is written badly flatters whoever is compared with it. */
const TOLERANCE = 0.25;

function floor(
  of: ContenderName,
  over: ContenderName,
  where: string,
  low: number,
  high = Infinity,
): Relation {
  return { of, over, cell: where, atLeast: low * (1 - TOLERANCE), atMost: high * (1 + TOLERANCE) };
}

/**
 * How the floors stood to one another when the wire was chosen. The TCP floor has no upper bound: lines of
 * text turned out faster here than the length-prefixed buffers of that time. That one message each is not
 * too slow is seen by the batch, which uses the same sockets; of events, where the batch is faster than it was, by
 * one message each being faster as well (above 100,000 to one subscriber, where it was 85,000).
 */
export const FLOOR_RELATIONS: readonly Relation[] = [
  floor('tcp', 'zeromq-single', cell.requests(64, 100), 3.0),
  floor('tcp', 'zeromq-single', cell.requests(512, 100), 3.0),
  floor('zeromq-batch', 'zeromq-single', cell.requests(64, 100), 2.9, 2.9),
  floor('zeromq-batch', 'zeromq-single', cell.requests(512, 100), 5.7, 5.7),
  floor('tcp', 'zeromq-single', cell.events(1), 4.2),
  floor('tcp', 'zeromq-single', cell.events(4), 2.8),
  floor('zeromq-batch', 'zeromq-single', cell.events(1), 5.5),
  floor('zeromq-batch', 'zeromq-single', cell.events(4), 4.8),
];

/** What is asked of the whole framework. */
export const TARGETS: readonly Relation[] = [
  { of: 'atom', over: 'zeromq-single', cell: cell.requests(512, 100), atLeast: 3 },
  { of: 'atom', over: 'tcp', cell: cell.requests(512, 100), atLeast: 0.8 },
  { of: 'atom', over: 'zeromq-single', cell: cell.requests(64, 100), atLeast: 2 },
  { of: 'atom', over: 'zeromq-single', cell: cell.p50(1, 100), atMost: 1.3 },
  { of: 'atom', over: 'zeromq-single', cell: cell.events(1), atLeast: 2 },
  { of: 'atom', over: 'zeromq-single', cell: cell.events(4), atLeast: 2 },
  { of: 'atom', over: 'class-validator', cell: cell.check('flat'), atLeast: 20 },
];

/** The ratio in each round, as one spread; undefined when one of the two was not measured there. */
export function ratio(rounds: Rounds, { of, over, cell: where }: Relation): Spread | undefined {
  const under = rounds[over] ?? [];
  const ratios = (rounds[of] ?? []).flatMap((figures, index) => {
    const value = (figures[where] ?? NaN) / (under[index]?.[where] ?? NaN);
    return Number.isNaN(value) ? [] : [value];
  });
  return ratios.length > 0 ? spread(ratios) : undefined;
}

/** Says in words whether a relation holds, by the median of its rounds. */
export function judge(
  rounds: Rounds,
  relation: Relation,
): { readonly holds: boolean; readonly text: string } {
  const { of, over, cell: where, atLeast = 0, atMost = Infinity } = relation;
  const found = ratio(rounds, relation);
  const wanted = [
    ...(atLeast > 0 ? [`at least ${atLeast.toFixed(2)}`] : []),
    ...(atMost < Infinity ? [`at most ${atMost.toFixed(2)}`] : []),
  ].join(', ');
  const what = `${where}: ${of} / ${over}`;
  if (!found) return { holds: false, text: `${what} was not measured (wanted ${wanted})` };
  const holds = found.median >= atLeast && found.median <= atMost;
  const figures = `${found.median.toFixed(2)} (${found.min.toFixed(2)} to ${found.max.toFixed(2)})`;
  return { holds, text: `${what} is ${figures}, wanted ${wanted}` };
}

/** Events that a contender lost in any round; the window lets everybody deliver all. */
export function losses(rounds: Rounds): string[] {
  return Object.entries(rounds).flatMap(([name, figures]) =>
    [1, 4].flatMap((subscribers) => {
      const worst = Math.max(...figures.map((round) => round[cell.lost(subscribers)] ?? 0));
      return worst > 0 ? [`${name} lost ${(100 * worst).toFixed(1)} % of its events to ${subscribers}`] : [];
    }),
  );
}
