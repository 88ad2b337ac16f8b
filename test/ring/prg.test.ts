import { createCipheriv } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Prg, randomBytes } from '../../src/ring/prg.ts';
import { ring, scoped } from './support.ts';

const test = suite('ring prg');

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('RFC 8439, section 2.3.2: the block function', () => {
  const seed = Uint8Array.from({ length: 32 }, (_, i) => i);
  // Nonce 00:00:00:09:00:00:00:4a:00:00:00:00 is gate 0x4a000000_09000000 (too large), so the key's nonce words go to the kernel.
  const out = ring.bytes(64);
  const key = Array.from(new Uint32Array(seed.buffer)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  ring.kernels.chacha20(out.ptr, 64, 1, ...key, 0x09000000, 0x4a000000, 0);
  assert.is(
    hex(ring.u8(out)),
    '10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e' +
      'd2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e',
  );
});

test('RFC 8439, appendix A.1: test vectors 1 to 5', () => {
  const last = (byte: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? byte : 0));
  const vectors: [Uint8Array, number, number, string][] = [
    [
      new Uint8Array(32),
      0,
      0,
      '76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586',
    ],
    [
      new Uint8Array(32),
      1,
      0,
      '9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f',
    ],
    [
      last(1),
      1,
      0,
      '3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0',
    ],
    [
      Uint8Array.from({ length: 32 }, (_, i) => (i === 1 ? 255 : 0)),
      2,
      0,
      '72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096',
    ],
    [
      new Uint8Array(32),
      0,
      0x02000000,
      'c2c64d378cd536374ae204b9ef933fcd1a8b2288b3dfa49672ab765b54ee27c78a970e0e955c14f3a88e741b97c286f75f8fc299e8148362fa198a39531bed6d',
    ],
  ];
  for (const source of ['wasm', 'host'] as const) {
    vectors.forEach(([seed, block, draw, expected], i) => {
      scoped(() => {
        const out = ring.bytes(64);
        new Prg(ring, seed, source).fill(out, 0, draw, block * 64);
        assert.is(hex(ring.u8(out)), expected, `${source}, vector ${i + 1}`);
      });
    });
  }
});

test('kernel and host give the same bytes', () => {
  const seed = randomBytes(32);
  const sizes = [0, 1, 15, 16, 63, 64, 65, 255, 256, 257, 1000, 4095, 4096, 65535, 65536, 65537, 200_000];
  for (const bytes of sizes) {
    for (const [gate, draw, offset] of [
      [0, 0, 0],
      [1, 2, 64],
      [2 ** 53 - 1, 2 ** 32 - 1, 64 * 12345],
      [2 ** 40 + 7, 3, 2 ** 37],
    ] as const) {
      scoped(() => {
        const iv = Buffer.alloc(16);
        iv.writeUInt32LE(offset / 64, 0);
        iv.writeBigUInt64LE(BigInt(gate), 4);
        iv.writeUInt32LE(draw, 12);
        const expected = createCipheriv('chacha20', seed, iv).update(Buffer.alloc(bytes));
        for (const source of ['wasm', 'host', 'auto'] as const) {
          const whole = ring.bytes(bytes + 48);
          ring.u8(whole).fill(0xa5);
          new Prg(ring, seed, source).fill(whole.view(16, bytes), gate, draw, offset);
          const got = Buffer.from(ring.u8(whole));
          assert.is(Buffer.compare(got.subarray(16, 16 + bytes), expected), 0, `${source} ${bytes} ${gate}`);
          assert.ok(
            got.subarray(0, 16).every((x) => x === 0xa5) && got.subarray(16 + bytes).every((x) => x === 0xa5),
          );
        }
      });
    }
  }
});

test('what the PRG refuses', () => {
  const prg = new Prg(ring, new Uint8Array(32));
  const out = ring.bytes(64);
  assert.throws(() => new Prg(ring, new Uint8Array(31)), /32 bytes/);
  assert.throws(() => prg.fill(out, -1, 0), /gate/);
  assert.throws(() => prg.fill(out, 2 ** 53, 0), /gate/);
  assert.throws(() => prg.fill(out, 0, 2 ** 32), /draw/);
  assert.throws(() => prg.fill(out, 0, 0, 63), /multiple/);
  assert.throws(() => prg.fill(out, 0, 0, 2 ** 38), /multiple/);
});

test('randomBytes fills more than one request', () => {
  const bytes = randomBytes(200_000);
  for (let i = 0; i < bytes.length; i += 50_000) assert.ok(bytes.subarray(i, i + 64).some((x) => x !== 0));
});

test.run();
