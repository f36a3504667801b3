/** Numbers and times as the page writes them: short, and of a width that does not jump. */

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const TIME = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** `0`, `0.4`, `12.3`, `840`, `12.4K`. */
export function count(value: number): string {
  if (value >= 10_000) return COMPACT.format(value);
  if (value >= 100 || Number.isInteger(value)) return WHOLE.format(value);
  return value.toFixed(1);
}

export function rate(perSecond: number): string {
  return `${count(perSecond)}/s`;
}

/** Milliseconds as `0.84 ms`, `12 ms`, `1.2 s`; a dash for nothing measured. */
export function duration(ms: number): string {
  if (!(ms > 0)) return '–';
  if (ms < 10) return `${ms.toFixed(ms < 1 ? 2 : 1)} ms`;
  if (ms < 1000) return `${WHOLE.format(ms)} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}

/** The share of `errors` in `all`: `0 %`, `<0.1 %`, `2.5 %`. */
export function share(errors: number, all: number): string {
  if (!(errors > 0)) return '0 %';
  const percent = Math.min(100, (100 * errors) / Math.max(all, errors));
  return percent < 0.1 ? '<0.1 %' : `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

/** How long since `at`: `4 s`, `12 min`, `3 h`, `2 d`. */
export function since(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** The time of day. */
export function clock(at: number): string {
  return TIME.format(at);
}

/** An instance's id as people say it. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}

export function plural(value: number, one: string): string {
  return `${WHOLE.format(value)} ${one}${value === 1 ? '' : 's'}`;
}
