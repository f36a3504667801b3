import { bounded } from '../../nucleus/bounded.js';
import type { Clock } from '../../nucleus/clock.js';

/** Called once everything is constructed, before the application listens; awaited, dependencies first. */
export interface OnInit {
  onInit(): void | Promise<void>;
}

/** Called once the application listens and is announced; awaited, dependencies first. */
export interface OnListening {
  onListening(): void | Promise<void>;
}

/** Called when the application closes, after the last message is handled; awaited, dependants first. */
export interface OnClose {
  onClose(): void | Promise<void>;
}

/** How long hooks may take, for `runHook`. */
export interface HookLimit {
  readonly clock: Clock;
  /** All of them together, ms. One that is called when little is left has a tenth of it all the same. */
  readonly within: number;
}

export type Hook = 'onInit' | 'onListening' | 'onClose';

/** Says which hook is under way. */
export interface HookWatch {
  current?: string | undefined;
}

/** One constructed provider or service. */
export interface ManagedInstance {
  readonly instance: object;
  /** The provider's token, for messages. */
  readonly name: string;
  readonly module: string;
}

/**
 * Calls `onInit` or `onListening` on each instance that has it, one after another, in the order given. The first
 * failure ends it.
 * @throws Error naming provider, hook and module, with the failure as its cause
 */
export async function runHook(
  instances: readonly ManagedInstance[],
  hook: 'onInit' | 'onListening',
  watch: HookWatch = {},
): Promise<void> {
  for (const managed of instances) {
    watch.current = `${managed.name}.${hook}() in ${managed.module}`;
    try {
      await callHook(managed.instance, hook);
    } catch (cause) {
      throw failed(managed, hook, cause);
    }
  }
  watch.current = undefined;
}

/**
 * Calls `onClose` on every instance that has it, one after another in reverse, and leaves alone what does not return
 * in time.
 * @throws AggregateError of an Error for each that failed or did not return, naming provider and module
 */
export async function runOnClose(
  instances: readonly ManagedInstance[],
  { clock, within }: HookLimit,
): Promise<void> {
  const failures: Error[] = [];
  const end = clock.now() + within;
  for (const managed of instances.toReversed()) {
    const left = Math.max(end - clock.now(), within / 10);
    try {
      if (await bounded(clock, left, callHook(managed.instance, 'onClose'))) continue;
      throw new Error(`it did not return within ${Math.round(left)} ms, and is left alone`);
    } catch (cause) {
      failures.push(failed(managed, 'onClose', cause));
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
  }
}

function failed({ name, module }: ManagedInstance, hook: Hook, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${name}.${hook}() failed in ${module}: ${why}`, { cause });
}

async function callHook(instance: object, hook: Hook): Promise<void> {
  const { [hook]: method } = instance as Partial<Record<Hook, unknown>>;
  if (typeof method === 'function') await method.call(instance);
}
