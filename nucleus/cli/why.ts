import type { InstanceView } from '../daemon/http-api.js';
import type { DirectoryEntry } from '../directory.js';
import type { SourceStatus } from '../discovery.js';
import { evidenceInWords } from '../daemon/health-words.js';
import { meant } from './meant.js';
import { operationsOf } from './offers.js';

/** One instance of the service, as a target of the request. */
export interface Candidate {
  readonly id: string;
  readonly version: string;
  readonly endpoint: string;
  /** Where this process knows it from; `nucleus` alone: only a nucleus does. */
  readonly sources: readonly string[];
  /** A request may be sent to it. */
  readonly isIn: boolean;
  /** It has the operation. */
  readonly offers: boolean;
  /** How long it took to answer when it was asked who it is, ms; absent when it did not. */
  readonly answeredIn?: number;
  /** Why it is out, or would not answer well; empty when all is well. */
  readonly reason: string;
}

/**
 * `sent`: to one that offers the operation. `may-fail`: some that may be chosen do not offer it, or did not
 * answer. `not-offered`: none of those that may be chosen has the operation. `nobody`: fails at once.
 */
export type Verdict = 'sent' | 'may-fail' | 'not-offered' | 'nobody';

/** What a request would do now. */
export interface Why {
  readonly service: string;
  readonly operation: string | undefined;
  readonly environment: string;
  readonly verdict: Verdict;
  readonly explanation: string;
  /** What to do about it; empty when all is well. */
  readonly mend: string;
  readonly instances: readonly Candidate[];
  readonly sources: readonly SourceStatus[];
}

/** What is known when the question is asked. */
export interface Known {
  readonly service: string;
  readonly operation: string | undefined;
  readonly environment: string;
  readonly entries: readonly DirectoryEntry[];
  readonly sources: readonly SourceStatus[];
  /** By instance: how long its answer took, ms; those that are missing did not answer. */
  readonly answers: ReadonlyMap<string, number>;
  /** What a nucleus tells of the service's instances, where one runs. */
  readonly nucleus: readonly InstanceView[];
}

export function explain(known: Known): Why {
  const { service, operation, environment, sources } = known;
  const instances = [...candidates(known), ...onlyNucleus(known)];
  const within = instances.filter(({ isIn }) => isIn);
  const good = within.filter(({ offers, answeredIn }) => offers && answeredIn !== undefined);
  const verdict: Verdict =
    within.length === 0
      ? 'nobody'
      : !within.some(({ offers }) => offers)
        ? 'not-offered'
        : good.length < within.length
          ? 'may-fail'
          : 'sent';
  const [explanation, mend] = inWords(verdict, known, within, good, instances);
  return { service, operation, environment, verdict, explanation, mend, instances, sources };
}

function candidates({ entries, service, operation, answers, nucleus }: Known): Candidate[] {
  return entries.flatMap((entry) => {
    const { record, state, against, sources } = entry;
    const offer = record.services.find(({ name }) => name === service);
    if (offer === undefined) return [];
    const offers =
      operation === undefined ||
      BUILT_IN.has(operation) ||
      offer.operations.some(({ name, method }) => name === operation || method === operation);
    const answeredIn = answers.get(record.id);
    const told = nucleus.find(({ id }) => id === record.id);
    const reasons = [
      evidenceInWords(against),
      offers ? '' : `it has no operation '${operation}'`,
      answeredIn === undefined && state === 'routable' ? 'it did not answer just now' : '',
      told !== undefined && told.health !== 'alive' ? `the nucleus says ${told.health}: ${told.reason}` : '',
    ];
    return {
      id: record.id,
      version: offer.version,
      endpoint: record.endpoint,
      sources,
      isIn: state === 'routable',
      offers,
      ...(answeredIn === undefined ? {} : { answeredIn }),
      reason: reasons.filter((reason) => reason !== '').join('; '),
    };
  });
}

const BUILT_IN: ReadonlySet<string> = new Set(['$describe', '$stats']);

/** Those that a nucleus remembers, and this process does not see (any more). */
function onlyNucleus({ entries, service, nucleus }: Known): Candidate[] {
  const seen = new Set(entries.map(({ record }) => record.id));
  return nucleus.flatMap(({ id, endpoint, health, reason, services }) => {
    const offer = services.find(({ name }) => name === service);
    if (offer === undefined || seen.has(id)) return [];
    return {
      id,
      version: offer.version,
      endpoint,
      sources: ['nucleus'],
      isIn: false,
      offers: false,
      reason: health === 'alive' ? 'only the nucleus sees it' : `${health}: ${reason}`,
    };
  });
}

function inWords(
  verdict: Verdict,
  known: Known,
  within: readonly Candidate[],
  good: readonly Candidate[],
  all: readonly Candidate[],
): readonly [explanation: string, mend: string] {
  const { service, operation, entries, environment, sources } = known;
  const choice =
    within.length === 1
      ? 'the one instance'
      : `one of ${within.length} instances: of two random ones the one with fewer calls under way`;
  const names = operationsOf(entries, service);
  switch (verdict) {
    case 'sent':
      return [`A request would be sent to ${choice}.`, ''];
    case 'may-fail':
      return [
        `A request would be sent to ${choice}, and only ${good.length} of ${within.length} would answer it.`,
        'A request goes to any instance of the service, whatever its version: give all of them the operation, and end those that hang.',
      ];
    case 'not-offered':
      return [
        `A request would be refused with UNIMPLEMENTED: no instance of ${service} has an operation '${operation}'.`,
        meant(operation ?? '', names),
      ];
    case 'nobody': {
      const others = [
        ...new Set(entries.flatMap(({ record }) => record.services.map(({ name }) => name))),
      ].sort();
      if (all.length > 0) {
        return [
          `A request would fail with UNAVAILABLE: ${all.length === 1 ? 'the one instance is' : `all ${all.length} instances are`} out.`,
          'Start another instance, or wait until one is back; `atom ps --wide` shows it.',
        ];
      }
      const down = sources.filter(({ state }) => state === 'down').map(({ name }) => name);
      return [
        `A request would fail with UNAVAILABLE: nobody offers ${service} in environment '${environment}'.`,
        [
          meant(service, others) ||
            'No service is seen at all: do they run, with the same ATOM_ENV and the same discovery?',
          ...(down.length > 0 ? [`Discovery is not whole: ${down.join(', ')} is down.`] : []),
        ].join('\n'),
      ];
    }
  }
}
