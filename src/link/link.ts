/** @file The narrow interface at which gates and transports meet: tagged, ordered, reliable bytes between parties. */

/**
 * One logical channel between `self` and its peers. Implementations: memory (tests), MessagePort (standalone
 * mode), WebSocket (production). All frames that are sent in the same tick to one peer travel as one message.
 */
export interface Channel {
  readonly self: string;
  readonly peers: readonly string[];
  /**
   * Hands `bytes` over (the channel owns the buffer from here on). Tags rise by one per (peer, direction), so
   * that a late or foreign frame is recognised. Resolves when more may be sent (flow control).
   */
  send(to: string, tag: number, bytes: Uint8Array): Promise<void> | void;
  /** The frame with that tag from that peer. Rejects with a TesseraError when the peer is lost or has failed. */
  recv(from: string, tag: number): Promise<Uint8Array>;
  /** Calls `heard` with the tag of each frame from that peer that comes while no `recv` waits for it; the frame stays. */
  notice(from: string, onFrame: (tag: number) => void): void;
  /** Frames and payload bytes, as counted on the link. */
  readonly stats: LinkStats;
  close(): void;
}

export interface LinkStats {
  readonly sent: Readonly<Record<string, Traffic>>;
  readonly received: Readonly<Record<string, Traffic>>;
}

export interface Traffic {
  frames: number;
  bytes: number;
}

/** What a session needs of a transport: any number of channels over one connection per pair of parties. */
export interface Transport {
  readonly self: string;
  readonly parties: readonly string[];
  channel(name: string, peers: readonly string[]): Channel;
  close(): Promise<void>;
}
