import { expect } from 'chai';
import fc from 'fast-check';
import { folderOf, projectNameProblem, serviceOf } from '../../../../nucleus/cli/init/project-name.js';
import { serviceNameProblem } from '../../../../lib/metadata/names.js';

describe("a project's name", () => {
  it('is taken where npm and a service can have it', () => {
    for (const name of ['demo', 'a', 'my-shop_2.0', '@shop/orders']) {
      expect(projectNameProblem(name), name).to.equal(undefined);
      expect(serviceNameProblem(serviceOf(name)), name).to.equal(undefined);
    }
  });

  it('is refused with one that would do', () => {
    const mends = {
      'My Shop': 'my-shop',
      myShop: 'my-shop',
      '-x': 'x',
      'a/b': 'b',
      '@Shop/Orders!': '@shop/orders',
      'a/../../etc': 'etc',
      '.hidden': 'hidden',
    };
    for (const [name, better] of Object.entries(mends)) {
      expect(projectNameProblem(name), name).to.match(new RegExp(`: '${better}'$`));
    }
    expect(projectNameProblem('§§')).to.match(/: 'demo' or '@shop\/orders'$/);
    expect(projectNameProblem('')).to.match(/such as 'demo'/);
    expect(projectNameProblem('atomjs')).to.match(/try 'atomjs-demo'/);
    expect(projectNameProblem('x'.repeat(101))).to.match(/100 is the most/);
  });

  it('gives a folder below the current one and a good service, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[@a-zA-Z./_-]{1,12}$/)), (name) => {
        if (projectNameProblem(name) !== undefined) return;
        expect(folderOf(name)).to.match(/^[a-z0-9][a-z0-9_.-]*$/);
        expect(serviceNameProblem(serviceOf(name))).to.equal(undefined);
      }),
    );
  });
});
