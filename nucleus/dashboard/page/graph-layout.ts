/**
 * Where the services stand: callers left of what they call, in columns, the same picture for the same mesh. What
 * stands somewhere stays there; only a mesh that has grown by a third, in services and arrows, is arranged anew.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
}

export type Places = ReadonlyMap<string, Point>;

export interface Layout {
  readonly places: Places;
  /** How many arrows there were when all was arranged. */
  readonly arrows: number;
}

/** The distance of columns and of rows. */
export interface Cell {
  readonly width: number;
  readonly height: number;
}

/** From here on columns are filled evenly: the picture is to be seen whole before it is read. */
export const DENSE = 40;
/** How much wider than high the whole is to be. */
const ASPECT = 2.6;
const GROWN = 1 / 3;

/** All places: the known ones where they were, new ones beside what they talk to. */
export function place(
  known: Layout | undefined,
  names: readonly string[],
  arrows: readonly Arrow[],
  cell: Cell,
): Layout {
  if (!known) return arrange(names, arrows, cell);
  const fresh = names.filter((name) => !known.places.has(name)).sort();
  const grown = fresh.length + Math.max(0, arrows.length - known.arrows);
  if (grown > (names.length + arrows.length) * GROWN) return arrange(names, arrows, cell);
  if (fresh.length === 0) return known;
  const places = new Map(known.places);
  const taken = new Set([...places.values()].map((point) => slotOf(point, cell)));
  const bottom = Math.max(0, ...[...places.values()].map(({ y }) => y)) + cell.height;
  for (const name of fresh) {
    const caller = arrows.find(({ from, to }) => to === name && places.has(from))?.from;
    const called = arrows.find(({ from, to }) => from === name && places.has(to))?.to;
    const near = places.get(caller ?? called ?? '');
    const step = caller === undefined ? -cell.width : cell.width;
    const start = near ? { x: near.x + step, y: near.y } : { x: 0, y: bottom };
    const point = freeNear(start, taken, cell);
    taken.add(slotOf(point, cell));
    places.set(name, point);
  }
  return { places, arrows: known.arrows };
}

/** The whole picture from nothing. */
export function arrange(names: readonly string[], arrows: readonly Arrow[], cell: Cell): Layout {
  const there = new Set(names);
  const all = [...there].sort();
  const real = acyclic(arrows.filter(({ from, to }) => from !== to && there.has(from) && there.has(to)));
  const joined = new Set(real.flatMap(({ from, to }) => [from, to]));
  const alone = all.filter((name) => !joined.has(name));
  const width = Math.max(2, Math.round(Math.sqrt((ASPECT * cell.height * all.length) / cell.width)));
  const columns = sweep(columnsOf([...joined].sort(), real, width), real);
  const places = new Map<string, Point>();
  columns.forEach((column, x) =>
    column.forEach((name, n) =>
      places.set(name, { x: x * cell.width, y: (n - (column.length - 1) / 2) * cell.height }),
    ),
  );
  const tallest = Math.max(0, ...columns.map((column) => column.length));
  const below = joined.size > 0 ? (tallest / 2 + 0.5) * cell.height : 0;
  const across = Math.max(columns.length, width);
  alone.forEach((name, n) =>
    places.set(name, { x: (n % across) * cell.width, y: below + Math.floor(n / across) * cell.height }),
  );
  return { places, arrows: arrows.length };
}

/** The arrows, in their order, less those that would close a circle. */
function acyclic(arrows: readonly Arrow[]): Arrow[] {
  const next = new Map<string, Set<string>>();
  const reaches = (from: string, goal: string): boolean => {
    const seen = new Set([from]);
    for (const name of seen) {
      if (name === goal) return true;
      for (const to of next.get(name) ?? []) seen.add(to);
    }
    return false;
  };
  return arrows.filter(({ from, to }) => {
    if (next.get(from)?.has(to) || reaches(to, from)) return false;
    next.set(from, (next.get(from) ?? new Set()).add(to));
    return true;
  });
}

/** Each name as far right as its longest way from a start; many are cut into `width` columns of equal height. */
function columnsOf(names: readonly string[], arrows: readonly Arrow[], width: number): string[][] {
  const depth = new Map(names.map((name) => [name, 0]));
  for (let changed = true, round = 0; changed && round <= names.length; round++) {
    changed = false;
    for (const { from, to } of arrows) {
      const wanted = depth.get(from)! + 1;
      if (wanted > depth.get(to)!) {
        depth.set(to, wanted);
        changed = true;
      }
    }
  }
  const layers: string[][] = [];
  for (const [name, at] of depth) (layers[at] ??= []).push(name);
  if (names.length >= DENSE) return cut(layers.flat(), Math.ceil(names.length / width));
  return layers.flatMap((layer) => cut(layer, Math.max(6, Math.ceil((1.4 * names.length) / width))));
}

/** The list in parts of at most `size`, as equal as can be. */
function cut(list: readonly string[], size: number): string[][] {
  const parts = Math.ceil(list.length / size);
  const each = Math.ceil(list.length / parts);
  return Array.from({ length: parts }, (_, n) => list.slice(n * each, (n + 1) * each));
}

/** Orders each column by where its neighbours stand, so that few arrows cross. */
function sweep(columns: string[][], arrows: readonly Arrow[]): string[][] {
  const neighbours = new Map<string, string[]>();
  for (const { from, to } of arrows) {
    neighbours.set(from, [...(neighbours.get(from) ?? []), to]);
    neighbours.set(to, [...(neighbours.get(to) ?? []), from]);
  }
  const height = new Map<string, number>();
  const note = (column: readonly string[]): void =>
    column.forEach((name, n) => height.set(name, n - (column.length - 1) / 2));
  columns.forEach(note);
  const weight = (name: string): number => {
    const around = neighbours.get(name) ?? [];
    return around.reduce((sum, other) => sum + height.get(other)!, 0) / Math.max(1, around.length);
  };
  let current = columns;
  for (let round = 0; round < 6; round++) {
    const order = round % 2 === 0 ? current : [...current].reverse();
    const sorted = order.map((column) => {
      const weights = new Map(column.map((name) => [name, weight(name)]));
      const next = [...column].sort((a, b) => weights.get(a)! - weights.get(b)! || (a < b ? -1 : 1));
      note(next);
      return next;
    });
    current = round % 2 === 0 ? sorted : sorted.reverse();
  }
  return current;
}

function slotOf({ x, y }: Point, cell: Cell): string {
  return `${Math.round(x / cell.width)} ${Math.round((2 * y) / cell.height)}`;
}

/** The free place next to `start`, in its column. */
function freeNear(start: Point, taken: ReadonlySet<string>, cell: Cell): Point {
  const half = cell.height / 2;
  for (let step = 0; ; step++) {
    for (const y of step === 0 ? [start.y] : [start.y + step * cell.height, start.y - step * cell.height]) {
      const slots = [y - half, y, y + half].map((at) => slotOf({ x: start.x, y: at }, cell));
      if (!slots.some((slot) => taken.has(slot))) return { x: start.x, y };
    }
  }
}
