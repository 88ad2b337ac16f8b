/**
 * @file What tsc refuses of gates: `npm run check` fails if one of the lines below is taken, because each says that it expects an
 * error. Nothing of it runs.
 */
import { bits, words } from '../../src/dealer/slots.ts';
import type { Circuit, Wire } from '../../src/fixed/circuit.ts';
import { type Gate, gate, ringOf, type Shapes } from '../../src/gates/gate.ts';
import type { GateName } from '../../src/gates/gate-table.ts';
import { openTruncate, type Truncation, truncationSlots } from '../../src/gates/open-truncate.ts';

const slots = ({ ins: [x] }: Shapes, t: Truncation) => ({
  u: words('mask', x!.length),
  sign: bits('maskBits', x!.length),
  ...truncationSlots(x!.length, t, 'product'),
});

/** A gate whose halves use every slot. */
const whole: Gate<Truncation> = gate({
  slots: ({ ins: [x] }: Shapes, _: Truncation) => ({
    u: words('mask', x!.length),
    sign: bits('maskBits', x!.length),
  }),
  *deal(d, [x]) {
    yield* d.share('sign', d.bits(x!.r!.length));
    return [{ r: yield* d.mask('u') }];
  },
  *eval(p, [x]) {
    const sign = yield* p.receiveShare('sign');
    p.drop(sign);
    return [{ c: ringOf(x!.c), r: yield* p.mask('u') }];
  },
});

// @ts-expect-error the parties do not use the slot sign
export const forgottenByParties: Gate<Truncation> = gate({
  slots: ({ ins: [x] }: Shapes, _: Truncation) => ({
    u: words('mask', x!.length),
    sign: bits('maskBits', x!.length),
  }),
  *deal(d, [x]) {
    yield* d.share('sign', d.bits(x!.r!.length));
    return [{ r: yield* d.mask('u') }];
  },
  *eval(p, [x]) {
    return [{ c: ringOf(x!.c), r: yield* p.mask('u') }];
  },
});

// @ts-expect-error the dealer does not use the slots of the truncation, nor sign
export const forgottenByDealer: Gate<Truncation> = gate({
  slots,
  *deal(d) {
    return [{ r: yield* d.mask('u') }];
  },
  *eval(p, _, t) {
    p.drop(yield* p.receiveShare('sign'));
    return [yield* openTruncate(p, yield* p.mask('u'), t)];
  },
});

export const misused = gate({
  slots: ({ ins: [x] }: Shapes, _: object) => ({
    u: words('mask', x!.length),
    list: [bits('bitProducts', 1)],
  }),
  *deal(d) {
    // @ts-expect-error a misspelt slot
    yield* d.mask('v');
    // @ts-expect-error a mask is drawn, not shared
    yield* d.share('u', d.words(1));
    // @ts-expect-error bits are no ring words
    yield* d.share('list', d.words(1), 0);
    return [{ r: yield* d.mask('u') }];
  },
  *eval(p) {
    // @ts-expect-error a misspelt slot
    yield* p.receiveShare('lists', 0);
    // @ts-expect-error a mask is drawn, not received
    yield* p.receiveShare('u');
    // @ts-expect-error without yield* nobody knows that it is used, and it is no array
    const sign: ReturnType<typeof p.bits> = p.receiveShare('list', 0);
    return [{ c: sign, r: yield* p.mask('u') }];
  },
});

// @ts-expect-error a kind of material that does not exist
words('masks', 1);

export const emitted = (c: Circuit, x: Wire): void => {
  c.emit('mul', [x, x], { trunc: 0, exact: false }, [x]);
  // @ts-expect-error no such gate
  c.emit('multiply', [x, x], {}, [x]);
  // @ts-expect-error an attribute is missing
  c.emit('mul', [x, x], { trunc: 0 }, [x]);
  // @ts-expect-error a misspelt attribute
  c.emit('mul', [x, x], { trunc: 0, exakt: false }, [x]);
  // @ts-expect-error an attribute of another type
  c.emit('less', [x], { thresholds: 0 }, [x]);
  // @ts-expect-error a local op has its attributes too
  c.emit('concat', [x], { outer: 1 }, [x]);
  // @ts-expect-error `mul` is no function with a protocol of its own by FSS
  c.usesFss('mul', { trunc: 0, exact: false }, 1, { thresholds: 0, words: 0 });
};

// @ts-expect-error names of gates are a union
export const unknownName: GateName = 'multiply';
export const knownName: GateName = 'mul';
export { whole };
