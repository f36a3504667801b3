import { expect } from 'chai';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import type { Channel } from '../../../lib/runtime/session.js';
import { Sessions } from '../../../lib/runtime/sessions.js';
import { ANYBODY, encodeEnvelope } from '../../../lib/wire/codec.js';
import { aRecord } from '../../support/records.js';

const PING = encodeEnvelope({ t: 'ping', i: 0 });

/** A peer that has gone without a word: a send goes through, until the socket notices. */
class GoneChannel implements Channel {
  readonly queuedBytes = 0;
  pings = 0;

  constructor(private readonly noticedAfter: number) {}

  send(part: string): boolean {
    if (part === PING) this.pings++;
    return this.pings <= this.noticedAfter;
  }

  withdraw(): string[] {
    return [];
  }

  flushed(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}
}

describe('sessions that are waited for', () => {
  function open(channel: Channel) {
    const clock = new FakeClock();
    const self = aRecord();
    const sessions = new Sessions(() => self, clock, { message: () => {}, left: () => {} });
    const { id: sender } = aRecord();
    sessions.received(channel, { sender, target: ANYBODY, sentAt: 0, envelopes: [{ t: 'hello' }], size: 80 });
    const answer = (i: number): void =>
      sessions.received(channel, {
        sender,
        target: self.id,
        sentAt: 0,
        size: 80,
        envelopes: [{ t: 'pong', i }],
      });
    let settled = false;
    void sessions.settled().then(() => (settled = true));
    return { clock, sessions, answer, isSettled: () => settled };
  }

  it('asks again, so that a peer that has just gone does not hold up a close', async () => {
    const { clock, isSettled } = open(new GoneChannel(1));
    await clock.advance(20);
    expect(isSettled()).to.equal(false);
    await clock.advance(80);
    expect(isSettled()).to.equal(true);
    expect(clock.pending).to.equal(0);
  });

  it('gives up on a peer that takes everything and never answers, after two seconds', async () => {
    const { clock, isSettled } = open(new GoneChannel(Infinity));
    await clock.advance(1900);
    expect(isSettled()).to.equal(false);
    await clock.advance(200);
    expect(isSettled()).to.equal(true);
    expect(clock.pending).to.equal(0);
  });

  it('does not take a late answer to an earlier question for one to this', async () => {
    const { clock, sessions, isSettled, answer } = open(new GoneChannel(Infinity));
    await clock.advance(120);
    answer(0);
    await clock.settle();
    expect(isSettled()).to.equal(true);
    let again = false;
    void sessions.settled().then(() => (again = true));
    answer(0);
    await clock.settle();
    expect(again).to.equal(false);
    answer(1);
    await clock.settle();
    expect(again).to.equal(true);
  });
});
