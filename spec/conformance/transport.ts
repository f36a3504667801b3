import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import type {
  CloseReason,
  Link,
  LinkListener,
  Listening,
  Transport,
  TransportOptions,
} from '../../lib/transport/transport.js';
import { ANYBODY, type Batch, encodeEnvelope } from '../../lib/wire/codec.js';
import { eventually } from '../support/eventually.js';
import { goodMessage, malformedMessages } from '../support/malformed.js';

/** Sends frames as they are, past the transport. */
export interface RawPeer {
  send(frames: Buffer[]): Promise<void>;
  close(): void;
}

/** What the suite needs of an implementation. */
export interface TransportRig {
  create(options: TransportOptions): Transport;
  /** An endpoint to listen on, of the system's choice. */
  endpoint(): string;
  /** An endpoint that cannot be reached, as no such name exists. */
  nowhere: string;
  raw(endpoint: string): Promise<RawPeer>;
  /** Sockets and the like that are open now. */
  handles(): number;
}

/** Notes what a listener is told. */
class Recorder implements LinkListener {
  readonly links: Link[] = [];
  readonly batches: Batch[] = [];
  readonly closings: CloseReason[] = [];
  opens = 0;
  /** So many batches more are thrown back. */
  refuses = 0;
  onClosed: ((link: Link) => void) | undefined;

  opened(): void {
    this.opens++;
  }
  received(link: Link, batch: Batch): void {
    if (this.refuses-- > 0) throw new Error('refused');
    if (!this.links.includes(link)) this.links.push(link);
    this.batches.push(batch);
  }
  closed(link: Link, reason: CloseReason): void {
    this.closings.push(reason);
    this.onClosed?.(link);
  }

  /** The ids of the PINGs that arrived, in order. */
  get pings(): number[] {
    return this.batches.flatMap(({ envelopes }) => envelopes.map((one) => (one as { i: number }).i));
  }
}

/** Where it matters to nobody who it is. */
const SOMEBODY = '5'.repeat(32);
const ping = (i: number): string => encodeEnvelope({ t: 'ping', i });
const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const newId = (): string => randomBytes(16).toString('hex');

/** A REQUEST of about `size` bytes. */
const bulky = (i: number, size: number): string =>
  encodeEnvelope({ t: 'req', i, s: '@a/b', o: 'c', dl: 0, d: 'x'.repeat(size) });

/** The promises of the `Transport` port; run it against each implementation. */
export function transportConformance(name: string, rig: TransportRig): void {
  describe(`transport: ${name}`, () => {
    const transports: Transport[] = [];
    const raws: RawPeer[] = [];
    const make = (options: Omit<TransportOptions, 'instance'> = {}): [Transport, string] => {
      const instance = newId();
      const transport = rig.create({ instance, ...options });
      transports.push(transport);
      return [transport, instance];
    };
    const listen = async (
      options: { budget?: number; maxBody?: number } = {},
      endpoint = rig.endpoint(),
    ): Promise<{ server: Recorder; listening: Listening; transport: Transport; instance: string }> => {
      const [transport, instance] = make(options);
      const server = new Recorder();
      return { server, listening: await transport.listen(endpoint, server), transport, instance };
    };
    const dial = (
      endpoint: string,
      target = SOMEBODY,
      options: { budget?: number; maxBody?: number } = {},
    ): { client: Recorder; link: Link; transport: Transport; instance: string } => {
      const [transport, instance] = make(options);
      const client = new Recorder();
      return { client, link: transport.connect(endpoint, target, client), transport, instance };
    };
    const raw = async (endpoint: string): Promise<RawPeer> => {
      const peer = await rig.raw(endpoint);
      raws.push(peer);
      return peer;
    };
    const connected = async (options: { budget?: number; maxBody?: number } = {}) => {
      const listener = await listen(options);
      const dialled = dial(listener.listening.endpoint, listener.instance, options);
      dialled.link.send(ping(0));
      await eventually(() => expect(listener.server.batches).to.have.length(1));
      listener.server.batches.length = 0;
      return {
        ...listener,
        ...dialled,
        serverTransport: listener.transport,
        back: listener.server.links[0]!,
      };
    };
    afterEach(async () => {
      for (const peer of raws.splice(0)) peer.close();
      for (const transport of transports.splice(0)) await transport.close();
    });

    it('carries messages both ways, in order, with sender, target and time', async () => {
      const { server, client, link, back, instance: from } = await connected();
      for (const i of upTo(1000)) expect(link.send(ping(i))).to.equal(true);
      await eventually(() => expect(server.pings).to.deep.equal(upTo(1000)));
      for (const i of upTo(1000)) back.send(ping(i));
      await eventually(() => expect(client.pings).to.deep.equal(upTo(1000)));
      expect(server.batches[0]?.sender).to.equal(from);
      expect(server.batches[0]?.sentAt).to.be.a('number');
      expect(client.batches[0]?.target).to.equal(ANYBODY);
      expect(client.opens).to.equal(1);
      expect(server.opens).to.equal(0);
    });

    it('goes on reading when a listener throws', async () => {
      const faults: unknown[] = [];
      const [transport] = make({ fault: (error) => faults.push(error) });
      const server = new Recorder();
      server.refuses = 1;
      const { endpoint } = await transport.listen(rig.endpoint(), server);
      const { link } = dial(endpoint);
      link.send(ping(1));
      await eventually(() => expect(faults).to.have.length(1));
      link.send(ping(2));
      await eventually(() => expect(server.pings).to.deep.equal([2]));
    });

    it('names the instance meant', async () => {
      const { server, listening } = await listen();
      const meant = newId();
      const { link } = dial(listening.endpoint, meant);
      link.send(ping(1));
      await eventually(() => expect(server.batches[0]?.target).to.equal(meant));
    });

    it('sends what one turn queues for a recipient as two batches: the first ones early, the rest at its end', async () => {
      const { server, link } = await connected();
      for (const i of upTo(100)) link.send(ping(i));
      await eventually(() => expect(server.pings).to.deep.equal(upTo(100)));
      expect(server.batches).to.have.length(2);
      link.send(ping(100));
      await turn();
      await turn();
      link.send(ping(101));
      await eventually(() => expect(server.pings).to.deep.equal(upTo(102)));
      expect(server.batches).to.have.length(4);
    });

    it('cuts the first batch of a turn at 32 envelopes, and all at 128 and at 64 KiB', async () => {
      const { server, link } = await connected();
      for (const i of upTo(300)) link.send(ping(i));
      await eventually(() => expect(server.pings).to.deep.equal(upTo(300)));
      expect(server.batches.map(({ envelopes }) => envelopes.length)).to.deep.equal([32, 128, 128, 12]);
      server.batches.length = 0;
      for (const i of upTo(10)) link.send(bulky(i, 20_000));
      await eventually(() => expect(server.pings).to.deep.equal(upTo(10)));
      expect(Math.max(...server.batches.map(({ envelopes }) => envelopes.length))).to.equal(3);
    });

    it('carries the largest body together with small ones of many bytes a character', async () => {
      const maxBody = 100_000;
      const { server, client, link } = await connected({ maxBody });
      const wide = encodeEnvelope({ t: 'req', i: 0, s: '@a/b', o: 'c', dl: 0, d: '中'.repeat(65_000) });
      expect(link.send(wide)).to.equal(true);
      for (const i of [1, 2]) expect(link.send(bulky(i, maxBody))).to.equal(true);
      await eventually(() => expect(server.pings).to.deep.equal([0, 1, 2]));
      expect(client.closings).to.be.empty;
    });

    it('keeps what is queued before it is connected', async () => {
      const { server, listening } = await listen();
      const { link, client } = dial(listening.endpoint);
      for (const i of upTo(500)) expect(link.send(ping(i))).to.equal(true);
      expect(link.queuedBytes).to.be.above(500);
      await eventually(() => expect(server.pings).to.deep.equal(upTo(500)));
      await link.flushed();
      expect(link.queuedBytes).to.equal(0);
      expect(client.opens).to.equal(1);
    });

    it('gives back what has not left, and sends the rest in order', async () => {
      const { server, listening } = await listen();
      const { link } = dial(listening.endpoint);
      for (const i of upTo(500)) link.send(ping(i));
      const back = link.withdraw((part) => Number(/\d+/.exec(part)![0]) % 2 === 1);
      expect(back).to.deep.equal(upTo(500).flatMap((i) => (i % 2 === 1 ? [ping(i)] : [])));
      const rest = upTo(500).filter((i) => i % 2 === 0);
      await eventually(() => expect(server.pings).to.deep.equal(rest));
      expect(link.queuedBytes).to.equal(0);
    });

    it('gives back what has not left while it tells that it has ended', async () => {
      const { link, client } = dial(rig.nowhere);
      let back: string[] | undefined;
      client.onClosed = (ended) => (back = ended.withdraw(() => true));
      link.send(ping(1));
      await eventually(() => expect(back).to.deep.equal([ping(1)]));
      expect(link.withdraw(() => true)).to.deep.equal([]);
    });

    it('tells of nothing within connect', async () => {
      for (const endpoint of [(await listen()).listening.endpoint, rig.nowhere, 'tcp://', 'nonsense']) {
        let within = true;
        const told: boolean[] = [];
        const note = (): void => void told.push(within);
        const [transport] = make();
        transport.connect(endpoint, SOMEBODY, { opened: note, received: note, closed: note });
        within = false;
        await eventually(() => expect(told).not.to.be.empty);
        expect(told).not.to.include(true);
      }
    });

    it('says refused, once, where nobody listens', async () => {
      const { listening, transport } = await listen();
      await transport.close();
      // Its socket is closed in another thread, a moment later.
      await eventually(async () => {
        const { client } = dial(listening.endpoint);
        await eventually(() => expect(client.closings).to.have.length(1));
        expect(client.closings).to.deep.equal(['refused']);
      });
      for (const endpoint of [listening.endpoint, rig.nowhere, 'nonsense']) {
        const { client, link } = dial(endpoint);
        link.send(ping(1));
        await eventually(() => expect(client.closings).to.deep.equal(['refused']));
        expect(link.send(ping(2))).to.equal(false);
        await link.flushed();
        link.close();
        expect(client.closings).to.deep.equal(['refused']);
        expect(client.opens).to.equal(0);
      }
    });

    it('says disconnected, once, when the listening side closes', async () => {
      const { client, listening, link, server } = await connected();
      await listening.close();
      expect(server.closings).to.deep.equal(['closed']);
      await eventually(() => expect(client.closings).to.deep.equal(['disconnected']));
      expect(link.send(ping(1))).to.equal(false);
      expect(link.queuedBytes).to.equal(0);
    });

    it('says disconnected, once and soon, when the connecting side closes', async () => {
      const { client, link, server, back } = await connected();
      link.close();
      link.close();
      expect(client.closings).to.deep.equal(['closed']);
      await eventually(() => expect(server.closings).to.deep.equal(['disconnected']), { within: 1000 });
      expect(back.send(ping(1))).to.equal(false);
      await back.flushed();
    });

    it('delivers what was flushed before a close', async () => {
      const { link, server } = await connected();
      for (const i of upTo(1000)) link.send(ping(i));
      await link.flushed();
      link.close();
      await eventually(() => expect(server.pings).to.deep.equal(upTo(1000)));
      await eventually(() => expect(server.closings).to.deep.equal(['disconnected']));
    });

    it('delivers what was flushed before a close, though something waits unread', async () => {
      const { link, back, server } = await connected();
      link.pause();
      for (const i of upTo(20)) back.send(bulky(i, 10_000));
      await back.flushed();
      for (const i of upTo(100)) link.send(ping(i));
      await link.flushed();
      link.close();
      await eventually(() => expect(server.pings).to.deep.equal(upTo(100)));
    });

    it('delivers nothing to a stranger who has the endpoint next', async () => {
      const { client, link, listening, serverTransport } = await connected();
      // More than the network takes: some waits here, some in the network.
      await serverTransport.close();
      for (const i of upTo(5000)) link.send(bulky(i, 1000));
      await eventually(() => expect(client.closings).to.have.length(1));
      const { server: stranger } = await eventually(() => listen({}, listening.endpoint));
      const witness = dial(listening.endpoint);
      witness.link.send(ping(7));
      await eventually(() => expect(stranger.pings).to.deep.equal([7]));
      expect(stranger.links).to.have.length(1);
    });

    it('takes no more than the budget for a peer that does not read, and harms no other', async () => {
      const budget = 256 * 1024;
      const { server, back, link, listening, client } = await connected({ budget });
      const other = dial(listening.endpoint);
      other.link.send(ping(0));
      await eventually(() => expect(server.links).to.have.length(2));
      link.pause();
      let taken = 0;
      await eventually(
        () => {
          // The network holds some of it, hence the turns.
          while (back.send(bulky(taken, 10_000))) taken++;
          return turn().then(() => !back.send(bulky(taken, 10_000)) || void taken++ !== undefined);
        },
        { every: 1 },
      );
      // It goes on taking some for a while, as long as its threads find the time.
      let since = performance.now();
      await eventually(
        () => {
          if (!back.send(bulky(taken, 10_000))) return performance.now() - since > 500;
          taken++;
          since = performance.now();
          return false;
        },
        { every: 5, within: 15_000 },
      );
      expect(back.queuedBytes).to.be.within(budget - 11_000, budget);
      const flushed = back.flushed().then(() => 'flushed');
      expect(await Promise.race([flushed, turn().then(() => 'waits')])).to.equal('waits');
      server.links[1]!.send(ping(5));
      await eventually(() => expect(other.client.pings).to.deep.equal([5]));
      link.resume();
      await eventually(() => expect(client.pings).to.deep.equal(upTo(taken)), { within: 10_000 });
      expect(await flushed).to.equal('flushed');
      expect(back.queuedBytes).to.equal(0);
    });

    it('ends while it is paused and blocked', async () => {
      const { back, link, client, server } = await connected({ budget: 64 * 1024 });
      link.pause();
      for (const i of upTo(2000)) {
        back.send(bulky(i, 10_000));
        if (i % 4 === 0) await turn();
      }
      const flushed = back.flushed();
      link.close();
      expect(client.closings).to.deep.equal(['closed']);
      await eventually(() => expect(server.closings).to.deep.equal(['disconnected']));
      await flushed;
    });

    it('drops and counts malformed messages, and takes the good ones between', async () => {
      const { server, listening, transport } = await listen();
      let bad = 0;
      let good = 0;
      for (const frames of malformedMessages()) {
        const peer = await raw(listening.endpoint);
        await peer.send(frames);
        bad++;
        await peer.send([goodMessage(ping(good++))]);
      }
      expect(bad).to.be.above(60);
      await eventually(() => expect(server.batches).to.have.length(good));
      expect(transport.malformed).to.equal(bad);
    });

    it('drops what is malformed on the connecting side as well', async () => {
      const { client, back, transport } = await connected();
      back.send('{"t":"nonsense"}');
      await back.flushed();
      back.send(ping(3));
      await eventually(() => expect(client.pings).to.deep.equal([3]));
      expect(transport.malformed).to.equal(1);
    });

    it('ignores who sends much that is malformed, and nobody else', async () => {
      const { server, listening, transport } = await listen();
      const peer = await raw(listening.endpoint);
      for (const _ of upTo(100)) await peer.send([Buffer.from('junk')]);
      await peer.send([goodMessage(ping(1))]);
      await eventually(() => expect(transport.malformed).to.equal(101));
      const { link } = dial(listening.endpoint);
      link.send(ping(2));
      await eventually(() => expect(server.pings).to.deep.equal([2]));
    });

    it('disconnects who sends a frame that is too large, and nobody else', async () => {
      const { server, listening } = await listen({ maxBody: 1024 });
      const { client, link } = dial(listening.endpoint);
      const other = dial(listening.endpoint);
      link.send(bulky(1, 2_000_000));
      await eventually(() => expect(client.closings).to.deep.equal(['disconnected']));
      other.link.send(ping(2));
      await eventually(() => expect(server.pings).to.deep.equal([2]));
    });

    it('refuses an endpoint that is taken, with the code EADDRINUSE', async () => {
      const { listening, server } = await listen();
      const [transport] = make();
      const refused: unknown = await transport
        .listen(listening.endpoint, new Recorder())
        .catch((e: unknown) => e);
      expect(refused).to.have.property('code', 'EADDRINUSE');
      const { link } = dial(listening.endpoint);
      link.send(ping(1));
      await eventually(() => expect(server.pings).to.deep.equal([1]));
    });

    it('listens twice, and closes one without the other', async () => {
      const [transport] = make();
      const [first, second] = [new Recorder(), new Recorder()];
      const one = await transport.listen(rig.endpoint(), first);
      const two = await transport.listen(rig.endpoint(), second);
      expect(one.endpoint).not.to.equal(two.endpoint);
      await one.close();
      await one.close();
      const { link } = dial(two.endpoint);
      link.send(ping(1));
      await eventually(() => expect(second.pings).to.deep.equal([1]));
      const again = await eventually(() => transport.listen(one.endpoint, first));
      await one.close();
      dial(again.endpoint).link.send(ping(2));
      await eventually(() => expect(first.pings).to.deep.equal([2]));
    });

    it('opens nothing after it was closed, and closes twice without harm', async () => {
      const { listening } = await listen();
      const [transport] = make();
      await transport.close();
      await transport.close();
      const failed: unknown = await transport.listen(rig.endpoint(), new Recorder()).catch((e: unknown) => e);
      expect(failed).to.be.instanceOf(Error);
      const client = new Recorder();
      transport.connect(listening.endpoint, SOMEBODY, client);
      await eventually(() => expect(client.closings).to.deep.equal(['closed']));
    });

    it('leaves no socket open', async () => {
      const settled = async (): Promise<number> => {
        let last = -1;
        await eventually(() => rig.handles() === last || ((last = rig.handles()), false), { every: 100 });
        return last;
      };
      const cycle = async (): Promise<void> => {
        const { listening, serverTransport, link } = await connected();
        const gone = dial(listening.endpoint);
        gone.link.close();
        dial(rig.nowhere);
        link.pause();
        await serverTransport.close();
        for (const transport of transports.splice(0)) await transport.close();
      };
      await cycle();
      const before = await settled();
      for (const _ of upTo(20)) await cycle();
      await eventually(() => expect(rig.handles()).to.be.at.most(before));
    });
  });
}
