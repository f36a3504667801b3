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

/** The mesh as nodes and arrows. Clients that serve nothing are one node, when somebody hears from them. */
export function graphOf({ services, instances, edges }: MeshView): GraphData {
  const isDense = services.length >= DENSE;
  const known = new Set(services.map(({ name }) => name));
  const nameOf = (end: string): string => end || CLIENTS;
  const drawn = edges.filter(
    ({ from, to }) => (from === '' || known.has(from)) && (to === '' || known.has(to)),
  );
  const nodes: NodeData[] = services.map((service) => ({
    id: service.name,
    label: isDense
      ? shorten(service.name)
      : `${shorten(service.name)}\n${healthCounts(service)} · ${rate(service.perSecond)}`,
    health: worstHealth(service),
    isAside: false,
  }));
  if (drawn.some(({ from, to }) => from === '' || to === '')) {
    const clients = instances.filter((instance) => instance.services.length === 0).length;
    const size = clients === 0 ? 'serve nothing' : clients === 1 ? '1 process' : `${clients} processes`;
    nodes.push({ id: CLIENTS, label: `clients\n${size}`, health: 'clients', isAside: false });
  }
  return {
    nodes,
    edges: drawn.map(({ kind, from, to, names, perSecond }) => ({
      id: `${kind} ${from} ${to}`,
      source: nameOf(from),
      target: nameOf(to),
      kind,
      label: `${names.length === 1 ? names[0] : plural(names.length, kind === 'calls' ? 'operation' : 'topic')}  ${rate(perSecond)}`,
      width: perSecond > 0 ? Math.min(4, 1.2 + Math.log10(1 + perSecond) * 0.7) : 1,
    })),
  };
}

/** The services that `isShown`, with all that they talk to set aside. */
export function partOf({ nodes, edges }: GraphData, isShown: (service: string) => boolean): GraphData {
  const kept = edges.filter(({ source, target }) => isShown(source) || isShown(target));
  const near = new Set(kept.flatMap(({ source, target }) => [source, target]));
  return {
    nodes: nodes
      .filter(({ id }) => isShown(id) || near.has(id))
      .map((node) => ({ ...node, isAside: !isShown(node.id) })),
    edges: kept,
  };
}

/** What the graph says, for those who do not see it. */
export function describeGraph({ nodes, edges }: GraphData): string {
  const unwell = nodes.filter(({ health }) => health !== 'alive' && health !== 'clients').length;
  const state = unwell === 0 ? 'all well' : `${count(unwell)} not well`;
  return `Topology: ${plural(nodes.length, 'node')}, ${state}, ${plural(edges.length, 'arrow')}. The table of services says the same in words.`;
}

function shorten(name: string): string {
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 1)}…`;
}
