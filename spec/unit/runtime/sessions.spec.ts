import { expect } from 'chai';
import { type Session } from '../../../lib/runtime/session.js';
import { Sessions } from '../../../lib/runtime/sessions.js';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import { ANYBODY } from '../../../lib/wire/codec.js';
import type { Envelope } from '../../../lib/wire/envelope.js';
import { batch, FakeChannel, PEER, SELF } from './support.js';

describe('Sessions', () => {
  let clock: FakeClock;
  let sessions: Sessions;
  let channel: FakeChannel;
  let messages: Envelope[];
  let left: Session[];

  beforeEach(() => {
    clock = new FakeClock();
    channel = new FakeChannel();
    messages = [];
    left = [];
    sessions = new Sessions(() => SELF, clock, {
      message: (_, envelope) => void messages.push(envelope),
      left: (session) => void left.push(session),
    });
  });

  const hello = (over = {}) => sessions.received(channel, batch([{ t: 'hello' }], over));
  const CANCEL: Envelope = { t: 'can', i: 1 };

  it('answer HELLO with the record, each time', () => {
    hello();
    hello();
    expect(channel.sent).to.deep.equal([
      { t: 'info', record: SELF },
      { t: 'info', record: SELF },
    ]);
    expect([...sessions.list()].map((session) => session.instance)).to.deep.equal([PEER]);
  });

  it('answer who knows the address only, if he says no more than HELLO', () => {
    hello({ target: ANYBODY });
    expect(channel.of('info')).to.have.length(1);
    sessions.received(new FakeChannel(), batch([{ t: 'hello' }, CANCEL], { target: ANYBODY }));
    expect(messages).to.deep.equal([]);
  });

  it('take nothing before HELLO, and say so', () => {
    sessions.received(channel, batch([CANCEL]));
    expect(messages).to.deep.equal([]);
    expect(channel.sent).to.deep.equal([{ t: 'bye', why: 'unknown' }]);
  });

  it('take nothing on a session from another sender', () => {
    hello();
    sessions.received(channel, batch([CANCEL], { sender: 'c'.repeat(32) }));
    expect(messages).to.deep.equal([]);
    expect(channel.sent.at(-1)).to.deep.equal({ t: 'bye', why: 'unknown' });
  });

  it('refuse what is meant for another instance, requests and signals one by one', () => {
    hello();
    const call = { i: 4, s: '@a/b', dl: 1 };
    const envelopes: Envelope[] = [
      { t: 'req', ...call, o: 'x' },
      { t: 'sig', ...call, i: 5, p: 'y' },
      CANCEL,
    ];
    sessions.received(channel, batch(envelopes, { target: 'd'.repeat(32) }));
    expect(messages).to.deep.equal([]);
    const refused = channel.of('err').map(({ i, c, o }) => [i, c, o]);
    expect(refused).to.deep.equal([
      [4, 'UNAVAILABLE', 'REJECTED'],
      [5, 'UNAVAILABLE', 'REJECTED'],
    ]);
    expect(channel.sent.at(-1)).to.deep.equal({ t: 'bye', why: 'unknown' });
  });

  it('answer PING, and hand on everything else', () => {
    hello();
    sessions.received(channel, batch([{ t: 'ping', i: 9 }, CANCEL]));
    expect(channel.sent.at(-1)).to.deep.equal({ t: 'pong', i: 9 });
    expect(messages).to.deep.equal([CANCEL]);
  });

  it('learn the clock of the peer from every batch', async () => {
    await clock.advance(1000);
    hello({ sentAt: 100 });
    await clock.advance(10);
    sessions.received(channel, batch([CANCEL], { sentAt: 150 }));
    const [session] = [...sessions.list()];
    expect(session!.clock.toLocal(0)).to.equal(860);
    expect(session!.heardAt).to.equal(1010);
  });

  it('tell when a peer has gone, once', () => {
    hello();
    sessions.closed(channel);
    sessions.closed(channel);
    expect(left).to.have.length(1);
    expect([...sessions.list()]).to.deep.equal([]);
  });

  it('end at a goodbye, and wait for no PONG of who has said it', async () => {
    hello();
    const wait = sessions.settled();
    sessions.received(channel, batch([{ t: 'bye', why: 'leaving' }, CANCEL]));
    await wait;
    expect(left).to.have.length(1);
    expect(messages).to.deep.equal([]);
    expect(clock.pending).to.equal(0);
  });

  it('drain when each peer has answered the PING that follows the word', async () => {
    hello();
    let drained = false;
    const wait = sessions.drain().then(() => (drained = true));
    await clock.settle();
    expect(channel.sent.slice(1)).to.deep.equal([
      { t: 'bye', why: 'draining' },
      { t: 'ping', i: 0 },
    ]);
    expect(drained).to.equal(false);
    sessions.received(channel, batch([{ t: 'pong', i: 0 }]));
    await wait;
    expect(clock.pending).to.equal(0);
  });

  it('do not wait for a peer that goes, is full, or gives no sign for two seconds', async () => {
    hello();
    const gone = sessions.settled();
    sessions.closed(channel);
    await gone;
    hello();
    channel.full = true;
    await sessions.settled();
    channel.full = false;
    let settled = false;
    void sessions.settled().then(() => (settled = true));
    await clock.advance(1999);
    expect(settled).to.equal(false);
    await clock.advance(1);
    expect(settled).to.equal(true);
  });

  it('do not wait again for who gave no sign, until it does', async () => {
    hello();
    const mute = sessions.settled();
    await clock.advance(2000);
    await mute;
    await sessions.settled();
    sessions.received(channel, batch([CANCEL]));
    let settled = false;
    const heard = sessions.settled().then(() => (settled = true));
    await clock.settle();
    expect(settled).to.equal(false);
    await clock.advance(2000);
    await heard;
    expect(clock.pending).to.equal(0);
  });

  it('leave with a last word, and do not wait for ever for who does not read it', async () => {
    hello();
    channel.flushed = () => new Promise(() => {});
    let done = false;
    void sessions.leave().then(() => (done = true));
    expect(channel.sent.at(-1)).to.deep.equal({ t: 'bye', why: 'leaving' });
    await clock.advance(1000);
    expect(done).to.equal(true);
  });
});
