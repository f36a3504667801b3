import { type Promised, without } from './promise.js';

const REDIS_KINDS = 'spec/integration/redis-kinds.spec.ts';

/** Redis in all its kinds. */
export const REDIS: readonly Promised[] = [
  {
    id: 'DIS-16',
    promise:
      'After Sentinel has promoted another Redis the registry is whole within 3 s, and no request has failed.',
    proofs: [
      {
        spec: REDIS_KINDS,
        title:
          'sentinel: the registry is whole 3 s after a promotion (${how}), no request fails, and events are handled',
        off: [
          without(
            'nucleus/registry/redis-registry.ts',
            'if (this.listener !== undefined) await this.rest.take();',
            'break;',
          ),
        ],
      },
    ],
  },
  {
    id: 'DIS-17',
    promise:
      'Redis may ask for TLS, and for a user, who needs no more rights than the ACL lines of the protocols.',
    proofs: [
      {
        spec: REDIS_KINDS,
        title: 'TLS and a user: by options, and by a URL with the authority in NODE_EXTRA_CA_CERTS',
        off: [without('nucleus/registry/redis-url.ts', "...(scheme === 'rediss' ? { tls: {} } : {}),")],
      },
      {
        spec: REDIS_KINDS,
        title: 'TLS and a user: by options, and by a URL with the authority in NODE_EXTRA_CA_CERTS',
        off: [
          without(
            'nucleus/registry/redis-url.ts',
            "...(username === '' ? {} : { username: decodeURIComponent(username) }),",
          ),
        ],
      },
    ],
  },
  {
    id: 'DIS-18',
    promise:
      'A Redis Cluster is found by any one of its nodes; of several in the URL it is enough that one is there.',
    proofs: [
      {
        spec: 'spec/integration/discovery-redis-cluster.spec.ts',
        title: 'works by a URL that names several nodes, one of which is gone',
        off: [
          without(
            'nucleus/registry/redis-target.ts',
            'this.found(nodes ??',
            'this.found(nodes?.slice(0, 1) ??',
          ),
        ],
      },
    ],
  },
];
