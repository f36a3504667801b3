import { expect } from 'chai';
import { normalizeHeaders } from '../../../lib/client/client-options.js';

describe('headers', () => {
  it('have their names in lower case, and are none where none are given', () => {
    expect(normalizeHeaders({ TraceParent: 'a', 'x-Y': 'B' })).to.deep.equal({ traceparent: 'a', 'x-y': 'B' });
    expect(normalizeHeaders(undefined)).to.equal(undefined);
  });
});
