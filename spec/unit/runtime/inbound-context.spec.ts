import { expect } from 'chai';
import { AtomError } from '../../../lib/errors.js';
import { contextHost, contextOf } from './support.js';

describe('InboundContext', () => {
  it('knows what remains, and never less than nothing', async () => {
    const host = contextHost();
    const context = contextOf(host, 100);
    await host.clock.advance(30);
    expect(context.remaining()).to.equal(70);
    await host.clock.advance(100);
    expect(context.remaining()).to.equal(0);
    expect(contextOf(host).remaining()).to.equal(Infinity);
  });

  it('sets no timer until its abort signal is asked for, which then fires at the deadline', async () => {
    const host = contextHost();
    const context = contextOf(host, 100);
    expect(host.clock.pending).to.equal(0);
    const { abortSignal } = context;
    await host.clock.advance(99);
    expect(abortSignal.aborted).to.equal(false);
    await host.clock.advance(1);
    expect(abortSignal.aborted).to.equal(true);
    expect(abortSignal.reason).to.include({ code: 'DEADLINE_EXCEEDED' });
    expect((abortSignal.reason as Error).message).to.equal("The deadline of '@a/b::x' has passed");
  });

  it('gives a signal that has fired when it was cancelled before anybody asked', () => {
    const context = contextOf();
    const reason = new AtomError('CANCELLED', 'gone');
    context.cancel(reason);
    expect(context.abortSignal.reason).to.equal(reason);
    expect(context.cancelReason).to.equal(reason);
  });

  it('cancels the calls that were made for it, once', () => {
    const context = contextOf();
    let count = 0;
    const kept = { cancel: () => void count++ };
    const detached = { cancel: () => void (count += 100) };
    context.attach(kept);
    context.attach(detached);
    context.detach(detached);
    context.cancel(new AtomError('CANCELLED', 'one'));
    context.cancel(new AtomError('CANCELLED', 'two'));
    expect(count).to.equal(1);
    expect(context.cancelReason?.message).to.equal('one');
  });

  it('holds no deadline and aborts nothing once its handler has ended', async () => {
    const host = contextHost();
    const context = contextOf(host, 100);
    const { abortSignal } = context;
    context.finish();
    expect(context.isFinished).to.equal(true);
    await host.clock.advance(1000);
    context.cancel(new AtomError('CANCELLED', 'late'));
    expect(abortSignal.aborted).to.equal(false);
    const late = contextOf(host, 2000);
    late.finish();
    expect(late.abortSignal.aborted).to.equal(false);
    expect(host.clock.pending).to.equal(0);
  });

  it('goes on with the trace that came, or begins one and keeps it', () => {
    const id = '4bf92f3577b34da6a3ce929d0e0e4736';
    const given = contextOf(contextHost(), Infinity, { traceparent: `00-${id}-00f067aa0ba902b7-01` });
    expect(given.traceId).to.equal(id);
    const fresh = contextOf();
    expect(fresh.knownTraceId).to.equal(undefined);
    const { traceId } = fresh;
    expect(fresh.traceId).to.equal(traceId);
    expect(fresh.knownTraceId).to.equal(traceId);
  });
});
