import { type Chapter, without } from './promise.js';

const SHUTDOWN_SIGNALS = 'spec/unit/application/shutdown-signals.spec.ts';
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
          spec: SHUTDOWN_SIGNALS,
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
              '} catch {\n      this.cannotStart();',
              '} catch (error) {\n      throw error;\n      this.cannotStart();',
            ),
          ],
        },
      ],
    },
    {
      id: 'LIF-9',
      promise:
        'A hook that never returns is named and left alone after `drainTimeout`, and all else is closed.',
      proofs: [
        {
          spec: 'spec/unit/container/lifecycle.spec.ts',
          title: 'waits no longer for onClose than it may, names what hangs, and calls the rest all the same',
          off: [
            without(
              'lib/container/lifecycle.ts',
              "if (await bounded(clock, left, callHook(managed.instance, 'onClose'))) continue;",
              "await callHook(managed.instance, 'onClose');\n      continue;",
            ),
          ],
        },
        {
          spec: LIFECYCLE,
          title: 'closes everything though ${hang} never returns, and names it',
          off: [
            without(
              'lib/application/application.ts',
              'if (!(await bounded(clock, within, started))) {',
              'await started;\n    if (false) {',
            ),
          ],
        },
      ],
    },
    {
      id: 'LIF-10',
      promise: 'The process exits 1 where something failed to close, and at once at a second signal.',
      proofs: [
        {
          spec: SHUTDOWN_SIGNALS,
          title: 'exit 1 when one fails to close, after the others',
          off: [without('lib/application/shutdown-signals.ts', 'closed.every(Boolean) ? 0 : 1', '0')],
        },
        {
          spec: SHUTDOWN_SIGNALS,
          title: 'exit 1 at once at a second one',
          off: [without('lib/application/shutdown-signals.ts', 'if (ending) process.exit(1);')],
        },
      ],
    },
    {
      id: 'LIF-11',
      promise:
        'A clock that jumps by an hour or a day, either way, fails no request, takes nobody for gone, and has no durable event handled twice.',
      proofs: [
        {
          spec: 'spec/integration/clock-jumps.spec.ts',
          title:
            'fail no request, take nobody for gone, and have no durable event handled early, late or twice',
          off: [
            without('nucleus/clock.ts', 'now: () => performance.now() + ORIGIN,', 'now: () => Date.now(),'),
          ],
        },
      ],
    },
    {
      id: 'LIF-12',
      promise: 'A full disk under its log ends no process.',
      proofs: [
        {
          spec: 'spec/integration/no-disk.spec.ts',
          title: 'goes on without one',
          off: [
            without('lib/application/logger.ts', "output.on('error', () => undefined);"),
            without(
              'nucleus/logger.ts',
              'logger[level](fields, message);\n      } catch {',
              'logger[level](fields, message);\n      } catch (error) {\n        throw error;',
            ),
          ],
        },
      ],
    },
  ],
};
