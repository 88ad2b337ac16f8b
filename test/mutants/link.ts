/** @file Faults of sessions, their limits and their order. */
import { inFile, type Mutant } from './mutant.ts';

const checks = ['link/limits.test.ts', 'link/protocol.test.ts'] as const;

export const link: readonly Mutant[] = [
  ...inFile('src/link/peer-session.ts', checks, [
    [
      'packets of a replaced connection are heard',
      'check',
      'if (pipe !== this.#pipe || this.#over !== undefined) return;',
      'if (this.#over !== undefined) return;',
    ],
    [
      'the end of a replaced connection ends the one in use',
      'check',
      '(expected !== undefined && expected !== this.#pipe)',
      '(expected !== undefined && false)',
    ],
    ['acknowledgements are not looked at', 'wrong', 'outbox.acknowledge(packet.ack);', ''],
    [
      'a gap ends the session',
      'wrong',
      'if (error instanceof TesseraError && error.info.gap === true) {',
      'if (false) {',
    ],
  ]),
  ...inFile(
    'src/link/peer-session.ts',
    ['link/sessions.test.ts', 'link/websocket.test.ts'],
    [
      [
        'frames of any size are sent',
        'check',
        'if (bytes.byteLength > this.#options.maxFrameBytes) {',
        'if (false) {',
      ],
      [
        'a peer that is silent for ever is waited for',
        'check',
        'if (silent > this.#options.peerTimeoutMs && !this.#byeReceived) {',
        'if (false) {',
      ],
      [
        'connections without a packet go on for ever',
        'check',
        'if (fruitless <= this.#options.peerTimeoutMs) {',
        'if (fruitless <= Number.POSITIVE_INFINITY) {',
      ],
      [
        'what a new connection has to send again is forgotten',
        'wrong',
        'this.#outbox.rewind(peerReceived);',
        '',
      ],
    ],
  ),
  ...inFile('src/link/intake.ts', checks, [
    [
      'a peer opens channels without limit',
      'check',
      'if (this.#channels.size >= MAX_CHANNELS)',
      'if (false)',
    ],
    [
      'a peer opens one channel more',
      'check',
      'if (this.#channels.size >= MAX_CHANNELS)',
      'if (this.#channels.size > MAX_CHANNELS)',
    ],
    [
      'names of channels are as long as they like',
      'check',
      'if (rec.bytes.byteLength > MAX_NAME_BYTES)',
      'if (false)',
    ],
    [
      'names of channels have any form',
      'check',
      '!/^\\d{1,15}\\//.test(key) || this.#byKey.has(key)',
      'this.#byKey.has(key)',
    ],
    [
      'two channels have one name',
      'check',
      '!/^\\d{1,15}\\//.test(key) || this.#byKey.has(key)',
      '!/^\\d{1,15}\\//.test(key)',
    ],
    ['channels are opened out of order', 'check', 'if (rec.channel !== this.#nextId)', 'if (false)'],
    ['nothing is too much to hold', 'check', 'if (this.#held <= this.#maxHeldBytes) return;', 'return;'],
    [
      'one byte more may be held',
      'check',
      'if (this.#held <= this.#maxHeldBytes) return;',
      'if (this.#held <= this.#maxHeldBytes + 1) return;',
    ],
    [
      'what is taken makes no room',
      'wrong',
      'channel.taken += cost; this.#held -= cost;',
      'channel.taken += cost;',
    ],
    ['credit is not looked at', 'check', 'if (channel.arrived >= channel.granted)', 'if (false)'],
    ['frames in chunks have any size', 'check', 'if (total > this.#maxFrameBytes)', 'if (false)'],
    ['chunks come in any order', 'check', 'part.filled !== offset ||', ''],
    ['chunks of two frames are mixed', 'check', 'part.tag !== tag ||', ''],
    ['a frame grows on its way', 'check', 'part.bytes.length !== total ||', ''],
    [
      'a chunk is longer than its frame',
      'check',
      'bytes.length > Math.min(wire.CHUNK_BYTES, total - offset)',
      'false',
    ],
    ['empty chunks go on for ever', 'check', 'bytes.length === 0 ||', ''],
    [
      'a frame cuts into another',
      'check',
      'rec.bytes.byteLength > wire.CHUNK_BYTES || channel.part !== undefined',
      'rec.bytes.byteLength > wire.CHUNK_BYTES',
    ],
    [
      'a channel is closed within a frame',
      'check',
      'if (channel.part !== undefined) wire.protocolError(',
      'if (false) wire.protocolError(',
    ],
    ['packets are taken twice', 'check', 'if (packet.seq <= this.#received) return false;', ''],
    [
      'a packet that is missing is not missed',
      'check',
      'if (packet.seq !== this.#received + 1) {',
      'if (false) {',
    ],
    [
      'a frame that has begun counts when it is whole',
      'check',
      'this.#hold(total); channel.part =',
      'channel.part =',
    ],
  ]),
  ...inFile('src/link/packets.ts', checks, [
    ['empty frames cost nothing', 'check', 'const FRAME_COST = 64;', 'const FRAME_COST = 0;'],
    ['a record may be longer than its packet', 'check', 'if (length > head.byteLength - at)', 'if (false)'],
    ['tags are any numbers', 'check', "if (!isCount(tag)) protocolError('a record has no valid tag');", ''],
    [
      'numbers of packets are any numbers',
      'check',
      "if (!isCount(seq) || !isCount(ack)) protocolError('a packet has no valid number');",
      '',
    ],
    ['kinds of packets are not looked at', 'check', 'if (kind !== DATA && kind !== STATUS)', 'if (false)'],
    [
      'a body has any length',
      'check',
      "if (bytes.byteLength !== length) protocolError('a body is not as long as announced');",
      '',
    ],
  ]),
  ...inFile(
    'src/link/outbox.ts',
    ['link/limits.test.ts', 'link/sessions.test.ts', 'link/websocket.test.ts'],
    [
      ['what was never sent is acknowledged', 'check', 'if (ack > this.#seq)', 'if (false)'],
      [
        'packets that the peer had and lost are not missed',
        'check',
        'if ((this.#unacked.first?.seq ?? received + 1) !== received + 1) {',
        'if (false) {',
      ],
      ['credit is not kept to', 'wrong', 'if (channel.spent >= channel.limit) {', 'if (false) {'],
      [
        'nobody waits for room',
        'wrong',
        'if (channel.queued > SEND_AHEAD) return new Promise((resolve) => channel.drained.push(resolve));',
        '',
      ],
    ],
  ),
  ...inFile('src/link/connection.ts', checks, [
    [
      'a handshake takes any number of messages',
      'check',
      'this.#inbox.push(data) > 64 ||',
      'this.#inbox.push(data) > 1e9 ||',
    ],
    ['a handshake takes any number of bytes', 'check', '|| this.#waiting > HANDSHAKE_BYTES', ''],
    [
      'text is taken for a message',
      'check',
      "else this.#end('the peer sent text');",
      'else this.#message(data);',
    ],
  ]),
  ...inFile(
    'src/link/connection.ts',
    ['link/sessions.test.ts', 'link/relay.test.ts'],
    [
      [
        'what follows a handshake is not sealed',
        'leak',
        'secure(seal) { this.#seal = seal; }',
        'secure() { }',
      ],
    ],
  ),
  ...inFile(
    'src/link/mailbox.ts',
    ['link/sessions.test.ts'],
    [
      ['frames come in any order', 'check', 'else if (tag !== this.#next) {', 'else if (false) {'],
      [
        'who is no peer of a channel is heard',
        'leak',
        ': !peers.has(from)) return false;',
        ': false) return false;',
      ],
      ['a frame is taken twice', 'check', 'if (bytes !== undefined) this.#frames.delete(tag);', ''],
      ['two may wait for one frame', 'check', 'if (this.#waiters.has(tag)) {', 'if (false) {'],
      ['frames are sent in any order', 'check', 'if (due !== undefined && due !== tag) {', 'if (false) {'],
    ],
  ),
];
