/** @file Faults of graphs, executors and engines: numbers of gates that repeat, checks that are gone. */
import { inFile, type Mutant } from './mutant.ts';

const repeats = ['ir/repeats.test.ts'] as const;

export const ir: readonly Mutant[] = [
  ...inFile('src/ir/compile/analysis.ts', repeats, [
    [
      'what follows a loop has the numbers of its turns',
      'leak',
      'count += trips(node) * analyse(node.body).gates;',
      'count += analyse(node.body).gates;',
    ],
    ['two gates have one number', 'leak', 'gate[i] = count;', 'gate[i] = count & ~1;'],
    ['a program has one gate less than it has', 'leak', 'gates: count,', 'gates: Math.max(1, count - 1),'],
  ]),
  {
    name: 'turns of a loop have the same masks',
    kind: 'leak',
    tests: repeats,
    edits: [
      {
        file: 'src/ir/run/dealer-run.ts',
        find: 'this.run(body, number + i * width,',
        replace: 'this.run(body, number,',
      },
      {
        file: 'src/ir/run/frames.ts',
        find: 'this.start(body, gate + i * width,',
        replace: 'this.start(body, gate,',
      },
    ],
  },
  {
    name: 'all gates have the same number',
    kind: 'leak',
    tests: repeats,
    edits: [
      {
        file: 'src/ir/run/dealer-run.ts',
        find: 'this.#node(runners[i], graph, node, base + gate[i], ins)',
        replace: 'this.#node(runners[i], graph, node, base, ins)',
      },
      {
        file: 'src/dealer/material-context.ts',
        find: 'this.gate = gate;',
        replace: 'this.gate = 0;',
      },
    ],
  },
  ...inFile('src/ir/run/lockstep.ts', repeats, [
    ['runs of a simulation have the same masks', 'leak', 'this.#base += analyse(graph).gates;', ''],
    [
      'seeds of a simulation are a constant',
      'leak',
      'Array.from({ length: parties }, () => randomBytes(32))',
      'Array.from({ length: parties }, (_, i) => new Uint8Array(32).fill(i))',
    ],
  ]),
  ...inFile('src/ir/run/engine.ts', repeats, [
    [
      "a party's seed is a constant",
      'leak',
      'const seed = randomBytes(32);',
      'const seed = new Uint8Array(32).fill(5 + o.rank);',
    ],
    [
      "a party's seed has one random byte",
      'leak',
      'const seed = randomBytes(32);',
      'const seed = new Uint8Array(32); seed.set(randomBytes(1));',
    ],
  ]),
  {
    name: 'jobs of an engine begin at gate 0 again',
    kind: 'leak',
    tests: repeats,
    edits: [
      {
        file: 'src/ir/run/engine.ts',
        find: 'const { outs, bytes } = await this.#drive(run, job, place.gate, ins, watch);',
        replace: 'const { outs, bytes } = await this.#drive(run, job, 0, ins, watch);',
      },
      {
        file: 'src/ir/run/job.ts',
        find: 'this.#next = base + analyse(job.graph).gates;',
        replace: 'base = 0;',
      },
      { file: 'src/ir/run/job.ts', find: 'if (base < this.#next)', replace: 'if (false)' },
    ],
  },
  ...inFile(
    'src/ir/run/job.ts',
    ['ir/jobs.test.ts'],
    [
      ['a dealer deals for a gate twice', 'check', 'if (base < this.#next)', 'if (base < 0)'],
      [
        'the digest of a job leaves attributes out',
        'check',
        '[n.op, n.ins, n.outs, n.attrs, n.body && bare(n.body)]',
        '[n.op, n.ins, n.outs, n.body && bare(n.body)]',
      ],
      [
        'the digest of a job leaves bodies of loops out',
        'check',
        'n.attrs, n.body && bare(n.body)]',
        'n.attrs]',
      ],
      [
        'the digest of a job leaves its objects out',
        'check',
        'graph.watched?.length ?? 0, ins, outs]',
        'graph.watched?.length ?? 0]',
      ],
      ['the digest of a job leaves types out', 'check', 'g.types,', ''],
      [
        'the digest of a job leaves the range guard out',
        'check',
        'graph.watched?.length ?? 0, ins, outs]',
        'ins, outs]',
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/dealer-engine.ts',
    ['ir/jobs.test.ts', 'ir/engine.test.ts'],
    [
      ['the dealer deals for programs that differ', 'check', 'if (theirs !== digest) {', 'if (false) {'],
      [
        'the dealer takes a seed of any length',
        'check',
        "if (message.kind !== 'seed' || message.seed.length !== 32)",
        "if (message.kind !== 'seed')",
      ],
      [
        'any party gives the dealer orders',
        'check',
        "if (rank === 0 && message.kind === 'job')",
        "if (message.kind === 'job')",
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/dealer-engine.ts',
    ['ir/revealed-control.test.ts'],
    [
      [
        'the dealer believes the first who tells what was revealed',
        'check',
        'if (!fits || (answer && !sameData(answer, told.value)))',
        'if (!fits)',
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/round.ts',
    ['ir/round.test.ts'],
    [
      [
        'a message of another length is read',
        'check',
        'if (message.length !== totals[i])',
        'if (message.length < totals[i])',
      ],
      [
        'what is for some goes to all',
        'leak',
        '(to === undefined || to.includes(receiver))',
        '(to === undefined || to.includes(receiver) || true)',
      ],
      [
        'what one sends alone is added up',
        'wrong',
        'if (opening.from === undefined) at +=',
        'if (opening.from !== undefined) at +=',
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/frames.ts',
    ['ir/revealed-control.test.ts'],
    [
      [
        'gates run before the dealer hears what they depend on',
        'wrong',
        'limit = Math.min(limit, hold.limit);',
        'limit = Math.min(limit, Number.POSITIVE_INFINITY);',
      ],
    ],
  ),
  ...inFile(
    'src/ir/trace/tracer.ts',
    ['ir/tracer.test.ts'],
    [
      [
        'JavaScript reads a secret as a number',
        'leak',
        "throw new TesseraError('SECRET_IN_CONTROL_FLOW'",
        "return new TesseraError('SECRET_IN_CONTROL_FLOW'",
      ],
    ],
  ),
  ...inFile(
    'src/ir/compile/passes/cse.ts',
    ['ir/passes.test.ts', 'ir/passes-rewrite.test.ts'],
    [
      [
        'nodes with other attributes become one',
        'wrong',
        'for (const key in attrs) hash = attrHash(hash, attrs[key]);',
        '',
        'sameAttrs(node.attrs, other.attrs) &&',
        '',
      ],
      ['x - y and y - x become one', 'wrong', "opSet('add',", "opSet('add', 'sub', 'less',"],
    ],
  ),
  ...inFile(
    'src/ir/compile/ports.ts',
    ['ir/engine.test.ts'],
    [
      [
        'what is revealed to one is revealed to rank 0 too',
        'leak',
        'revealTo(c, c.wire(id), to)).id',
        'revealTo(c, c.wire(id), [...new Set([0, ...to])])).id',
      ],
    ],
  ),
  ...inFile(
    'src/ir/run/export.ts',
    ['ir/export.test.ts'],
    [
      [
        'a dump is named by its length',
        'check',
        'for (const [i, d] of digests.entries()) all.set(d, i * 64);',
        '',
      ],
      [
        'a dump is named by masked values alone',
        'check',
        'digests.push(sha512(codec.encode([entry.shape, entry.dtype, entry.data])));',
        'digests.push(new Uint8Array(64));',
      ],
      [
        "a party's part holds the masked value",
        'leak',
        'if (rank === 0) ring.copy(share, c); else ring.zero(share);',
        'ring.copy(share, c);',
      ],
    ],
  ),
];
