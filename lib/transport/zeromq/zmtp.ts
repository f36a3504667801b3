/** What one side must say of itself, and what it must be told, before messages flow: ZMTP 3.1 with the NULL mechanism. */
const GREETING_BYTES = 64;
const MECHANISM = Buffer.from('NULL'.padEnd(20, '\0'), 'latin1');
const IS_ROUTER = property('Socket-Type', 'ROUTER');

const MORE = 1;
const LONG = 2;
const COMMAND = 4;
/** Of the heartbeat's context, as the specification has it. */
const MAX_CONTEXT = 16;
/** What a frame costs beside its bytes: a message of very many empty ones is too large as well. */
const FRAME_COST = 64;

/** The first words of a DEALER. They do not depend on what the other side says. */
export const OPENING = Buffer.concat([
  greeting(),
  command('READY', property('Socket-Type', 'DEALER'), property('Identity', '')),
]);

export function pong(context: Buffer): Buffer {
  return command('PONG', context);
}

/** A message of one frame, as bytes. */
export function message(frame: string | Buffer): Buffer {
  const size = Buffer.byteLength(frame);
  const bytes = withSize(0, size);
  if (typeof frame === 'string') bytes.write(frame, bytes.length - size);
  else frame.copy(bytes, bytes.length - size);
  return bytes;
}

/** The other side does not speak as it must. Nothing more can be read from it. */
export class ZmtpError extends Error {}

export interface ZmtpListener {
  /** The other side is a ROUTER, and takes messages. */
  ready(): void;
  /** The frames are views of what was read: valid for the moment. */
  message(frames: readonly Buffer[]): void;
  /** A PONG with this context is wanted. */
  pinged(context: Buffer): void;
}

/** Makes sense of what a ROUTER sends. Keeps at most one frame that is not complete. */
export class ZmtpReader {
  private greeted = false;
  private ready = false;
  private partial: Buffer | undefined;
  private filled = 0;
  private frames: Buffer[] = [];
  private size = 0;

  constructor(
    private readonly maxMessage: number,
    private readonly listener: ZmtpListener,
  ) {}

  /** @throws ZmtpError */
  read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      if (this.partial === undefined) {
        const size = this.sizeOf(chunk, at);
        if (at + size <= chunk.length) {
          this.take(chunk.subarray(at, at + size));
          at += size;
          continue;
        }
        this.await(size);
      }
      at += this.fill(chunk, at);
    }
  }

  private await(size: number): void {
    this.partial = Buffer.allocUnsafe(size);
    this.filled = 0;
  }

  private fill(chunk: Buffer, at: number): number {
    const whole = this.partial!;
    const copied = chunk.copy(whole, this.filled, at);
    this.filled += copied;
    if (this.filled < whole.length) return copied;
    const size = this.sizeOf(whole, 0);
    this.partial = undefined;
    if (size <= whole.length) this.take(whole);
    else {
      this.await(size);
      this.filled = whole.copy(this.partial!);
    }
    return copied;
  }

  /** Bytes of what begins at `at`, or that are needed to tell. */
  private sizeOf(bytes: Buffer, at: number): number {
    if (!this.greeted) return GREETING_BYTES;
    const left = bytes.length - at;
    if (left < 2) return 2;
    const isLong = (bytes[at]! & LONG) !== 0;
    if (isLong && left < 9) return 9;
    const size = isLong ? bytes.readUInt32BE(at + 1) * 2 ** 32 + bytes.readUInt32BE(at + 5) : bytes[at + 1]!;
    if (size > this.maxMessage) throw new ZmtpError(`a frame of ${size} bytes`);
    return size + (isLong ? 9 : 2);
  }

  private take(bytes: Buffer): void {
    if (!this.greeted) return this.greet(bytes);
    const flags = bytes[0]!;
    const body = bytes.subarray((flags & LONG) !== 0 ? 9 : 2);
    if ((flags & ~(MORE | LONG | COMMAND)) !== 0) throw new ZmtpError(`flags ${flags}`);
    if ((flags & COMMAND) !== 0) return this.obey(body);
    if (!this.ready) throw new ZmtpError('a message before READY');
    this.size += body.length + FRAME_COST;
    if (this.size > this.maxMessage + FRAME_COST) throw new ZmtpError('a message that is too large');
    // A frame of more than one must outlive the bytes that it came in.
    this.frames.push((flags & MORE) === 0 ? body : Buffer.from(body));
    if ((flags & MORE) !== 0) return;
    const { frames } = this;
    this.frames = [];
    this.size = 0;
    this.listener.message(frames);
  }

  private greet(bytes: Buffer): void {
    const isZmtp = bytes[0] === 0xff && (bytes[9]! & 1) === 1 && bytes[10]! >= 3;
    if (!isZmtp || !bytes.subarray(12, 32).equals(MECHANISM)) throw new ZmtpError('no ZMTP 3, or with keys');
    this.greeted = true;
  }

  private obey(body: Buffer): void {
    const end = 1 + (body[0] ?? 0);
    const name = body.toString('latin1', 1, end);
    if (name === 'ERROR') throw new ZmtpError('it refuses');
    if (name === 'READY') {
      if (this.ready || !body.includes(IS_ROUTER, end)) throw new ZmtpError('no ROUTER');
      this.ready = true;
      this.listener.ready();
    } else if (name === 'PING' && this.ready) {
      const context = body.subarray(end + 2);
      if (context.length > MAX_CONTEXT) throw new ZmtpError('a PING with much in it');
      this.listener.pinged(context);
    }
  }
}

function greeting(): Buffer {
  const bytes = Buffer.alloc(GREETING_BYTES);
  bytes.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1]);
  MECHANISM.copy(bytes, 12);
  return bytes;
}

function command(name: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from([name.length]), Buffer.from(name, 'latin1'), ...parts]);
  const bytes = withSize(COMMAND, body.length);
  body.copy(bytes, bytes.length - body.length);
  return bytes;
}

/** Room for a body of `size` bytes, behind what says so. */
function withSize(flags: number, size: number): Buffer {
  if (size < 256) {
    const bytes = Buffer.allocUnsafe(size + 2);
    bytes[0] = flags;
    bytes[1] = size;
    return bytes;
  }
  const bytes = Buffer.allocUnsafe(size + 9);
  bytes[0] = flags | LONG;
  bytes.writeUInt32BE(Math.floor(size / 2 ** 32), 1);
  bytes.writeUInt32BE(size % 2 ** 32, 5);
  return bytes;
}

function property(name: string, value: string): Buffer {
  const bytes = Buffer.alloc(1 + name.length + 4 + value.length);
  bytes[0] = name.length;
  bytes.write(name, 1, 'latin1');
  bytes.writeUInt32BE(value.length, 1 + name.length);
  bytes.write(value, 5 + name.length, 'latin1');
  return bytes;
}
