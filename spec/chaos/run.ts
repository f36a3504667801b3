import { makeHosts } from '../support/hosts.js';
import type { Finding, Row, Scenario } from './scenario.js';
import type { Size } from './size.js';
import { Scene } from './scene.js';

/**
 * Runs one scenario from its seed, and says whether it passed; one that throws has not. `slack` times as long as the pass
 * mark says is soon enough.
 */
export async function runScenario(scenario: Scenario, size: Size, seed: number, slack = 1): Promise<Row> {
  const { name, load, faults, passMark, apart } = scenario;
  const about = { scenario: name, load: load(size), faults: faults(size), passMark, seed };
  const nothing: Finding = { requests: 0, failed: {}, figures: {}, misses: [] };
  if (apart === true && !canCut()) {
    const on = 'nowhere: links are cut in network namespaces only, which need root, iproute2 and iptables';
    return { ...about, ...nothing, on, verdict: 'not possible' };
  }
  const scene = new Scene(size, seed, slack);
  let finding: Finding;
  try {
    finding = await scenario.run(scene);
  } catch (error) {
    finding = {
      ...nothing,
      misses: [`broke off: ${error instanceof Error ? error.message : String(error)}`],
    };
  } finally {
    await scene.close();
  }
  return { ...about, ...finding, on: scene.on, verdict: finding.misses.length === 0 ? 'pass' : 'MISS' };
}

let cut: boolean | undefined;

/** Whether links between hosts can be cut here. */
export function canCut(): boolean {
  if (cut !== undefined) return cut;
  const network = makeHosts(1);
  try {
    const rule = ['INPUT', '-i', 'eth0'] as const;
    if (network.apart) for (const drop of [true, false]) network.drop(network.hosts[0]!, rule, drop);
    cut = network.apart;
  } catch {
    cut = false;
  } finally {
    network.close();
  }
  return cut;
}
