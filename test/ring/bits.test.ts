import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  below,
  blank,
  eachLength,
  fields,
  get,
  getBits,
  getBytes,
  LENGTHS,
  put,
  putBits,
  putBytes,
  ring,
  same,
  scoped,
  someBits,
  someBytes,
  someWords,
} from './support.ts';

const test = suite('ring bits');

const zip = (a: number[][], b: number[][], f: (x: number, y: number) => number): number[][] =>
  a.map((plane, p) => plane.map((x, i) => f(x, b[p]![i]!)));

const equalPlanes = (actual: number[][], expected: number[][], what: string): void => {
  assert.is(actual.length, expected.length);
  actual.forEach((plane, p) => {
    same(plane, expected[p]!, `${what}, plane ${p}`);
  });
};

test('xor, and, or, not, andXor', () => {
  for (const n of LENGTHS) {
    scoped(() => {
      const [a, b, c] = [someBits(3, n), someBits(3, n), someBits(3, n)];
      const [pa, pb, pc] = [putBits(a, n), putBits(b, n), putBits(c, n)];
      const dst = ring.bits(n, 3);
      ring.xor(dst, pa, pb);
      equalPlanes(
        getBits(dst),
        zip(a, b, (x, y) => x ^ y),
        `xor ${n}`,
      );
      ring.and(dst, pa, pb);
      equalPlanes(
        getBits(dst),
        zip(a, b, (x, y) => x & y),
        `and ${n}`,
      );
      ring.or(dst, pa, pb);
      equalPlanes(
        getBits(dst),
        zip(a, b, (x, y) => x | y),
        `or ${n}`,
      );
      ring.not(dst, pa);
      equalPlanes(
        getBits(dst),
        zip(a, a, (x) => 1 - x),
        `not ${n}`,
      );
      ring.andXor(pc, pa, pb);
      equalPlanes(
        getBits(pc),
        zip(
          c,
          zip(a, b, (x, y) => x & y),
          (x, y) => x ^ y,
        ),
        `andXor ${n}`,
      );
      ring.xor(dst.plane(1), pa.plane(0), pb.plane(2));
      equalPlanes(
        getBits(dst.plane(1)),
        zip([a[0]!], [b[2]!], (x, y) => x ^ y),
        `one plane ${n}`,
      );
    });
  }
});

test('words to planes and back', () => {
  eachLength((field, n) => {
    const a = someWords(field, n);
    const planes = ring.bits(n, field.bits);
    ring.toPlanes(planes, put(field, a));
    const bits = Array.from({ length: field.bits }, (_, b) => a.map((x) => Number((x >> BigInt(b)) & 1n)));
    equalPlanes(getBits(planes), bits, `${field.name} ${n}`);
    const dst = blank(field, n);
    ring.fromPlanes(dst, putBits(bits, n));
    same(get(dst), a, `${field.name} ${n} back`);
    for (const count of [0, 1, 5, 8, 13, field.bits - 1]) {
      ring.fromPlanes(dst, planes.plane(0, count));
      same(
        get(dst),
        a.map((x) => x & ((1n << BigInt(count)) - 1n)),
        `${field.name} ${n}, ${count} planes`,
      );
    }
  });
});

test('digitSelect and oneHot', () => {
  for (const n of [...LENGTHS, 5000]) {
    scoped(() => {
      const table = someBits(16, n);
      const digit = someBits(4, n);
      const values = digit[0]!.map(
        (_, i) => digit[0]![i]! + 2 * digit[1]![i]! + 4 * digit[2]![i]! + 8 * digit[3]![i]!,
      );
      const [pt, pd] = [putBits(table, n), putBits(digit, n)];
      const eq = values.map((v, i) => table[v]![i]!);
      const lt = values.map((v, i) => table.reduce((sum, plane, u) => (u > v ? sum ^ plane[i]! : sum), 0));
      for (const [wantEq, wantLt] of [
        [true, true],
        [true, false],
        [false, true],
      ] as const) {
        const [de, dl] = [putBits([new Array(n).fill(1)], n), putBits([new Array(n).fill(1)], n)];
        ring.digitSelect(wantEq ? de : null, wantLt ? dl : null, pt, pd);
        if (wantEq) equalPlanes(getBits(de), [eq], `eq ${n}`);
        if (wantLt) equalPlanes(getBits(dl), [lt], `lt ${n}`);
      }
      const hot = ring.bits(n, 16);
      ring.oneHot(hot, pd);
      equalPlanes(
        getBits(hot),
        table.map((_, v) => values.map((x) => +(x === v))),
        `oneHot ${n}`,
      );
    });
  }
});

test('bytes: add, subtract', () => {
  for (const n of LENGTHS) {
    scoped(() => {
      const [a, b] = [someBytes(n), someBytes(n)];
      const dst = putBytes(someBytes(n));
      ring.add8(dst, putBytes(a), putBytes(b));
      same(
        getBytes(dst),
        a.map((x, i) => (x + b[i]!) & 255),
        `add8 ${n}`,
      );
      ring.sub8(dst, putBytes(a), putBytes(b));
      same(
        getBytes(dst),
        a.map((x, i) => (x - b[i]!) & 255),
        `sub8 ${n}`,
      );
    });
  }
});

test('countUnequal', () => {
  eachLength((field, n) => {
    const K = field.bits;
    const c = someWords(field, n);
    const [table, prod] = [someBytes(n * K), someBytes(n)];
    for (const first of [0, 1]) {
      const expected = c.map((word, i) => {
        const bit = (b: number): number => Number((word >> BigInt(b)) & 1n);
        const t = (b: number): number => table[i * K + b]!;
        let sum = 0;
        for (let b = 0; b < K - 2; b++) sum += bit(b) ? first - t(b) : t(b);
        const [a, b, p] = [t(K - 2), t(K - 1), prod[i]!];
        sum += [a + b - p, first - a + p, first - b + p, first - p][bit(K - 2) + 2 * bit(K - 1)]!;
        return sum & 255;
      });
      const dst = putBytes(someBytes(n));
      ring.countUnequal(dst, put(field, c), putBytes(table), putBytes(prod), first);
      same(getBytes(dst), expected, `${field.name} ${n} first=${first}`);
    }
  });
});

test('bitsAsBytes', () => {
  eachLength((field, n) => {
    const a = someWords(field, n);
    const dst = putBytes(someBytes(n * field.bits));
    ring.bitsAsBytes(dst, put(field, a));
    same(
      getBytes(dst),
      a.flatMap((x) => Array.from({ length: field.bits }, (_, b) => Number((x >> BigInt(b)) & 1n))),
      field.name,
    );
  });
});

test('pickBit and oneHotBytes', () => {
  eachLength((field, n) => {
    const [table, v] = [someBytes(n * field.bytes), someBytes(n)];
    const at = v.map((x) => x % field.bits);
    const bits = ring.bits(n);
    if (n > 0) ring.pickBit(bits, putBytes(table), putBytes(v));
    equalPlanes(
      getBits(bits),
      [at.map((x, i) => (table[i * field.bytes + (x >> 3)]! >> (x & 7)) & 1)],
      `pickBit ${n}`,
    );
    const dst = putBytes(someBytes(n * field.bytes));
    ring.oneHotBytes(dst, putBytes(v));
    const expected = at.flatMap((x) =>
      Array.from({ length: field.bytes }, (_, j) => (j === x >> 3 ? 1 << (x & 7) : 0)),
    );
    same(getBytes(dst), expected, `oneHotBytes ${n}`);
  });
});

test('wire: exact bytes, added and read', () => {
  for (const n of [...LENGTHS, 70000]) {
    scoped(() => {
      const offset = 3;
      for (const field of n > 1000 ? [fields[2]!] : fields) {
        const a = n > 1000 ? new Array(n).fill(0).map((_, i) => BigInt(i) << 60n) : someWords(field, n);
        const src = put(field, a);
        const out = new Uint8Array(ring.wireBytes(src) + 2 * offset).fill(0x77);
        assert.is(ring.writeWire(out, offset, src), n * field.bytes);
        same([...out.subarray(offset, out.length - offset)], [...ring.u8(src)], 'words');
        const dst = put(field, a);
        assert.is(ring.addWire(dst, out, offset), n * field.bytes);
        same(
          get(dst),
          a.map((x) => BigInt.asUintN(field.bits, 2n * x)),
          `${field.name} added`,
        );
        ring.readWire(dst, out, offset);
        same(get(dst), a, `${field.name} read`);
      }
      for (const planes of [0, 1, 3, 70]) {
        if (n > 1000 && planes > 3) continue;
        const bits = someBits(planes, n);
        const src = putBits(bits, n);
        const bytes = Math.ceil(n / 8);
        const out = new Uint8Array(planes * bytes + 2 * offset).fill(0x77);
        assert.is(ring.writeWire(out, offset, src), planes * bytes);
        const packed = bits.flatMap((plane) => {
          const row: number[] = new Array(bytes).fill(0);
          plane.forEach((bit, i) => {
            row[i >> 3]! |= bit << (i & 7);
          });
          return row;
        });
        same(
          [...out],
          [...new Array(offset).fill(0x77), ...packed, ...new Array(offset).fill(0x77)],
          `planes ${planes}x${n}`,
        );
        const old = someBits(planes, n);
        const dst = putBits(old, n);
        ring.addWire(dst, out, offset);
        equalPlanes(
          getBits(dst),
          zip(old, bits, (x, y) => x ^ y),
          `planes ${planes}x${n} added`,
        );
        ring.readWire(dst, out, offset);
        equalPlanes(getBits(dst), bits, `planes ${planes}x${n} read`);
      }
      for (let width = 1; width <= 8; width++) {
        const modulus = 1 << width;
        const values = someBytes(n);
        const src = putBytes(values);
        const out = new Uint8Array(ring.wireBytes(src, width) + 2 * offset).fill(0x77);
        assert.is(ring.writeWire(out, offset, src, width), Math.ceil((n * width) / 8));
        const bits = values.flatMap((x) => Array.from({ length: width }, (_, b) => (x >> b) & 1));
        const packed: number[] = new Array(Math.ceil(bits.length / 8)).fill(0);
        bits.forEach((bit, i) => {
          packed[i >> 3]! |= bit << (i & 7);
        });
        const sent = [...out.subarray(offset, out.length - offset)];
        if (width < 8) same(sent, packed, `width ${width}, ${n}`);
        const old = someBytes(n, modulus);
        const dst = putBytes(old);
        ring.addWire(dst, out, offset, width);
        same(
          getBytes(dst),
          old.map((x, i) => (x + values[i]!) % modulus),
          `width ${width}, ${n} added`,
        );
        ring.readWire(dst, out, offset, width);
        same(
          getBytes(dst),
          values.map((x) => x % modulus),
          `width ${width}, ${n} read`,
        );
      }
    });
  }
  const short = new Uint8Array(10);
  assert.throws(() => ring.writeWire(short, 8, ring.bytes(3)), /do not fit/);
  assert.throws(() => ring.addWire(ring.bytes(3), short, 0, 9), /width/);
});

test('a larger wire than the scratch, of bits', () => {
  scoped(() => {
    const n = 8 * 65536 * 2 + 13;
    const src = ring.bits(n, 2);
    const bytes = ring.u8(src);
    for (let i = 0; i < bytes.length; i += 97) bytes[i] = below(256);
    const out = new Uint8Array(ring.wireBytes(src));
    ring.writeWire(out, 0, src);
    const dst = ring.bits(n, 2);
    ring.zero(dst);
    ring.addWire(dst, out, 0);
    const row = Math.ceil(n / 8);
    for (let p = 0; p < 2; p++) {
      const [x, y] = [ring.u8(src.plane(p)), ring.u8(dst.plane(p))];
      assert.is(Buffer.compare(x.subarray(0, row - 1), y.subarray(0, row - 1)), 0);
      assert.is(x[row - 1]! & 31, y[row - 1]!);
    }
  });
});

test.run();
