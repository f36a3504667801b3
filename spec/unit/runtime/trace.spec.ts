import { expect } from 'chai';
import { childTraceparent, newTraceId, traceIdOf } from '../../../lib/runtime/trace.js';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('trace context', () => {
  it('is read from traceparent', () => {
    expect(traceIdOf({ traceparent: `00-${ID}-${SPAN}-01` })).to.equal(ID);
    expect(traceIdOf({ traceparent: `cc-${ID}-${SPAN}-01-what-comes-later` })).to.equal(ID);
    expect(traceIdOf({})).to.equal(undefined);
  });

  it('is not read from what the recommendation calls invalid', () => {
    for (const traceparent of [
      `ff-${ID}-${SPAN}-01`,
      `00-${'0'.repeat(32)}-${SPAN}-01`,
      `00-${ID}-${'0'.repeat(16)}-01`,
      `00-${ID.toUpperCase()}-${SPAN}-01`,
      `00-${ID}-${SPAN}-01x`,
      `00-${ID}-${SPAN}`,
      '',
    ]) {
      expect(traceIdOf({ traceparent }), traceparent).to.equal(undefined);
    }
  });

  it('goes on with a new span and the same flags', () => {
    const child = childTraceparent(ID, `00-${ID}-${SPAN}-00`);
    expect(child).to.match(new RegExp(`^00-${ID}-[0-9a-f]{16}-00$`));
    expect(child).not.to.include(SPAN);
    expect(childTraceparent(ID, undefined)).to.match(/-01$/);
  });

  it('begins with ids that do not repeat', () => {
    const ids = new Set(Array.from({ length: 5000 }, newTraceId));
    expect(ids).to.have.property('size', 5000);
    for (const id of ids) expect(id).to.match(/^[0-9a-f]{32}$/);
  });
});
