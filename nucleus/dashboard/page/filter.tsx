import { useEffect, useRef } from 'preact/hooks';
import type { ServiceSummary } from '../../daemon/http-api.js';
import { plural } from './format.js';
import { worstHealth } from './health.js';
import type { Route } from './route.js';

interface Props {
  readonly route: Route;
  readonly go: (change: Partial<Route>, replace?: boolean) => void;
  readonly shown: number;
  readonly all: number;
}

/** The services whose name, operations or topics contain every word of `query`. */
export function narrow(
  services: readonly ServiceSummary[],
  query: string,
  unwell: boolean,
): readonly ServiceSummary[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && !unwell) return services;
  return services.filter((service) => {
    if (unwell && worstHealth(service) === 'alive') return false;
    const text = [service.name, ...service.operations, ...service.topics].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Narrows the graph and the table. */
export function Filter({ route, go, shown, all }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { target } = event;
      const isTyping = target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const isNarrowed = route.query !== '' || route.unwell;
  return (
    <search class="filter">
      <label class="search">
        <span class="visually-hidden">Find services by name, operation or topic</span>
        <input
          ref={input}
          type="search"
          placeholder="Find services, operations, topics"
          value={route.query}
          aria-keyshortcuts="/"
          onInput={({ currentTarget }) => go({ query: currentTarget.value }, true)}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      <button
        type="button"
        class="toggle"
        aria-pressed={route.unwell}
        onClick={() => go({ unwell: !route.unwell }, true)}
      >
        Not well
      </button>
      <p class="muted" role="status">
        {isNarrowed ? `${shown} of ${plural(all, 'service')}` : plural(all, 'service')}
      </p>
    </search>
  );
}
