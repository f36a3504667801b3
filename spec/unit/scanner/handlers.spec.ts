import { expect } from 'chai';
import { expectProblem, moduleOf, scanned, serviceProblems } from './support.js';
import { AtomService } from '../../../lib/decorators/atom-service.js';
import { OnEvent } from '../../../lib/decorators/on-event.js';
import { OnRequest } from '../../../lib/decorators/on-request.js';
import { Use } from '../../../lib/decorators/use.js';
import type {
  Class,
  EventOptions,
  RequestOptions,
  ServiceDefinition,
} from '../../../lib/metadata/definitions.js';

class Order {
  static readonly rules = true;
}

let count = 0;

/** The definition of `type` as a service. */
function definitionOf(type: Class): ServiceDefinition {
  AtomService(`@shop/s${++count}`)(type);
  const [service] = scanned(moduleOf({ services: [type] })).services;
  return service ?? expect.fail('no service');
}

function problemsOf(type: Class): readonly string[] {
  AtomService(`@shop/s${++count}`)(type);
  return serviceProblems(type);
}

describe('scan, handlers', () => {
  it('gives operations, named after the method unless named', () => {
    class Orders {
      @OnRequest()
      find(): void {}
      @OnRequest('place-order')
      place(_order: Order): void {}
      @OnRequest({ accepts: 'any' })
      list(_filter: unknown): void {}
      @OnRequest(undefined, { accepts: 'any' })
      count(_filter: unknown): void {}
    }
    const { operations } = definitionOf(Orders);
    expect(operations.map(({ name, method, accepts }) => [name, method, accepts.kind])).to.deep.equal([
      ['find', 'find', 'none'],
      ['place-order', 'place', 'lexeme'],
      ['list', 'list', 'any'],
      ['count', 'count', 'any'],
    ]);
    expect(operations.every((operation) => Object.isFrozen(operation))).to.equal(true);
  });

  it('gives events with group delivery, in order, of every publisher unless told otherwise', () => {
    class Orders {
      @OnEvent('order.*', { from: '@shop/orders', delivery: 'broadcast', concurrency: 4 })
      @OnEvent('order.>')
      onOrder(_order: Order): void {}
      @OnEvent('@shop/payments|||payment.completed')
      onPaid(): void {}
      @OnEvent('@shop/payments:::payment.failed', { from: '@shop/payments' })
      onFailed(): void {}
    }
    const { events } = definitionOf(Orders);
    expect(events.map(({ topic, from, method }) => [topic, from, method])).to.deep.equal([
      ['order.*', '@shop/orders', 'onOrder'],
      ['order.>', undefined, 'onOrder'],
      ['payment.completed', '@shop/payments', 'onPaid'],
      ['payment.failed', '@shop/payments', 'onFailed'],
    ]);
    expect(events.map(({ delivery, concurrency }) => [delivery, concurrency])).to.deep.equal([
      ['broadcast', 4],
      ['group', 1],
      ['group', 1],
      ['group', 1],
    ]);
  });

  describe('inheritance', () => {
    class Base {
      @OnRequest()
      kept(_order: Order): void {}
      @OnRequest('old-name')
      renamed(_order: Order): void {}
      @OnRequest('quiet')
      overridden(_order: Order): void {}
    }
    class Left extends Base {
      @OnRequest('new-name', { accepts: 'any' })
      override renamed(_order: unknown): void {}
      override overridden(): void {}
      @OnRequest()
      own(): void {}
    }
    class Right extends Base {}

    it("keeps the base's handlers, also under an override without decorator", () => {
      const operations = definitionOf(Left).operations.map(({ name, accepts }) => [name, accepts.kind]);
      expect(operations).to.deep.equal([
        ['kept', 'lexeme'],
        ['new-name', 'any'],
        ['quiet', 'lexeme'],
        ['own', 'none'],
      ]);
    });

    it('does not leak to siblings or to the base', () => {
      const names = ['kept', 'old-name', 'quiet'];
      expect(definitionOf(Right).operations.map(({ name }) => name)).to.deep.equal(names);
      expect(definitionOf(Base).operations.map(({ name }) => name)).to.deep.equal(names);
    });
  });

  it('survives a method that is wrapped after it was decorated', () => {
    class Orders {
      @OnRequest('place')
      place(_order: Order): void {}
    }
    Orders.prototype.place = function wrapped(_order: Order): void {};
    expect(definitionOf(Orders).operations[0]).to.deep.include({ name: 'place', method: 'place' });
  });

  describe('mistakes', () => {
    it('one operation on two methods', () => {
      class Orders {
        @OnRequest('place')
        first(): void {}
        @OnRequest('place')
        second(): void {}
      }
      expectProblem(
        problemsOf(Orders),
        "Orders.second: operation 'place' is handled by Orders.first already",
      );
    });

    it('two @OnRequest on one method', () => {
      class Orders {
        @OnRequest('a')
        @OnRequest('b')
        place(): void {}
      }
      expectProblem(problemsOf(Orders), 'Orders.place: it has 2 @OnRequest', 'one');
    });

    it("an operation with the name of another's method", () => {
      class Orders {
        @OnRequest('place')
        first(): void {}
        @OnRequest('other')
        place(): void {}
      }
      expectProblem(
        problemsOf(Orders),
        'Orders.first',
        "operation 'place' is also the name of the method Orders.place",
      );
    });

    it('a bad operation name', () => {
      class Orders {
        @OnRequest('place order')
        place(): void {}
      }
      expectProblem(problemsOf(Orders), "Orders.place: bad operation name 'place order'");
    });

    it('a reserved name of an operation or of its method', () => {
      class Orders {
        @OnRequest('$describe')
        describe(): void {}
      }
      class Stock {
        @OnRequest('visible')
        $hidden(): void {}
      }
      class Thenable {
        @OnRequest()
        then(): void {}
      }
      expectProblem(problemsOf(Orders), "Orders.describe: the name '$describe' is reserved");
      expectProblem(problemsOf(Stock), "Stock.$hidden: the name '$hidden' is reserved");
      expectProblem(problemsOf(Thenable), "Thenable.then: the name 'then' is reserved");
    });

    const events: [string, string, unknown, string[]][] = [
      ['a bad topic', 'order placed', {}, ["bad topic 'order placed'"]],
      ["a '>' before the end", 'order.>.x', {}, ["'>' stands for the rest"]],
      ['a reserved topic', '$sys.x', {}, ['reserved']],
      ['a topic that is not a string', 7 as unknown as string, {}, ['as a string']],
      ['a bad publisher', 'order', { from: 'orders' }, ["bad service name 'orders'"]],
      ['a bad publisher in the target', 'orders|||order', {}, ["bad service name 'orders'"]],
      ['two publishers', '@a/b|||order', { from: '@c/d' }, ["from: '@c/d' as well"]],
      ['a bad delivery', 'order', { delivery: 'brodcast' }, ['delivery', "did you mean 'broadcast'?"]],
      ['a bad concurrency', 'order', { concurrency: 0 }, ['concurrency is a whole number from 1, not 0']],
      ['a fractional concurrency', 'order', { concurrency: 1.5 }, ['not 1.5']],
      ['an unknown option', 'order', { form: '@a/b' }, ["unknown option 'form'", "did you mean 'from'?"]],
      ['options that are none', 'order', 'group', ["its options are an object, not 'group'"]],
    ];
    for (const [name, target, options, parts] of events) {
      it(`@OnEvent with ${name}`, () => {
        class Orders {
          @OnEvent(target, options as EventOptions)
          onOrder(): void {}
        }
        expectProblem(problemsOf(Orders), 'Orders.onOrder, @OnEvent', ...parts);
      });
    }

    it('@OnEvent of one topic and publisher twice on one method', () => {
      class Orders {
        @OnEvent('order')
        @OnEvent('order')
        onOrder(): void {}
      }
      expectProblem(problemsOf(Orders), "Orders.onOrder: it listens to 'order' twice");
    });

    it('@OnEvent of one topic and publisher on two methods, which would share the events of their group', () => {
      class Orders {
        @OnEvent('order')
        mail(): void {}
        @OnEvent('order')
        count(): void {}
      }
      expectProblem(problemsOf(Orders), "Orders.count: it listens to 'order' as mail does", 'a part only');
      class Screens {
        @OnEvent('order', { delivery: 'broadcast' })
        show(): void {}
        @OnEvent('order', { delivery: 'broadcast' })
        ring(): void {}
        @OnEvent('order')
        mail(): void {}
        @OnEvent('order.*')
        count(): void {}
      }
      expect(problemsOf(Screens)).to.deep.equal([]);
    });

    it('@OnRequest with an unknown option', () => {
      class Orders {
        @OnRequest({ acepts: 'any' } as RequestOptions)
        place(): void {}
      }
      expectProblem(problemsOf(Orders), 'Orders.place, @OnRequest', "did you mean 'accepts'?");
    });

    it('@OnRequest with limits that are none', () => {
      for (const [options, problem] of [
        [{ concurrency: 0 }, 'concurrency is a whole number from 1, not 0'],
        [{ concurrency: 1.5 }, 'concurrency is a whole number from 1, not 1.5'],
        [{ timeout: -1 }, 'timeout is milliseconds, more than 0'],
        [{ idempotent: 1 as unknown as boolean }, 'idempotent is true or false, not 1'],
      ] as const) {
        class Orders {
          @OnRequest(options)
          place(): void {}
        }
        expectProblem(problemsOf(Orders), 'Orders.place, @OnRequest', problem);
      }
    });

    it('a handler on a static method', () => {
      class Orders {
        @OnRequest()
        static place(): void {}
      }
      expectProblem(problemsOf(Orders), 'Orders.place: @OnRequest is on a static method');
    });

    it('a handler on something that is not a method', () => {
      class Orders {
        get place(): () => void {
          return () => undefined;
        }
      }
      OnEvent('order')(Orders.prototype, 'place', {});
      expectProblem(problemsOf(Orders), 'Orders.place: @OnEvent is on something that is not a method');
    });

    it('a generator', () => {
      class Orders {
        @OnRequest()
        async *stream(): AsyncGenerator<number> {
          yield 1;
        }
        @OnRequest()
        *list(): Generator<number> {
          yield 1;
        }
      }
      const problems = problemsOf(Orders);
      expect(problems).to.have.length(2);
      expect(problems[0]).to.include('Orders.stream: a generator cannot be a handler');
      expect(problems[1]).to.include('Orders.list: a generator cannot be a handler');
    });

    it('a handler with a third parameter', () => {
      class Orders {
        @OnRequest()
        place(_order: Order, _context: object, _more: string): void {}
      }
      expectProblem(problemsOf(Orders), 'Orders.place: a handler is given (data, context)');
    });

    it('are found in inherited handlers too', () => {
      class Base {
        @OnRequest('bad name')
        @Use()
        place(): void {}
      }
      class Orders extends Base {}
      expectProblem(problemsOf(Orders), "Orders.place: bad operation name 'bad name'");
    });
  });
});
