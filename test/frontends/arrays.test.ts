/** Arrays in files: as NumPy and safetensors write them, written and read again, refused, damaged. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { arraysOf, FOLDER } from './corpus.ts';

const test = suite('frontends: arrays in files');
const { np } = sf;
const RUNS = process.env.TESSERA_LONG === undefined ? 1000 : 10_000;

const codeOf = async (run: () => Promise<unknown>): Promise<string | undefined> =>
  run().then(
    () => undefined,
    (e: unknown) => (e instanceof sf.TesseraError ? e.code : String(e)),
  );

/** A file of NumPy with this header. */
const npy = (header: string, body: ArrayLike<number>): Uint8Array => {
  const text = `${header.padEnd(117)}\n`;
  return Uint8Array.from([
    0x93,
    ...Buffer.from('NUMPY'),
    1,
    0,
    text.length,
    0,
    ...Buffer.from(text),
    ...Array.from(body),
  ]);
};
const described = (descr: string, shape: string, order = 'False'): string =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape}), }`;
const values = async (bytes: Uint8Array): Promise<unknown> => (await sf.load<sf.NDArray>(bytes)).toArray();

test('arrays of NumPy: any byte order, any order of axes, halves widened', async () => {
  assert.equal(
    await values(npy(described('<f4', '2,'), new Uint8Array(Float32Array.of(1.5, -2).buffer))),
    [1.5, -2],
  );
  assert.equal(await values(npy(described('>i2', '2,'), [1, 2, 255, 254])), [258, -2]);
  assert.equal(await values(npy(described('|u1', '2, 3', 'True'), [1, 2, 3, 4, 5, 6])), [
    [1, 3, 5],
    [2, 4, 6],
  ]);
  // 1, -2, 2^-24, 65504
  const halves = Uint16Array.of(0x3c00, 0xc000, 1, 0x7bff);
  assert.equal(await values(npy(described('<f2', '4,'), new Uint8Array(halves.buffer))), [
    1,
    -2,
    2 ** -24,
    65504,
  ]);
  assert.is((await sf.load<sf.NDArray>(npy(described('<i8', ''), [7, 0, 0, 0, 0, 0, 0, 0]))).item(), 7);
});

test('an archive of NumPy, deflated', async () => {
  const file = readFileSync(join(FOLDER, 'jax/int_arith/data.npz'));
  const got = await sf.load<sf.NamedArrays>(new Uint8Array(file));
  for (const [name, want] of arraysOf(file)) {
    assert.equal(got[name]!.toArray(), want.toArray(), name);
    assert.is(got[name]!.dtype, want.dtype);
  }
});

test('what is written is read, of every dtype and form', async () => {
  const arrays: Record<string, sf.NDArray> = {};
  for (const dtype of [
    'float64',
    'bool',
    'int8',
    'int16',
    'int32',
    'int64',
    'uint8',
    'uint16',
    'uint32',
    'uint64',
  ])
    arrays[dtype] = np.array([[1, 0, 1]], dtype) as sf.NDArray;
  arrays.scalar = np.array(2.5) as sf.NDArray;
  arrays.nothing = np.zeros([0, 3]) as sf.NDArray;
  arrays['a/b ü'] = np.array([3]) as sf.NDArray;
  const folder = mkdtempSync(join(tmpdir(), 'arrays-'));
  try {
    for (const form of ['npz', 'safetensors']) {
      const path = join(folder, `x.${form}`);
      await sf.save(path, arrays);
      const got = await sf.load<sf.NamedArrays>(path);
      assert.equal(Object.keys(got).sort(), Object.keys(arrays).sort());
      for (const [name, x] of Object.entries(arrays)) {
        assert.equal(got[name]!.shape, x.shape);
        assert.is(got[name]!.dtype, x.dtype);
        assert.equal(got[name]!.toArray(), x.toArray());
      }
    }
    await sf.save(join(folder, 'x.npy'), [[1, 2]]);
    assert.equal(await values(new Uint8Array(readFileSync(join(folder, 'x.npy')))), [[1, 2]]);
    assert.is(await codeOf(() => sf.save(join(folder, 'no/x.npy'), [1])), 'INVALID_ARGUMENT');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('at a party: alice loads what nobody else sees', async () => {
  const s = await sf.session({ parties: ['alice', 'bob'], address: 'local', loggingLevel: 'error' });
  try {
    const spu = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
    const bytes = npy(described('<f4', '2,'), new Uint8Array(Float32Array.of(1.5, -2).buffer));
    const x = s.PYU('alice')((b: Uint8Array) => sf.load<sf.NDArray>(b))(bytes);
    const y = spu((a: sf.np.ArrayInput, b: sf.np.ArrayInput) => np.multiply(a, b))(
      x as never,
      s.PYU('bob')(() => [2, 4])(),
    );
    assert.equal(((await s.reveal(y)) as sf.NDArray).toArray(), [3, -8]);
  } finally {
    await s.shutdown();
  }
});

const tensors = (header: unknown, body: ArrayLike<number>): Uint8Array => {
  const text = Buffer.from(JSON.stringify(header));
  const length = new Uint8Array(8);
  length[0] = text.length & 255;
  length[1] = text.length >> 8;
  return Uint8Array.from([...length, ...text, ...Array.from(body)]);
};

test('safetensors: bfloat16, and what does not fit', async () => {
  const one = { dtype: 'BF16', shape: [2], data_offsets: [0, 4] };
  const got = await sf.load<sf.NamedArrays>(
    tensors({ __metadata__: { a: 'b' }, x: one }, [0x80, 0x3f, 0x20, 0xc0]),
  );
  assert.equal(got.x!.toArray(), [1, -2.5]);
  for (const [header, code] of [
    [{ x: { ...one, data_offsets: [0, 5] } }, 'SERIALIZATION'],
    [{ x: { ...one, shape: [3] } }, 'SERIALIZATION'],
    [{ x: { ...one, shape: [-2] } }, 'SERIALIZATION'],
    [{ x: one, y: { ...one, data_offsets: [0, 4] } }, 'SERIALIZATION'],
    [{ x: { ...one, dtype: 'F8_E4M3' } }, 'UNSUPPORTED'],
    [{ x: 7 }, 'SERIALIZATION'],
  ] as const)
    assert.is(await codeOf(() => sf.load(tensors(header, [0, 0, 0, 0]))), code, JSON.stringify(header));
});

test('programs, texts and damaged files are refused', async () => {
  for (const [bytes, code] of [
    [npy(described('|O', '1,'), [0]), 'UNSUPPORTED'],
    [npy(described('<U4', '1,'), [0]), 'UNSUPPORTED'],
    [npy(described('<c8', '1,'), [0]), 'UNSUPPORTED'],
    [npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", [0, 0, 0, 0]), 'UNSUPPORTED'],
    [npy(described('<f4', '99999999999, 99999999999'), [0]), 'SERIALIZATION'],
    [npy(described('<f4', '2,'), [0, 0, 0, 0]), 'SERIALIZATION'],
    [Uint8Array.of(0x80, 4, 0x95), 'UNSUPPORTED'],
    [new TextEncoder().encode('a,b\n1,2\n'), 'SERIALIZATION'],
    [new Uint8Array(0), 'SERIALIZATION'],
  ] as const)
    assert.is(await codeOf(() => sf.load(bytes)), code);
  for (const [path, data, code] of [
    ['x.txt', [1], 'INVALID_ARGUMENT'],
    ['x.npz', [1], 'INVALID_ARGUMENT'],
    ['x.npy', { a: [1] }, 'DTYPE'],
  ] as const)
    assert.is(await codeOf(() => sf.save(path, data as never)), code, path);
});

/** Numbers from a seed (mulberry32). */
const random = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

test(`${RUNS} changed files: nothing but typed errors`, async () => {
  const next = random(5);
  const folder = mkdtempSync(join(tmpdir(), 'arrays-'));
  const arrays = { w: np.ones([3, 4]), b: np.array([1, 2], 'int32') };
  const samples = [
    await sf.save(join(folder, 'x.npy'), [[1, 2]]),
    await sf.save(join(folder, 'x.npz'), arrays),
    await sf.save(join(folder, 'x.safetensors'), arrays),
    new Uint8Array(readFileSync(join(FOLDER, 'jax/arith/data.npz'))),
  ];
  rmSync(folder, { recursive: true });
  for (let i = 0; i < RUNS; i++) {
    const bytes = samples[i % samples.length]!.slice();
    const at = (): number => Math.floor(next() * bytes.length);
    if (next() < 0.2) bytes.copyWithin(at(), at(), at());
    else for (let n = 1 + Math.floor(next() * 4); n > 0; n--) bytes[at()] = Math.floor(next() * 256);
    const cut = next() < 0.2 ? bytes.subarray(0, at()) : bytes;
    const code = await codeOf(() => sf.load(cut));
    assert.ok(code === undefined || code === 'SERIALIZATION' || code === 'UNSUPPORTED', code);
  }
});

test.run();
