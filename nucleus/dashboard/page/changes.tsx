import type { HistoryEntry } from '../../daemon/http-api.js';
import { clock, shortId } from './format.js';

interface Props {
  readonly entries: readonly HistoryEntry[];
  readonly choose?: (service: string) => void;
}

const MOST = 100;

/** What changed, when and why, the newest first. */
export function Changes({ entries, choose }: Props) {
  if (entries.length === 0) return <p class="empty">Nothing has changed since the nucleus started.</p>;
  return (
    <ol class="changes" tabIndex={0} aria-label="Changes, the newest first">
      {entries.slice(0, MOST).map((entry) => (
        <li key={entry.sequence}>
          <time dateTime={new Date(entry.at).toISOString()}>{clock(entry.at)}</time>
          <div>
            <p>
              <span class={`word ${entry.type === 'updated' ? 'gone' : entry.health}`}>{wordOf(entry)}</span>{' '}
              {entry.services.length === 0
                ? 'client'
                : entry.services.map((service) =>
                    choose ? (
                      <button key={service} type="button" class="as-link" onClick={() => choose(service)}>
                        {service}
                      </button>
                    ) : (
                      <span key={service}>{service}</span>
                    ),
                  )}{' '}
              <code>{shortId(entry.instance)}</code>
            </p>
            {entry.reason !== '' && <p class="muted">{entry.reason}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}

function wordOf({ type, health }: HistoryEntry): string {
  return type === 'health' ? health : type;
}
