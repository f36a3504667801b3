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

export type Hook = 'onInit' | 'onListening' | 'onClose';

/** One constructed provider or service. */
export interface ManagedInstance {
  readonly instance: object;
  /** The provider's token, for messages. */
  readonly name: string;
  readonly module: string;
}

/**
 * Calls `hook` on each instance that has it, one after another: in the order given, `onClose` in reverse.
 * The first failure ends it and is thrown; of `onClose` every one is called, and the failures are thrown together.
 * @throws Error naming provider, hook and module, with the failure as its cause; AggregateError of such for `onClose`
 */
export async function runHook(instances: readonly ManagedInstance[], hook: Hook): Promise<void> {
  const failures: Error[] = [];
  for (const managed of hook === 'onClose' ? instances.toReversed() : instances) {
    try {
      await callHook(managed.instance, hook);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const failure = new Error(`${managed.name}.${hook}() failed in ${managed.module}: ${why}`, { cause });
      if (hook !== 'onClose') throw failure;
      failures.push(failure);
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
  }
}

async function callHook(instance: object, hook: Hook): Promise<void> {
  const { [hook]: method } = instance as Partial<Record<Hook, unknown>>;
  if (typeof method === 'function') await method.call(instance);
}
