import { expect } from 'chai';
import type { EdgeView, MeshView, ServiceSummary } from '../../../../nucleus/daemon/http-api.js';
import { describeGraph, graphOf } from '../../../../nucleus/dashboard/page/graph-elements.js';

function service(name: string, instances: Partial<ServiceSummary['instances']> = {}): ServiceSummary {
  return {
    name,
    versions: ['1.0.0'],
    health: 'alive',
    instances: { alive: 1, slow: 0, draining: 0, lost: 0, ...instances },
    operations: [],
    topics: [],
    perSecond: 4,
    errorsPerSecond: 0,
    p50: 1,
    p99: 2,
  };
}

function calls(from: string, to: string): EdgeView {
  return { kind: 'calls', from, to, names: ['do'], perSecond: 4, count: 9 };
}

const mesh: MeshView = {
  environment: 'test',
  at: 0,
  services: [service('@a/one'), service('@a/two', { lost: 1 }), service('@a/three')],
  instances: [],
  edges: [calls('', '@a/one'), calls('@a/one', '@a/two'), calls('@a/gone', '@a/one')],
};
const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);

describe('the graph of a mesh', () => {
  it('has a node for each service and one for all clients, and arrows between what is there', () => {
    const graph = graphOf(mesh);
    expect(ids(graph.nodes)).to.deep.equal(['@a/one', '@a/two', '@a/three', 'clients']);
    expect(ids(graph.edges)).to.deep.equal(['calls  @a/one', 'calls @a/one @a/two']);
    expect(graph.edges[1]).to.include({ source: '@a/one', target: '@a/two', label: 'do  4/s' });
  });

  it('shows the worst of an instance, in words as well', () => {
    const graph = graphOf(mesh);
    expect(graph.nodes[1]).to.include({ health: 'lost', label: '@a/two\n1 lost, 1 alive · 4/s' });
    expect(describeGraph(graph)).to.match(/^Topology: 4 nodes, 1 not well, 2 arrows\./);
  });

  it('keeps of a filtered mesh what matches, and aside what that talks to', () => {
    const graph = graphOf(mesh, { shown: new Set(['@a/two']) });
    expect(graph.nodes.map(({ id, isAside }) => [id, isAside])).to.deep.equal([
      ['@a/one', true],
      ['@a/two', false],
    ]);
    expect(ids(graph.edges)).to.deep.equal(['calls @a/one @a/two']);
  });

  it('names in a large mesh only the arrows of the service that is looked at', () => {
    const services = Array.from({ length: 60 }, (_, n) => service(`@a/s${n}`));
    const edges = services.slice(1).map(({ name }, n) => calls(`@a/s${n}`, name));
    const graph = graphOf({ ...mesh, services, edges }, { chosen: '@a/s7' });
    expect(graph.edges.filter(({ label }) => label !== '')).to.have.length(2);
    expect(graph.nodes[0]).to.include({ isDense: true, label: '@a/s0' });
  });
});
