import { type Chapter, without } from './promise.js';

const LIFECYCLE = 'spec/integration/lifecycle.spec.ts';

export const LIFE_CYCLE: Chapter = {
  prefix: 'LIF',
  title: 'Life cycle',
  promises: [
    {
      id: 'LIF-1',
      promise:
        'An application that ends loses no request: it answers what was on its way, and what comes later goes elsewhere.',
      proofs: [
        {
          spec: LIFECYCLE,
          title: 'ends without losing a request, while they keep coming',
          off: [
            without(
              'lib/application/mesh-node.ts',
              'if (this.announced) this.update({ draining: true });',
              'if (this.announced) return true;',
            ),
          ],
        },
        {
          spec: 'spec/unit/runtime/request-server.spec.ts',
          title: 'drains: takes what was on its way, answers it, then refuses',
          off: [without('lib/runtime/request-server.ts', 'if (this.running > 0) await', 'void')],
        },
      ],
    },
    {
      id: 'LIF-2',
      promise: 'Nor an event: it leaves its publishers first, and handles what has arrived.',
      proofs: [
        {
          spec: LIFECYCLE,
          title: 'ends without losing an event, while they keep coming',
          off: [
            without(
              'lib/delivery/subscriber.ts',
              'await Promise.all([...this.feeds.values()].map((feed) => feed.drain()));',
            ),
          ],
        },
      ],
    },
    {
      id: 'LIF-3',
      promise: 'That takes `drainTimeout` (10 s) at most; what still runs then is aborted.',
      proofs: [
        {
          spec: 'spec/integration/options.spec.ts',
          title: 'drainTimeout: bounds the close, after which what still runs is aborted',
          off: [
            without(
              'lib/application/mesh-node.ts',
              '[this.requests, this.subscriber, this.durable].flatMap',
              '[this.subscriber, this.durable].flatMap',
            ),
          ],
        },
      ],
    },
    {
      id: 'LIF-4',
      promise: 'SIGTERM and SIGINT close every application of the process, and it exits 0.',
      proofs: [
        {
          spec: 'spec/unit/application/shutdown-signals.spec.ts',
          title: '${signal} closes every application of the process, and exits 0',
          off: [
            without(
              'lib/application/shutdown-signals.ts',
              'for (const signal of SIGNALS) process.on(signal, shutdown);',
              'void 0;',
            ),
          ],
        },
      ],
    },
    {
      id: 'LIF-5',
      promise: 'A start that fails closes what it had opened.',
      proofs: [
        {
          spec: LIFECYCLE,
          title: 'closes everything when ${fail} fails',
          off: [without('lib/application/application.ts', 'await this.abandon();')],
        },
      ],
    },
    {
      id: 'LIF-6',
      promise:
        'A handler may throw anything, and the log may be broken: it is answered with an error, and the process goes on.',
      proofs: [
        {
          spec: 'spec/integration/faults.spec.ts',
          title: 'answers with an error and goes on serving, with a logger that throws as well',
          off: [
            without(
              'nucleus/logger.ts',
              'logger[level](fields, message);\n      } catch {',
              'logger[level](fields, message);\n      } catch (error) {\n        throw error;',
            ),
          ],
        },
      ],
    },
    {
      id: 'LIF-7',
      promise: 'A rejected promise that a handler leaves behind is logged, and the process goes on.',
      proofs: [
        {
          spec: 'spec/integration/unhandled-rejections.spec.ts',
          title: 'is logged with its handler, and does not end the process',
          off: [
            without(
              'lib/application/unhandled-rejections.ts',
              "process.on('unhandledRejection', log);",
              'void 0;',
            ),
          ],
        },
      ],
    },
    {
      id: 'LIF-8',
      promise:
        'A process without a file descriptor left (`EMFILE`) goes on serving, and is whole again when there are some.',
      proofs: [
        {
          spec: 'spec/integration/no-descriptors.spec.ts',
          title: 'goes on serving, fails what it cannot send, and is whole again when there are some',
          off: [
            without(
              'lib/transport/zeromq/dealer-link.ts',
              '} catch {\n      // Told',
              '} catch (error) {\n      throw error;\n      // Told',
            ),
          ],
        },
      ],
    },
  ],
};
