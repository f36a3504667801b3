/**
 * Which way imports go (README: "Architecture"). `spec/guards/imports.spec.ts` holds the tree to these rules
 * and shows of each that it finds what it forbids.
 */
const npm = (name) => `(^|node_modules/)${name}(/|$)`;
const lib = (...folders) => `^lib/(${folders.join('|')})/`;

/** May join everything: what users import or start, and what tests them. */
const ENTRY_POINTS = '^(lib/index|lib/testing/|nucleus/index|nucleus/cli/|samples/|spec/)';

const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

const rules = [
  rule('no-cycle', 'Move what both need to a third file.', {}, { circular: true }),
  rule('resolvable', 'The import leads nowhere.', {}, { couldNotResolve: true }),
  rule(
    'shipped-dependencies',
    'What ships may need dependencies and peers only, never a development tool.',
    // A new project has its own packages.
    { path: '^(lib|nucleus)/', pathNot: '^nucleus/cli/init/template/' },
    { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
  ),
  rule(
    'decorators-record',
    'Decorators only record: they know metadata and types.',
    { path: lib('decorators') },
    { path: lib('scanner', 'container', 'application', 'client', 'delivery', 'transport', 'wire') },
  ),
  rule(
    'decorators-run-nothing',
    'Decorators only record: of the runtime they may name types.',
    { path: lib('decorators', 'metadata', 'scanner') },
    { path: lib('runtime'), dependencyTypesNot: ['type-only'] },
  ),
  rule(
    'metadata-is-first',
    'decorators -> metadata -> scanner -> container -> application',
    { path: lib('metadata') },
    {
      path: lib(
        'decorators',
        'scanner',
        'container',
        'application',
        'client',
        'delivery',
        'transport',
        'wire',
      ),
    },
  ),
  rule(
    'scanner-before-container',
    'decorators -> metadata -> scanner -> container -> application',
    { path: lib('scanner') },
    { path: lib('decorators', 'container', 'application', 'client', 'delivery', 'transport', 'wire') },
  ),
  rule(
    'container-before-application',
    'decorators -> metadata -> scanner -> container -> application',
    { path: lib('container') },
    { path: lib('decorators', 'application', 'client', 'delivery', 'transport', 'wire') },
  ),
  rule(
    'inversify-in-container',
    'lib/container is the only importer of inversify.',
    { path: '^(lib|nucleus)/', pathNot: lib('container') },
    { path: npm('inversify') },
  ),
  rule(
    'reflect-in-metadata-store',
    'lib/metadata/metadata-store.ts is the only file that touches Reflect.',
    { path: '^(lib|nucleus)/', pathNot: '^lib/metadata/metadata-store\\.ts$' },
    { path: npm('reflect-metadata') },
  ),
  rule(
    'zeromq-in-its-transport',
    'lib/transport/zeromq, nucleus/zeromq.ts and nucleus/registry/nucleus-sockets.ts are the only importers of zeromq.',
    {
      path: '^(lib|nucleus)/',
      pathNot: ['^lib/transport/zeromq/', '^nucleus/zeromq\\.ts$', '^nucleus/registry/nucleus-sockets\\.ts$'],
    },
    { path: npm('zeromq') },
  ),
  rule(
    'ioredis-in-registry',
    'nucleus/registry is the only importer of ioredis.',
    { path: '^(lib|nucleus)/', pathNot: '^nucleus/registry/' },
    { path: npm('ioredis') },
  ),
  rule(
    'redis-in-its-log',
    'Of lib only lib/durable/redis knows Redis; it goes through nucleus/registry/redis-client.ts. All may read its URL.',
    { path: '^lib/', pathNot: '^lib/durable/redis/' },
    { path: '^nucleus/registry/redis-', pathNot: 'redis-url' },
  ),
  rule(
    'durable-without-io',
    'The log is a port: what is built on it knows no implementation.',
    { path: '^lib/durable/[^/]+$' },
    { path: ['^lib/durable/redis/', lib('transport', 'application', 'client', 'container', 'scanner')] },
  ),
  rule(
    'runtime-without-transport',
    'application joins runtime and transport; neither knows the other.',
    { path: lib('runtime') },
    { path: lib('transport', 'application', 'client', 'container', 'scanner', 'decorators') },
  ),
  rule(
    'transport-without-runtime',
    'application joins runtime and transport; neither knows the other.',
    { path: lib('transport') },
    { path: lib('runtime', 'application', 'client', 'container', 'scanner', 'decorators', 'delivery') },
  ),
  rule(
    'wire-without-io',
    'Bytes in, values out.',
    { path: lib('wire') },
    {
      path: [
        '^(node:)?(net|fs|fs/promises|dgram|tls|http|https|http2|dns|child_process|worker_threads)$',
        npm('(zeromq|ioredis)'),
      ],
    },
  ),
  rule(
    'wire-knows-no-user',
    'The wire is used; it uses nothing.',
    { path: lib('wire') },
    {
      path: lib(
        'transport',
        'runtime',
        'delivery',
        'client',
        'application',
        'container',
        'scanner',
        'decorators',
      ),
    },
  ),
  rule(
    'application-is-last',
    'Only entry points import the application.',
    { pathNot: [lib('application'), ENTRY_POINTS] },
    { path: lib('application') },
  ),
  rule(
    'no-index',
    'Import the file that has it, not an index.',
    { pathNot: ENTRY_POINTS },
    { path: ['^(lib|nucleus)/index\\.ts$', '^(lib|nucleus)/.+/index\\.ts$'] },
  ),
  rule(
    'nucleus-without-lib',
    'lib imports nucleus, never the reverse; the entry points under nucleus/cli may.',
    { path: '^nucleus/', pathNot: '^nucleus/cli/' },
    { path: '^lib/' },
  ),
  rule(
    'page-in-a-browser',
    'The page has the browser, preact and cytoscape, and of the daemon the types of http-api.ts.',
    { path: '^nucleus/dashboard/page/' },
    { pathNot: ['^nucleus/dashboard/page/', '^nucleus/daemon/http-api\\.ts$', npm('(preact|cytoscape)')] },
  ),
  rule(
    'page-by-itself',
    'The page is served as files; nothing that runs in Node imports it.',
    { path: '^(lib|nucleus)/', pathNot: '^nucleus/dashboard/page/' },
    { path: '^nucleus/dashboard/page/' },
  ),
  rule(
    'ships-without-specs',
    'What ships knows neither specs nor samples.',
    { path: '^(lib|nucleus)/' },
    { path: '^(spec|samples)/' },
  ),
];

export default {
  forbidden: rules,
  options: {
    // Type imports count as well: they decide what a reader has to know.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
