import { bounded } from '../../nucleus/bounded.js';
import type { Clock, Timer } from '../../nucleus/clock.js';
import type { InstanceRecord } from '../../nucleus/instance-record.js';
import { AtomError } from '../errors.js';
import { ANYBODY, type Batch, encodeEnvelope } from '../wire/codec.js';
import type { Envelope } from '../wire/envelope.js';
import { encodeError } from '../wire/error-reply.js';
import { type Channel, Session } from './session.js';

/** What a server does with its peers' messages. */
export interface SessionHandler {
  /** Any message but HELLO, PING, PONG and the goodbye. */
  message(session: Session, envelope: Envelope): void;
  /** The connection is over: lost, or, with `said`, because the peer said that it is leaving. */
  left(session: Session, said: boolean): void;
}

/** A peer that does not answer for this long is not waited for, ms. */
const NO_SIGN = 2000;
/** One that has not answered is asked again after this long, ms: a socket finds out only by a send that its peer has gone. */
const ASK_AGAIN = 50;
/** How long a goodbye may wait for a peer that does not read, ms. */
const LAST_WORD = 1000;

const UNKNOWN_SESSION = encodeEnvelope({ t: 'bye', why: 'unknown' });
const DRAINING = encodeEnvelope({ t: 'bye', why: 'draining' });
const LEAVING = encodeEnvelope({ t: 'bye', why: 'leaving' });

/** The accepting side of a socket: who has said HELLO, and what is meant for somebody else. */
export class Sessions {
  private readonly byChannel = new Map<Channel, Session>();
  private pings = 0;

  constructor(
    private readonly self: () => InstanceRecord,
    private readonly clock: Clock,
    private readonly handler: SessionHandler,
  ) {}

  /** Every session that is open. */
  list(): IterableIterator<Session> {
    return this.byChannel.values();
  }

  received(channel: Channel, batch: Batch): void {
    const self = this.self();
    if (batch.target !== self.id && !isProbe(batch)) {
      refuse(channel, batch, self.id);
      return;
    }
    const now = this.clock.now();
    let session = this.byChannel.get(channel);
    for (const envelope of batch.envelopes) {
      if (envelope.t === 'hello') {
        if (session === undefined) {
          session = new Session(channel, batch.sender);
          this.byChannel.set(channel, session);
        }
        session.heard(batch, now);
        channel.send(encodeEnvelope({ t: 'info', record: self }));
        continue;
      }
      if (session === undefined || session.instance !== batch.sender) {
        channel.send(UNKNOWN_SESSION);
        return;
      }
      if (session.heardAt !== now) session.heard(batch, now);
      if (envelope.t === 'ping') channel.send(encodeEnvelope({ t: 'pong', i: envelope.i }));
      else if (envelope.t === 'pong') session.pong(envelope.i);
      else if (envelope.t === 'bye' && envelope.why === 'leaving') {
        // A ROUTER is not told of the connection's end: without this a clean close would wait for its PONG.
        this.closed(channel, true);
        channel.close();
        return;
      } else this.handler.message(session, envelope);
    }
  }

  closed(channel: Channel, said = false): void {
    const session = this.byChannel.get(channel);
    if (session === undefined) return;
    this.byChannel.delete(channel);
    session.pong(Infinity);
    this.handler.left(session, said);
  }

  /** Tells every peer that the record has changed. */
  tellRecord(): void {
    const info = encodeEnvelope({ t: 'info', record: this.self() });
    for (const session of this.list()) session.channel.send(info);
  }

  /** Says that nothing new should come; resolves when each peer has heard it, or gives no sign. */
  async drain(): Promise<void> {
    for (const session of this.list()) session.channel.send(DRAINING);
    await this.settled();
  }

  /** Resolves when each peer has received what was sent to it so far, or gives no sign; who gave none is not waited for again. */
  async settled(): Promise<void> {
    // A late answer to an earlier question must not count: a slow peer has several under way.
    const i = this.pings++;
    const ping = encodeEnvelope({ t: 'ping', i });
    const waiting = new Set([...this.list()].filter(({ mute }) => !mute));
    const answers = [...waiting].map(async (session) => {
      await session.pongTo(i);
      waiting.delete(session);
    });
    let again: Timer;
    const ask = (): void => {
      again = this.clock.after(ASK_AGAIN, ask);
      for (const session of waiting) if (!session.channel.send(ping)) session.pong(Infinity);
    };
    ask();
    await bounded(this.clock, NO_SIGN, Promise.all(answers));
    again!.cancel();
    for (const session of waiting) session.mute = true;
  }

  /** The last word: this instance ends. Resolves when it is on its way to each peer, or a second has passed. */
  async leave(): Promise<void> {
    const said = [...this.list()].map((session) => {
      session.channel.send(LEAVING);
      return session.channel.flushed();
    });
    await bounded(this.clock, LAST_WORD, Promise.all(said));
  }
}

/** A HELLO by who knows the address only. */
function isProbe(batch: Batch): boolean {
  return batch.target === ANYBODY && batch.envelopes.every((envelope) => envelope.t === 'hello');
}

/** Nothing that is meant for another instance is done here, such as one that had this port before. */
function refuse(channel: Channel, batch: Batch, self: string): void {
  const error = new AtomError('UNAVAILABLE', `This is instance ${self}, not ${batch.target}`);
  for (const envelope of batch.envelopes) {
    if (envelope.t === 'req' || envelope.t === 'sig')
      channel.send(encodeError(envelope.i, error, 'REJECTED'));
  }
  channel.send(UNKNOWN_SESSION);
}
