import { expect } from 'chai';
import { expectProblem, moduleOf, scanned, serviceProblems, type ElsewhereMessage } from './support.js';
import { AtomService } from '../../../lib/decorators/atom-service.js';
import { OnEvent } from '../../../lib/decorators/on-event.js';
import { OnRequest } from '../../../lib/decorators/on-request.js';
import type { Class, MessageType, OperationDefinition } from '../../../lib/metadata/definitions.js';
import type { AppContainer } from '../../../lib/container/container.js';

class GetUser {
  static readonly rules = true;
}
class Broken {
  static readonly rules = true;
  static readonly broken = true;
}
class Bare {
  id!: string;
}

/** A service with one handler, `find`. */
function service(decorate: (type: Class) => void): Class {
  class Users {
    find(_data: unknown): void {}
  }
  decorate(Users);
  AtomService('@shop/users')(Users);
  return Users;
}

function declaring(options: { accepts?: unknown; returns?: unknown }): Class {
  return service((type) =>
    OnRequest(options as { accepts: MessageType })(type.prototype as object, 'find', {}),
  );
}

function operationOf(type: Class): OperationDefinition {
  return scanned(moduleOf({ services: [type] })).services[0]?.operations[0] ?? expect.fail('no operation');
}

describe('scan, message types', () => {
  it('takes the check from the parameter that the compiler saw', () => {
    @AtomService('@shop/users')
    class Users {
      @OnRequest()
      a(_data: GetUser): void {}
      @OnRequest()
      b(_data: string): void {}
      @OnRequest()
      c(_data: number): void {}
      @OnRequest()
      d(_data: boolean, _context: object): void {}
      @OnRequest()
      e(): void {}
      @OnEvent('user')
      f(_data: GetUser): void {}
    }
    const [definition] = scanned(moduleOf({ services: [Users] })).services;
    const checks = [...(definition?.operations ?? []), ...(definition?.events ?? [])].map(
      ({ accepts }) => accepts,
    );
    expect(checks).to.deep.equal([
      { kind: 'lexeme', lexeme: { type: GetUser, name: 'GetUser' } },
      { kind: 'primitive', type: 'string' },
      { kind: 'primitive', type: 'number' },
      { kind: 'primitive', type: 'boolean' },
      { kind: 'none' },
      { kind: 'lexeme', lexeme: { type: GetUser, name: 'GetUser' } },
    ]);
  });

  it('goes by accepts where it is given, whatever the parameter is', () => {
    expect(operationOf(declaring({ accepts: GetUser })).accepts.kind).to.equal('lexeme');
    expect(operationOf(declaring({ accepts: 'any' })).accepts.kind).to.equal('any');
    expect(operationOf(declaring({ accepts: Number })).accepts).to.deep.equal({
      kind: 'primitive',
      type: 'number',
    });
  });

  it('compiles what a handler returns, or takes anything', () => {
    expect(operationOf(declaring({ accepts: 'any', returns: GetUser })).returns.kind).to.equal('lexeme');
    expect(operationOf(declaring({ accepts: 'any', returns: String })).returns.kind).to.equal('primitive');
    expect(operationOf(declaring({ accepts: 'any', returns: 'any' })).returns.kind).to.equal('any');
    expect(operationOf(declaring({ accepts: 'any' })).returns.kind).to.equal('any');
  });

  describe('mistakes', () => {
    const mends = ['{ accepts: GetUser }', "{ accepts: 'any' }"];

    it('an interface, a union or any', () => {
      @AtomService('@shop/users')
      class Users {
        @OnRequest()
        find(_data: { id: string }): void {}
        @OnRequest()
        union(_data: GetUser | string): void {}
        @OnEvent('user')
        any(_data: unknown): void {}
      }
      const problems = serviceProblems(Users);
      expect(problems).to.have.length(3);
      for (const [index, method] of ['find', 'union', 'any'].entries()) {
        for (const part of [`Users.${method}: `, 'an interface', ...mends])
          expect(problems[index]).to.include(part);
      }
    });

    it('a list', () => {
      @AtomService('@shop/users')
      class Users {
        @OnRequest()
        find(_data: GetUser[]): void {}
      }
      expectProblem(serviceProblems(Users), 'Users.find', 'only Array is left', ...mends);
    });

    it('a promise', () => {
      @AtomService('@shop/users')
      class Users {
        @OnRequest()
        find(_data: Promise<GetUser>): void {}
      }
      expectProblem(serviceProblems(Users), 'Users.find', 'only Promise is left', ...mends);
    });

    it('a class imported as a type only', () => {
      @AtomService('@shop/users')
      class Users {
        @OnRequest()
        find(_data: ElsewhereMessage): void {}
      }
      expectProblem(serviceProblems(Users), 'Users.find', "'import type'", ...mends);
    });

    it('an interface that was imported', () => {
      @AtomService('@shop/users')
      class Users {
        @OnRequest()
        find(_data: AppContainer): void {}
      }
      expectProblem(serviceProblems(Users), 'Users.find', ...mends);
    });

    it('a class that is not there yet when the service is defined', () => {
      const type = service((users) => {
        OnRequest()(users.prototype as object, 'find', {});
        Reflect.defineMetadata('design:paramtypes', [undefined], users.prototype as object, 'find');
      });
      expectProblem(
        serviceProblems(type),
        'Users.find',
        'declared as undefined',
        'import each other',
        ...mends,
      );
    });

    it('types that the compiler did not emit', () => {
      const type = service((users) => OnRequest()(users.prototype as object, 'find', {}));
      expectProblem(
        serviceProblems(type),
        'Users.find',
        'emitDecoratorMetadata',
        'esbuild and tsx',
        ...mends,
      );
    });

    it('a class without rules', () => {
      @AtomService('@shop/users')
      class Users {
        @OnRequest()
        find(_data: Bare): void {}
      }
      expectProblem(
        serviceProblems(Users),
        'Users.find: the message type Bare has no rules',
        'class-validator',
        ...mends,
      );
    });

    it('accepts or returns that is no message type', () => {
      expectProblem(serviceProblems(declaring({ accepts: 'anything' })), 'accepts takes', "not 'anything'");
      expectProblem(serviceProblems(declaring({ accepts: Object })), 'accepts takes', 'not Object');
      expectProblem(serviceProblems(declaring({ accepts: undefined })), 'accepts', 'import each other');
      expectProblem(
        serviceProblems(declaring({ accepts: 'any', returns: [GetUser] })),
        'returns takes',
        'an array',
      );
    });

    it('a return class without rules', () => {
      const problems = serviceProblems(declaring({ accepts: 'any', returns: Bare }));
      expectProblem(
        problems,
        'Users.find: returns: Bare has no rules',
        '{ returns: GetUser }',
        "{ returns: 'any' }",
      );
    });

    it('a lexeme whose rules cannot be compiled', () => {
      expectProblem(
        serviceProblems(declaring({ accepts: Broken })),
        'Users.find',
        'Broken',
        'its rules contradict',
      );
    });
  });
});
