import { expect } from 'chai';
import { expectProblem, moduleOf, problemsOf, scanned, serviceProblems } from './support.js';
import { AtomService } from '../../../lib/decorators/atom-service.js';
import { OnRequest } from '../../../lib/decorators/on-request.js';
import { Use } from '../../../lib/decorators/use.js';
import type { Class, ServiceDefinition, ServiceOptions } from '../../../lib/metadata/definitions.js';
import type { Middleware, MiddlewareType } from '../../../lib/runtime/middleware.js';

const layer = (): Middleware => (_context, next) => next();

function serviceOf(options: unknown): Class {
  class Service {}
  AtomService(options as ServiceOptions)(Service);
  return Service;
}

function definitionOf(type: Class): ServiceDefinition {
  const [service] = scanned(moduleOf({ services: [type] })).services;
  return service ?? expect.fail('no service');
}

describe('scan, services', () => {
  it('gives name, version, metadata and module', () => {
    const options = { name: '@shop/orders', version: '1.2.0', metadata: { team: 'a' } };
    expect(definitionOf(serviceOf(options))).to.deep.include({ ...options, module: 'TestModule' });
  });

  it('takes a name alone, with version 0.0.0 and no metadata', () => {
    const definition = definitionOf(serviceOf('@shop/orders'));
    expect(definition).to.deep.include({ name: '@shop/orders', version: '0.0.0', metadata: {} });
  });

  it('gives the services of every module, and each as a provider of its own', () => {
    const inner = moduleOf({ services: [serviceOf('@shop/a')] }, 'Inner');
    const outer = serviceOf('@shop/b');
    const { services, root } = scanned(moduleOf({ services: [outer], imports: [inner] }));
    expect(services.map(({ name, module }) => [name, module])).to.deep.equal([
      ['@shop/a', 'Inner'],
      ['@shop/b', 'TestModule'],
    ]);
    expect(root.providers.map(({ token }) => token)).to.include(outer);
  });

  it('gives middleware outermost first, of the base outside that of the subclass', () => {
    const [a, b, c, d, e, f] = [layer(), layer(), layer(), layer(), layer(), layer()];
    @Use(a)
    class Base {
      @Use(d)
      @OnRequest()
      find(): void {}
    }
    @AtomService('@shop/orders')
    @Use(b)
    @Use(c)
    class Orders extends Base {
      @Use(e, f)
      @OnRequest()
      override find(): void {}
    }
    const definition = definitionOf(Orders);
    expect(definition.middleware).to.deep.equal([a, b, c]);
    expect(definition.operations[0]?.middleware).to.deep.equal([d, e, f]);
  });

  it('provides middleware classes in the module of the service unless it sees them already', () => {
    class Own {
      use(): void {}
    }
    class Imported {
      use(): void {}
    }
    @AtomService('@shop/orders')
    @Use(Own, Imported)
    class Orders {
      @OnRequest()
      @Use(Own)
      find(): void {}
    }
    const shared = moduleOf({ providers: [Imported], exports: [Imported] }, 'Shared');
    const { root } = scanned(moduleOf({ services: [Orders], imports: [shared] }));
    expect(root.providers.map(({ token }) => token)).to.deep.equal([Orders, Own, root.type]);
  });

  describe('mistakes', () => {
    it('a class without @AtomService, its base having one', () => {
      class Sub extends serviceOf('@shop/orders') {}
      expectProblem(serviceProblems(Sub), 'TestModule, services: Sub has no @AtomService');
    });

    it('something that is not a class', () => {
      expectProblem(
        serviceProblems('@shop/orders' as unknown as Class),
        "an entry is '@shop/orders', not a class",
      );
    });

    it('a bad name', () => {
      for (const name of ['orders', '@shop', '@shop/or ders', '@shop/a/b', '', 7]) {
        expectProblem(serviceProblems(serviceOf({ name })), 'Service, @AtomService', 'name');
      }
    });

    it('a bad version', () => {
      expectProblem(
        serviceProblems(serviceOf({ name: '@a/b', version: 'v1' })),
        "bad version 'v1'",
        "'1.2.0'",
      );
    });

    it('bad metadata', () => {
      const options = { name: '@a/b', metadata: ['x'] };
      expectProblem(serviceProblems(serviceOf(options)), 'metadata is an object, not an array');
    });

    it('an unknown option', () => {
      expectProblem(
        serviceProblems(serviceOf({ name: '@a/b', versoin: '1.0.0' })),
        "did you mean 'version'?",
      );
    });

    it('no options at all', () => {
      expectProblem(serviceProblems(serviceOf(null)), 'its options are an object, not null');
    });

    it('one name twice in the application', () => {
      const inner = moduleOf({ services: [serviceOf('@shop/orders')] }, 'Inner');
      class Second {}
      AtomService('@shop/orders')(Second);
      const problems = problemsOf(moduleOf({ imports: [inner], services: [Second] }));
      expectProblem(problems, "Second in TestModule: the service '@shop/orders' is Service in Inner already");
    });

    it('middleware that is neither function nor class with use', () => {
      class NoUse {}
      const bad = [NoUse, 'auth', undefined] as unknown as MiddlewareType[];
      @AtomService('@shop/orders')
      @Use(...bad)
      class Orders {}
      const problems = serviceProblems(Orders);
      expect(problems).to.have.length(3);
      expect(problems[0]).to.include(
        'Orders, @Use, argument 0: the class NoUse has no method use(context, next)',
      );
      expect(problems[1])
        .to.include('argument 1: middleware is a function (context, next) or a class')
        .and.include("'auth'");
      expect(problems[2]).to.include('argument 2').and.include('undefined');
    });

    it('@Use on a method that handles nothing', () => {
      @AtomService('@shop/orders')
      class Orders {
        @Use(layer())
        helper(): void {}
      }
      expectProblem(serviceProblems(Orders), 'Orders.helper: @Use does nothing');
    });
  });
});
