import { askNucleusRegistry, type Listener } from './ask-nucleus.js';
import { ok, problem, type Check, type Finding } from './check.js';

/** The nuclei that are configured are there. */
export const nucleus: Check = {
  name: 'nucleus',
  async run({ options }) {
    const { endpoints, expected } = options.nucleus;
    if (endpoints.length === 0) return [ok('off (ATOM_NUCLEUS)')];
    if (!expected) return [ok("not configured: services use this machine's, if one runs")];
    return Promise.all(
      endpoints.map(async (endpoint) => verdict(endpoint, await askNucleusRegistry(endpoint))),
    );
  },
};

function verdict(endpoint: string, listener: Listener): Finding {
  if (listener === 'nucleus') return ok(`answers on ${endpoint}`);
  const mend =
    "Start one there (atom start --help), or correct ATOM_NUCLEUS; 'atom status' says where it listens.";
  const what =
    listener === 'nobody' ? 'nobody listens' : 'somebody listens who is no nucleus of this version';
  return problem(`on ${endpoint} ${what}`, mend);
}
