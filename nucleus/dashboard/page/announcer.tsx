import { useEffect, useRef, useState } from 'preact/hooks';
import type { HistoryEntry } from '../../daemon/http-api.js';
import { plural, shortId } from './format.js';
import type { Link } from './store.js';

/** How long changes are gathered before they are said, ms. */
const GATHER = 1000;
const MOST = 3;

/** Tells a screen reader, politely, what has changed: the last lines in full, many as a number. */
export function Announcer({
  history,
  link,
}: {
  readonly history: readonly HistoryEntry[];
  readonly link: Link;
}) {
  const [said, say] = useState('');
  const heard = useRef<number>(undefined);
  const latest = useRef(history);
  latest.current = history;
  const newest = history[0]?.sequence;

  useEffect(() => {
    if (newest === undefined) return;
    // What was there when the page opened is no news; nor is a nucleus that counts from 1 again.
    if (heard.current === undefined || newest < heard.current) {
      heard.current = newest;
      return;
    }
    const timer = setTimeout(() => {
      const fresh = latest.current.filter(({ sequence }) => sequence > (heard.current ?? 0));
      heard.current = latest.current[0]?.sequence;
      const told = fresh.filter(({ type }) => type !== 'updated');
      if (told.length === 0) return;
      say(told.length > MOST ? `${plural(told.length, 'instance')} changed.` : told.map(sentence).join(' '));
    }, GATHER);
    return () => clearTimeout(timer);
  }, [newest]);
  return (
    <div class="visually-hidden" role="log" aria-live="polite" aria-label="News">
      {link.state === 'lost' ? 'The connection to the nucleus is lost.' : said}
    </div>
  );
}

function sentence({ services, instance, health, type }: HistoryEntry): string {
  const what = type === 'joined' ? 'has joined' : type === 'left' ? 'has left' : `is ${health}`;
  return `${services.join(', ') || 'A client'}, instance ${shortId(instance)}, ${what}.`;
}
