/** A group and port that no other spec is likely to use at the same time. */
export function randomMulticast(): { group: string; port: number } {
  const byte = (): number => 1 + Math.floor(Math.random() * 254);
  return { group: `239.66.${byte()}.${byte()}`, port: 20_000 + Math.floor(Math.random() * 12_000) };
}
