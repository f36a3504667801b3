import type { MessageLike } from 'zeromq';

interface Sender {
  send(message: MessageLike | MessageLike[]): Promise<void>;
}

/** Sends one message after another: zeromq refuses a `send` while another runs. */
export class Outbox {
  private queue: (MessageLike | MessageLike[])[] = [];
  private sending = false;

  constructor(private readonly socket: Sender) {}

  push(message: MessageLike | MessageLike[]): void {
    this.queue.push(message);
    if (!this.sending) void this.drain();
  }

  private async drain(): Promise<void> {
    this.sending = true;
    while (this.queue.length > 0) {
      const messages = this.queue;
      this.queue = [];
      for (const message of messages) await this.socket.send(message);
    }
    this.sending = false;
  }
}

/** Unbounded, since the harness bounds what is under way, and never waiting (TOOLCHAIN: EAGAIN instead). */
export const SOCKET = { sendHighWaterMark: 0, receiveHighWaterMark: 0, linger: 0 } as const;
