import { clock } from './format.js';
import type { Link } from './store.js';

/** Says that what is seen is old. */
export function LinkBanner({ link, at }: { readonly link: Link; readonly at: number | undefined }) {
  if (link.state !== 'lost') return null;
  return (
    <p class="banner" role="status">
      <strong>No connection to the nucleus since {clock(link.since)}.</strong>{' '}
      {at === undefined ? '' : `What you see is as it was at ${clock(at)}. `}
      The services go on without it. Trying again…
    </p>
  );
}
