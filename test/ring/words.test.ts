import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';

const test = suite('ring words');

test('smoke', async () => {
  const ring = await Ring.create();
  for (const field of Object.values(FIELDS)) {
    const a = ring.alloc(field, 5);
    const b = ring.alloc(field, 5);
    assert.is(ring.encode(a, Float64Array.of(1.5, -2, 3, 100, -0.25), 8), -1);
    assert.is(ring.encode(b, Float64Array.of(2, 3, -4, 5, 4), 8), -1);
    const c = ring.alloc(field, 5);
    ring.mul(c, a, b);
    ring.sar(c, c, 8);
    const out = new Float64Array(5);
    ring.decode(out, c, 8);
    assert.equal([...out], [3, -6, -12, 500, -1]);
    const planes = ring.bits(5, field.bits);
    ring.toPlanes(planes, c);
    ring.zero(b);
    ring.fromPlanes(b, planes);
    ring.decode(out, b, 8);
    assert.equal([...out], [3, -6, -12, 500, -1]);
    const wire = new Uint8Array(ring.wireBytes(planes));
    ring.writeWire(wire, 0, planes);
    const more = ring.bits(5, field.bits);
    ring.readWire(more, wire, 0);
    ring.fromPlanes(a, more);
    ring.decode(out, a, 8);
    assert.equal([...out], [3, -6, -12, 500, -1]);
  }
});

test.run();
