import { simulate } from './simulate.js';
import { show } from './history.js';
const [, , from = '1', count = '1', mode = ''] = process.argv;
const t0 = performance.now();
for (let seed = Number(from); seed < Number(from) + Number(count); seed++) {
  const t = performance.now();
  const { digest, history, violations } = await simulate(seed);
  if (mode === 'show') for (const entry of history) console.log(show(entry));
  if (mode !== 'quiet' || violations.length) console.log(seed, digest, history.length, violations.length, (performance.now() - t).toFixed(1));
}
console.log('ms', ((performance.now() - t0) / Number(count)).toFixed(1));
