import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FIELDS } from '../../src/ring/field.ts';
import { type Block, Heap } from '../../src/ring/heap.ts';
import { Ring } from '../../src/ring/ring.ts';
import { below } from './support.ts';

const test = suite('ring heap');

const fresh = (limit?: number): Heap =>
  new Heap(new WebAssembly.Memory({ initial: 1, maximum: 65536 }), 1000, limit);

test('blocks are aligned, padded, and never overlap', () => {
  const request = fc.oneof(fc.nat(64), fc.nat(5000), fc.nat(200_000), fc.constant(4096), fc.constant(65536));
  const step = fc.record({ free: fc.boolean(), at: fc.nat(), bytes: request });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
      const heap = fresh();
      const live: { block: Block; bytes: number }[] = [];
      for (const { free, at, bytes } of steps) {
        if (free && live.length > 0) heap.free(live.splice(at % live.length, 1)[0]!.block);
        else live.push({ block: heap.alloc(bytes), bytes });
        const sorted = live.toSorted((a, b) => a.block.start - b.block.start);
        let used = 0;
        sorted.forEach(({ block, bytes }, i) => {
          assert.is(block.start % 16, 0);
          assert.ok(block.size >= bytes + 16);
          assert.ok(block.start >= 1000);
          const after = sorted[i + 1];
          if (after) assert.ok(block.start + block.size <= after.block.start);
          used += block.size;
        });
        assert.is(heap.used, used);
        assert.ok(heap.peak >= used);
      }
      for (const { block } of live) heap.free(block);
      assert.is(heap.used, 0);
      assert.is(heap.alloc(1).start, 1008, 'all memory came back as one piece');
    }),
    { numRuns: 60 },
  );
});

test('freed memory is used again, whatever the order of freeing', () => {
  const heap = fresh(4 << 20);
  for (let round = 0; round < 200; round++) {
    const blocks = Array.from({ length: 30 }, (_, i) =>
      heap.alloc(((i * 7919 + round * 104729) % 90_000) + 1),
    );
    for (let i = 0; i < blocks.length; i++) heap.free(blocks[(i * 17 + round) % blocks.length]!);
    assert.is(heap.used, 0);
  }
});

test('small blocks that stay do not break up the room of large ones', () => {
  const heap = fresh(4 << 20);
  const kept: Block[] = [];
  const large = Array.from({ length: 5 }, () => heap.alloc(480_000));
  for (let round = 0; round < 2000; round++) {
    heap.free(large.splice(below(large.length), 1)[0]!);
    // If it were cut from the room that was freed, that would be too small for the next large one, for ever.
    kept.push(heap.alloc(160));
    large.push(heap.alloc(480_000));
  }
  for (const block of large) heap.free(block);
  assert.ok(heap.used >= 2000 * 160);
  for (const block of kept) heap.free(block);
  assert.is(heap.used, 0);
  assert.is(heap.alloc((4 << 20) - 8192).start, 1008, 'all memory came back as one piece');
});

test('the last room goes to whoever asks, small or large', () => {
  const heap = fresh(1 << 20);
  const small = Array.from({ length: 4000 }, () => heap.alloc(100));
  // More than what is left beyond the stretches of small ones.
  for (const block of small) heap.free(block);
  const large = heap.alloc(900_000);
  for (let left = 0; left < 100; left++) heap.alloc(100);
  heap.free(large);
  assert.ok(heap.alloc(800_000).size > 800_000);
});

test('large arrays are not placed at equal offsets mod 4096', () => {
  const heap = fresh();
  for (const bytes of [4096, 8192, 65536, 1 << 20]) {
    const starts = Array.from({ length: 5 }, () => heap.alloc(bytes).start % 4096);
    starts.forEach((x, i) => {
      starts.slice(i + 1).forEach((y) => {
        const apart = (x - y + 4096) % 4096;
        assert.ok(Math.min(apart, 4096 - apart) >= 256, `${bytes} bytes: ${starts}`);
      });
    });
  }
});

test('the limit is an error that says what was asked for', async () => {
  const ring = await Ring.create({ maxBytes: 2 << 20 });
  const field = FIELDS.FM128;
  const a = ring.alloc(field, 50_000);
  try {
    ring.alloc(field, 100_000);
    assert.unreachable();
  } catch (error) {
    assert.is((error as { code: string }).code, 'OUT_OF_MEMORY');
    assert.match((error as Error).message, /1600000 bytes requested.*limit 2097152/);
  }
  assert.throws(() => ring.alloc(field, 2 ** 40), /OUT|out of memory/);
  assert.throws(() => ring.alloc(field, -1), /length/);
  assert.throws(() => ring.alloc(field, 1.5), /length/);
  ring.release(a);
  ring.release(ring.alloc(field, 80_000));
});

test('views share their block, and the last release frees it', async () => {
  const ring = await Ring.create();
  const before = ring.heap.used;
  const a = ring.alloc(FIELDS.FM64, 100);
  const v = ring.retain(a.view(10, 5));
  ring.release(a);
  assert.ok(ring.heap.used > before);
  ring.zero(v);
  ring.release(v);
  assert.is(ring.heap.used, before);
});

test('kernels see arrays beyond 2 GiB of address space', async () => {
  const ring = await Ring.create();
  const field = FIELDS.FM128;
  let far: ReturnType<typeof ring.alloc>;
  try {
    ring.alloc(field, 2 ** 27);
    far = ring.alloc(field, 9);
  } catch (error) {
    if ((error as { code?: string }).code === 'OUT_OF_MEMORY') return; // a small machine
    throw error;
  }
  assert.ok(far.ptr > 2 ** 31);
  const x = Float64Array.from({ length: 9 }, (_, i) => i - 4);
  ring.encode(far, x, 26);
  ring.add(far, far, far);
  const out = new Float64Array(9);
  ring.decode(out, far, 26);
  assert.equal(
    [...out],
    [...x].map((value) => 2 * value),
  );
});

test.run();
