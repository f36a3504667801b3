import type { EdgeView, InstanceHealth, MeshView } from '../../daemon/http-api.js';
import { count, plural, rate } from './format.js';
import { DENSE } from './graph-layout.js';
import { healthCounts, worstHealth } from './health.js';
import { CLIENTS } from './route.js';

/** What the graph draws, as plain values: equal values need no new drawing. */
export interface NodeData {
  readonly id: string;
  readonly label: string;
  readonly health: InstanceHealth | 'clients';
  /** One of many: small, with its name only. */
  readonly isDense: boolean;
  /** It is there for what it talks to only. */
  readonly isAside: boolean;
}

export interface EdgeData {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly kind: EdgeView['kind'];
  readonly label: string;
  readonly width: number;
}

export interface GraphData {
  readonly nodes: readonly NodeData[];
  readonly edges: readonly EdgeData[];
}

const LONGEST = 25;
/** Up to here each arrow carries its name; with more, only those of the service that is looked at. */
export const NAMED_UP_TO = 14;

interface Look {
  /** The service that is looked at: its arrows are named. */
  readonly chosen?: string | undefined;
  /** What a filter lets through; what that talks to is set aside, the rest left out. */
  readonly shown?: ReadonlySet<string> | undefined;
}

/** The mesh as nodes and arrows. Clients that serve nothing are one node, when somebody hears from them. */
export function graphOf({ services, instances, edges }: MeshView, { chosen, shown }: Look = {}): GraphData {
  const known = new Set(services.map(({ name }) => name));
  const nameOf = (end: string): string => end || CLIENTS;
  const isShown = (name: string): boolean => shown?.has(name) ?? true;
  const drawn = edges.filter(
    ({ from, to }) =>
      (from === '' || known.has(from)) && (to === '' || known.has(to)) && (isShown(from) || isShown(to)),
  );
  const talking = new Set(drawn.flatMap(({ from, to }) => [from, to]));
  const kept = services.filter(({ name }) => isShown(name) || talking.has(name));
  const isDense = kept.length >= DENSE;
  const nodes: NodeData[] = kept.map((service) => ({
    id: service.name,
    label: isDense
      ? shorten(service.name)
      : `${shorten(service.name)}\n${healthCounts(service)} · ${rate(service.perSecond)}`,
    health: worstHealth(service),
    isDense,
    isAside: !isShown(service.name),
  }));
  if (talking.has('')) {
    const clients = instances.filter((instance) => instance.services.length === 0).length;
    const size = clients === 0 ? 'serve nothing' : clients === 1 ? '1 process' : `${clients} processes`;
    const label = isDense ? 'clients' : `clients\n${size}`;
    nodes.push({ id: CLIENTS, label, health: 'clients', isDense, isAside: shown !== undefined });
  }
  return {
    nodes,
    edges: drawn.map((edge) => {
      const { kind, from, to, perSecond } = edge;
      const source = nameOf(from);
      const target = nameOf(to);
      const isNamed = drawn.length <= NAMED_UP_TO || source === chosen || target === chosen;
      return {
        id: `${kind} ${from} ${to}`,
        source,
        target,
        kind,
        label: isNamed ? edgeLabel(edge) : '',
        // In steps: each change of a width is drawn.
        width: perSecond > 0 ? Math.min(4, 1.5 + Math.round(Math.log10(1 + perSecond) * 1.4) / 2) : 1,
      };
    }),
  };
}

/** What the graph says, for those who do not see it. */
export function describeGraph({ nodes, edges }: GraphData): string {
  const unwell = nodes.filter(({ health }) => health !== 'alive' && health !== 'clients').length;
  const state = unwell === 0 ? 'all well' : `${count(unwell)} not well`;
  return `Topology: ${plural(nodes.length, 'node')}, ${state}, ${plural(edges.length, 'arrow')}. The table of services says the same in words.`;
}

function edgeLabel({ kind, names, perSecond, count: taken }: EdgeView): string {
  const what = names.length === 1 ? names[0] : plural(names.length, kind === 'calls' ? 'operation' : 'topic');
  // Nothing was counted: the listener has only said that it listens.
  return taken === 0 ? (what ?? '') : `${what}  ${rate(perSecond)}`;
}

function shorten(name: string): string {
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 1)}…`;
}
