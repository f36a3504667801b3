/** Asks instances about themselves. `nucleus/cli/mesh-client.ts` implements it over a client of the framework. */
export interface StatsSource {
  /**
   * What the instance answers to `$stats` of a service, unchecked.
   * Rejects when it does not answer within `timeout` ms, with `code: 'DEADLINE_EXCEEDED'` when it was asked
   * and stayed silent.
   */
  stats(instance: string, service: string, timeout: number): Promise<unknown>;
  /** What the instance answers to `$describe` of a service, unchecked. Rejects as `stats` does. */
  describe(instance: string, service: string, timeout: number): Promise<unknown>;
}
