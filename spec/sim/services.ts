import { AtomModule } from '../../lib/decorators/atom-module.js';
import { AtomService } from '../../lib/decorators/atom-service.js';
import { Inject } from '../../lib/decorators/inject.js';
import { OnEvent } from '../../lib/decorators/on-event.js';
import { OnRequest } from '../../lib/decorators/on-request.js';
import type { Class, DynamicModule } from '../../lib/metadata/definitions.js';
import type { MessageContext } from '../../lib/runtime/context.js';

/** The data of a request or a signal. */
export interface Work {
  readonly call: number;
  /** How long its handler takes, ms; 0: it ends at once. */
  readonly takes: number;
  /** The handler throws. */
  readonly fails?: boolean;
  /** The handler asks this service first. */
  readonly asks?: string;
}

/** The data of an event. */
export interface News {
  readonly event: number;
  readonly takes: number;
}

/** Where handlers write down that they run, and do what there is to do. */
export interface Notebook {
  work(work: Work, context: MessageContext): unknown;
  heard(news: News, context: MessageContext): unknown;
}

export const A = '@sim/a';
export const B = '@sim/b';
/** Events that one instance of each service handles, and that all do. */
export const NEWS = 'news';
export const ALARM = 'alarm';

const NOTEBOOK = Symbol('notebook');

/** A service with one of each kind of handler; it hears what `from` publishes. */
function service(name: string, from: string): Class {
  @AtomService(name)
  class SimService {
    constructor(@Inject(NOTEBOOK) private readonly notebook: Notebook) {}

    @OnRequest({ accepts: 'any' })
    plain(work: Work, context: MessageContext): unknown {
      return this.notebook.work(work, context);
    }

    @OnRequest({ accepts: 'any', idempotent: true })
    repeatable(work: Work, context: MessageContext): unknown {
      return this.notebook.work(work, context);
    }

    @OnRequest({ accepts: 'any', concurrency: 1 })
    narrow(work: Work, context: MessageContext): unknown {
      return this.notebook.work(work, context);
    }

    // Only by signal: what is published under that name is nobody's.
    @OnEvent('poke', { accepts: 'any', from: '@sim/nobody' })
    poke(work: Work, context: MessageContext): unknown {
      return this.notebook.work(work, context);
    }

    @OnEvent(NEWS, { accepts: 'any', from })
    news(news: News, context: MessageContext): unknown {
      return this.notebook.heard(news, context);
    }

    @OnEvent(ALARM, { accepts: 'any', from, delivery: 'broadcast' })
    alarm(news: News, context: MessageContext): unknown {
      return this.notebook.heard(news, context);
    }
  }
  return SimService;
}

const SERVICES = new Map([
  [A, service(A, '@sim/nobody')],
  [B, service(B, A)],
]);

@AtomModule({})
class SimModule {}

/** The root module of a process that runs `name`, or nothing. */
export function moduleOf(name: string | undefined, notebook: Notebook): DynamicModule {
  const type = name === undefined ? undefined : SERVICES.get(name);
  return {
    module: SimModule,
    services: type === undefined ? [] : [type],
    providers: type === undefined ? [] : [{ provide: NOTEBOOK, useValue: notebook }],
  };
}
