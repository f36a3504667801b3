/** Live events of one publishing instance that a subscription of this process did not get, and will not. */
export interface Gap {
  /** What is listened to: a topic or a pattern. */
  readonly topic: string;
  /** The listening service, or empty. */
  readonly service: string;
  /** The publishing service: the one that the subscription names, else the instance's first; empty for a client. */
  readonly publisher: string;
  /** Id of the publishing instance. */
  readonly instance: string;
  /** Sequence of the first that is missing: each publisher counts the events that it means for each subscription. */
  readonly from: number;
  /** Sequence of the last that is missing. Absent where `count` is. */
  readonly to?: number;
  /** How many are missing. Absent when the publisher has forgotten: the connection was away for more than five minutes. */
  readonly count?: number;
}

/** Told of gaps as they are seen. */
export type GapListener = (gap: Gap) => void;
