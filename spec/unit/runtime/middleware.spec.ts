import { expect } from 'chai';
import { compose, type Middleware } from '../../../lib/runtime/middleware.js';
import { contextOf } from './support.js';

describe('compose', () => {
  const context = contextOf();
  const layer =
    (log: string[], name: string): Middleware =>
    async (_, next) => {
      log.push(`${name} in`);
      const result = await next();
      log.push(`${name} out`);
      return `${name}(${String(result)})`;
    };

  it('runs the first outermost, and gives each layer the result of the next', async () => {
    const log: string[] = [];
    const layers = [layer(log, 'a'), layer(log, 'b')];
    expect(await compose(layers, context, () => 'x')).to.equal('a(b(x))');
    expect(log).to.deep.equal(['a in', 'b in', 'b out', 'a out']);
  });

  it('lets a layer answer without the rest', async () => {
    let ran = false;
    expect(await compose([() => 'cached'], context, () => (ran = true))).to.equal('cached');
    expect(ran).to.equal(false);
  });

  it('refuses a second next() of one layer', async () => {
    let runs = 0;
    const twice: Middleware = async (_, next) => {
      await next();
      return next();
    };
    const failed = compose([twice], context, () => ++runs);
    expect(await failed.catch((error: Error) => error.message)).to.include('next() was called twice');
    expect(runs).to.equal(1);
  });

  it('passes errors up, thrown at once or later, and lets a layer map them', async () => {
    const mapping: Middleware = async (_, next) => {
      try {
        return await next();
      } catch (error) {
        return `mapped ${(error as Error).message}`;
      }
    };
    const throwing: Middleware = () => {
      throw new Error('at once');
    };
    expect(await compose([mapping, throwing], context, () => 'x')).to.equal('mapped at once');
    const rejecting = () => Promise.reject(new Error('later'));
    expect(await compose([mapping], context, rejecting)).to.equal('mapped later');
    expect(await compose([], context, rejecting).catch((error: Error) => error.message)).to.equal('later');
  });
});
