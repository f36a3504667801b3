import { useEffect, useState } from 'preact/hooks';
import type { InstanceView, ServiceDetail } from '../../daemon/http-api.js';
import { fetchInstance } from './api.js';
import { healthRank } from './health.js';

export type Description =
  | { readonly state: 'asking' }
  | { readonly state: 'known'; readonly detail: ServiceDetail }
  | { readonly state: 'failed'; readonly why: string };

/** What a service says of itself, asked of its best instance, and again when that one has changed. */
export function useDescription(service: string, instances: readonly InstanceView[]): Description {
  const [description, setDescription] = useState<Description>({ state: 'asking' });
  const [attempt, setAttempt] = useState(0);
  const best = instances.reduce<InstanceView | undefined>(
    (found, one) => (!found || healthRank(one.health) > healthRank(found.health) ? one : found),
    undefined,
  );
  const id = best && best.health !== 'lost' && best.services.length > 0 ? best.id : undefined;
  useEffect(() => {
    if (id === undefined) {
      setDescription((before) =>
        before.state === 'known' ? before : { state: 'failed', why: 'No instance is there to be asked.' },
      );
      return;
    }
    let isWanted = true;
    let again: ReturnType<typeof setTimeout> | undefined;
    const fail = (why: string): void => {
      if (!isWanted) return;
      setDescription((before) => (before.state === 'known' ? before : { state: 'failed', why }));
      again = setTimeout(() => setAttempt((before) => before + 1), AGAIN);
    };
    fetchInstance(id).then(
      ({ descriptions }) => {
        const detail = descriptions[service];
        if (!detail) fail('The instance did not say in time what it offers. Asking again…');
        else if (isWanted) setDescription({ state: 'known', detail });
      },
      (error: unknown) => fail(`${error instanceof Error ? error.message : String(error)}. Asking again…`),
    );
    return () => {
      isWanted = false;
      clearTimeout(again);
    };
  }, [service, id, best?.revision, attempt]);
  return description;
}

const AGAIN = 3000;
