import { expect } from 'chai';
import { inspectionText } from '../../../../nucleus/cli/inspection.js';

describe('what atom inspect shows', () => {
  it('lets no control character of a lexeme out', () => {
    const schema = { type: 'string', format: '\u001b[31mred' };
    const text = inspectionText({
      name: '@shop/stock',
      versions: [
        {
          name: '@shop/stock',
          version: '1.0.0',
          metadata: {},
          operations: [{ name: 'reserve', method: 'reserve', accepts: 'Sku', returns: 'any' }],
          events: [],
          lexemes: { Sku: { version: 1, schema } },
        },
      ],
      instances: [],
    });
    expect(text).to.include('string, \\u001b[31mred').and.not.include('\u001b');
  });
});
