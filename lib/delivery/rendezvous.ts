/**
 * The candidate that `key` belongs to: the same one everywhere and every time, and another only when that one is gone.
 * (Thaler and Ravishankar, "Using name-based mappings to increase hit rates", 1998: highest random weight.)
 */
export function ownerOf<T extends { readonly instance: string }>(
  candidates: readonly T[],
  key: string,
): T | undefined {
  const seed = hash(FNV_OFFSET, key);
  let best: T | undefined;
  let bestWeight = -1;
  for (const candidate of candidates) {
    const weight = mix(hash(seed, candidate.instance));
    if (weight < bestWeight) continue;
    // Equal weights, however unlikely, are decided by name: the order of candidates differs between processes.
    if (weight === bestWeight && candidate.instance < best!.instance) continue;
    best = candidate;
    bestWeight = weight;
  }
  return best;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a over UTF-16 units. */
function hash(start: number, text: string): number {
  let value = start;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), FNV_PRIME);
  return value;
}

/** Spreads the bits, as the last step of MurmurHash3 does: FNV alone leaves the high ones alike. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
