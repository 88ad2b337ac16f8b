/** @file Faults of executors, engines and material as it travels: checks that are gone, errors that tell too much, waits without end. */
import { inFile, type Mutant } from './mutant.ts';

const jobs = [
  'ir/fault-reports.test.ts',
  'ir/faults.test.ts',
  'ir/jobs.test.ts',
  'ir/engine.test.ts',
] as const;

export const runFaults: readonly Mutant[] = [
  ...inFile('src/ir/run/faults.ts', jobs, [
    [
      'the error of an input is told to the others',
      'leak',
      "code === 'OUT_OF_MEMORY' || (error instanceof TesseraError && !hidden)",
      "code === 'OUT_OF_MEMORY' || error instanceof TesseraError",
    ],
    [
      'errors of the host are told to the others',
      'leak',
      "code === 'OUT_OF_MEMORY' || (error instanceof TesseraError && !hidden)",
      "code !== '' && !hidden",
    ],
    ['a report of another form is believed', 'check', 'name.length !== NAME)', 'name.length < 0)'],
    ['a report without numbers is believed', 'check', 'if (!numbers || ', 'if ('],
    [
      'all failures have one name',
      'wrong',
      'crypto.getRandomValues(new Uint8Array(NAME / 2))',
      'new Uint8Array(NAME / 2)',
    ],
    ['programs that differ are a passing failure', 'check', "'IDENTITY', 'DIVERGED',", "'IDENTITY',"],
    ['a party that is lost is a passing failure', 'check', "'PEER_LOST',", ''],
    [
      'a job that was given up and that nobody has begun is lost',
      'wrong',
      'const through = Math.max(...all.map((r) => r.begun));',
      'const through = Math.max(...all.map((r) => r.begun)) + 1;',
    ],
    [
      'jobs that others had begun go on',
      'wrong',
      'const through = Math.max(...all.map((r) => r.begun));',
      'const through = own.begun;',
    ],
  ]),
  {
    name: 'masks of a job that was given up serve the next',
    kind: 'leak',
    tests: ['ir/repeats.test.ts', ...jobs],
    edits: [
      {
        file: 'src/ir/run/engine.ts',
        find: 'run.abandon(); scratch.end(); throw',
        replace:
          'this.#next = { number: place.number + 1, gate: place.gate }; run.abandon(); scratch.end(); throw',
      },
      { file: 'src/ir/run/job.ts', find: 'if (base < this.#next)', replace: 'if (false)' },
    ],
  },
  ...inFile(
    'src/ir/run/engine.ts',
    ['ir/guard-jobs.test.ts', ...jobs],
    [
      ['what left the range is used on', 'check', 'if (spoilt) return this.#skip(job, spoilt);', ''],
      [
        'what left the range is dumped',
        'check',
        "if (left) throw new TesseraError('RANGE', `an object cannot be kept",
        "if (false) throw new TesseraError('RANGE', `an object cannot be kept",
      ],
      [
        'what left the range is revealed',
        'check',
        'return { revealed: [], stats, left };',
        'return { revealed, stats, left };',
      ],
      ['objects of a job that was given up are kept', 'check', 'if (job >= from) {', 'if (job > from) {'],
      [
        'a wait does not end when others give up',
        'check',
        'this.#interrupt = () => reject(new GivenUp());',
        'this.#interrupt = () => {};',
      ],
      ['messages of a job that was given up are read by the next', 'check', 'this.#ranks.reopen();', ''],
    ],
  ),
  ...inFile(
    'src/ir/run/dealer-engine.ts',
    ['ir/told.test.ts', 'ir/engine.test.ts', ...jobs],
    [
      ['the dealer deals as far as it can, whatever is unused', 'check', 'this.#unused < window ||', ''],
      [
        'a party that leaves in a job is not missed by the dealer',
        'check',
        'if (theirs === null) throw leftEarly(parties[rank], this.stats.jobs + 1);',
        'if (theirs === null) continue;',
      ],
      ['the dealer takes what was revealed elsewhere', 'check', 'told.gate === asks && isOf', 'isOf'],
      [
        'the dealer takes what was revealed in any form',
        'check',
        'told.gate === asks && isOf(told.value, type)',
        'told.gate === asks',
      ],
      [
        'messages to the dealer of no kind that it knows are passed over',
        'check',
        'else throw unexpected(party, message); this.#wake();',
        'this.#wake();',
      ],
      [
        'the dealer goes on dealing where a party has failed',
        'check',
        'if (this.#dealing && this.#faults.limit <= this.#begun)',
        'if (false)',
      ],
    ],
  ),
  ...inFile('src/ir/run/engine-material.ts', jobs, [
    [
      'what was dealt and not used stays in memory',
      'check',
      'for (const { array } of given) this.#jobs.dealer.ring.release(array);',
      '',
    ],
    ['rank 0 deals ahead without end', 'check', 'this.#waiting < this.#room &&', ''],
  ]),
  ...inFile(
    'src/dealer/material-source.ts',
    ['gates/material.test.ts'],
    [
      [
        'who waits for material is not told that the dealer is gone',
        'check',
        'for (const { reject } of this.#waiting.values()) reject(error);',
        '',
      ],
      [
        'who asks for material later is not told that the dealer is gone',
        'check',
        'if (this.#failure) return Promise.reject(this.#failure);',
        '',
      ],
    ],
  ),
  ...inFile(
    'src/dealer/party-context.ts',
    ['gates/material.test.ts', 'ir/faults.test.ts'],
    [
      ['a party may leave a slot out', 'check', 'if (!this.#discarded) this.checkUsed(() => true);', ''],
      [
        'arrays that were handed over for nothing stay in memory',
        'check',
        "if ('array' in chunk && !used.has(i)) this.ring.release(chunk.array);",
        ';',
      ],
    ],
  ),
  ...inFile(
    'src/dealer/dealer-context.ts',
    ['gates/material.test.ts', 'gates/secrecy.test.ts'],
    [
      [
        'the others get what is broadcast, and rank 0 nothing',
        'wrong',
        'this.#chunks[slot.toFirst] = chunk; this.drop(value);',
        'this.#chunks[slot.toFirst] = new Uint8Array(chunk.length); this.drop(value);',
      ],
    ],
    'lessFss',
  ),
  ...inFile(
    'src/dealer/scratch.ts',
    ['ir/revealed-control.test.ts'],
    [['temporary arrays stay in memory', 'check', 'for (const a of this.#held) this.ring.release(a);', '']],
  ),
  ...inFile(
    'src/ir/run/encode.ts',
    ['ir/engine.test.ts', 'ir/ops.test.ts', 'device/bad-input.test.ts'],
    [
      [
        'numbers that are none enter as others',
        'check',
        'if (bad >= 0) throw outOfRange(t, bad, s.field, fraction, at?.site);',
        '',
      ],
      [
        'integers that a ring cannot hold enter cut',
        'check',
        'if (bitsOf(t.dtype) > s.field.bits) needFit(t, s.field, at?.site);',
        '',
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/round.ts',
    ['ir/round.test.ts', 'ir/rounds.test.ts', 'ir/engine.test.ts'],
    [
      [
        'each opening travels in a message of its own',
        'wrong',
        'export const PART = 1 << 19;',
        'export const PART = 1;',
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/export.ts',
    ['ir/export.test.ts'],
    [
      [
        'parts of a dump have no name',
        'check',
        'const id = Array.from(sha512(all).subarray(0, 16),',
        'const id = Array.from(new Uint8Array(16),',
      ],
      [
        'a part of a dump is the mask, and rank 0 has all',
        'leak',
        'if (r) subtract(ring, share, share, r);',
        'if (r && rank !== 0) subtract(ring, share, share, r);',
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/party-run.ts',
    ['ir/guard.test.ts', 'ir/guard-jobs.test.ts'],
    [['nobody judges what left the range', 'check', 'if (graph.watched) {', 'if (false) {']],
  ),
  ...inFile(
    'src/ir/run/mask-stream.ts',
    ['ir/mask-stream.test.ts'],
    [
      [
        'slices of a mask begin anew',
        'leak',
        'prg.fill(all, gate, 0, (start - before) * field.bytes);',
        'prg.fill(all, gate, 0, 0);',
      ],
      [
        'large inputs have the masks of gate 0',
        'leak',
        'const { prg, gate } = this.#stream;',
        'const { prg } = this.#stream; const gate = 0;',
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/own-inputs.ts',
    ['device/limits.test.ts'],
    [
      [
        'parts of an input are all its first',
        'wrong',
        'tensor.data.subarray(from, from + length)',
        'tensor.data.subarray(0, length)',
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/dealer-run.ts',
    ['ir/faults.test.ts'],
    [['arrays of a gate that was given up stay in memory', 'check', 'if (!outs) context.abandon();', '']],
  ),
];
