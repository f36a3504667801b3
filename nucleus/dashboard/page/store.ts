import { useEffect, useState } from 'preact/hooks';
import type { DaemonHealth, HistoryEntry, MeshView } from '../../daemon/http-api.js';
import type { Trails } from './trails.js';

/** Whether what is shown is live. `since` is when that began. */
export interface Link {
  readonly state: 'connecting' | 'live' | 'lost';
  readonly since: number;
}

export interface PageState {
  readonly mesh?: MeshView;
  readonly daemon?: DaemonHealth;
  /** The newest first; at most 500. */
  readonly history: readonly HistoryEntry[];
  readonly link: Link;
  readonly trails: Trails;
}

/** What the page knows of the mesh, for whoever draws it. */
export class Store {
  private readonly listeners = new Set<() => void>();
  private current: PageState = {
    history: [],
    link: { state: 'connecting', since: Date.now() },
    trails: new Map(),
  };

  get state(): PageState {
    return this.current;
  }

  update(change: Partial<PageState>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener();
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** The state, drawn again whenever it changes. */
export function useStore(store: Store): PageState {
  const [state, setState] = useState(store.state);
  useEffect(() => {
    setState(store.state);
    return store.listen(() => setState(store.state));
  }, [store]);
  return state;
}
