/** @file The benchmark itself: engines take turns, links have their latency, parts are merged, and rows have their fields. */

import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chart } from '../../bench/lib/chart.ts';
import { duel, median, spread } from '../../bench/lib/duel.ts';
import type { Standing } from '../../bench/lib/engine.ts';
import { EngineProcesses, TooLong } from '../../bench/lib/engine-processes.ts';
import { arraysOf } from '../../bench/lib/error.ts';
import { MODEL_NAMES, modelOf } from '../../bench/lib/models.ts';
import { proxy } from '../../bench/lib/proxy.ts';
import { resultsText } from '../../bench/lib/report.ts';
import { merged } from '../../bench/lib/results.ts';
import type { ProgramRow, Row } from '../../bench/lib/row.ts';
import { startupBench } from '../../bench/lib/startup.ts';
import { WORKLOADS } from '../../bench/lib/workloads.ts';
import { TASKS } from '../../bench/peers/mp-spdz.ts';
import { projectFile } from '../../examples/lib/project.ts';

const harness = suite('bench harness');

/** An engine whose runs take what the list says; each run is noted in `log`. */
const scripted = (name: string, log: string[], times: readonly (number | Error)[]): Standing => {
  let next = 0;
  return {
    run: async () => {
      log.push(name);
      const time = times[Math.min(next++, times.length - 1)]!;
      if (time instanceof Error) throw time;
      return time;
    },
    end: async () => [],
    kill: () => log.push(`${name} killed`),
  };
};

const PATIENCE = { warm: 2, runs: 3, budget: 10, limit: 60 } as const;

harness('runs take turns after those to warm up', async () => {
  const log: string[] = [];
  const [a, b] = await duel(
    [scripted('a', log, [9, 8, 1, 2, 3]), scripted('b', log, [0.5])],
    [
      { ...PATIENCE, budget: 30 },
      { ...PATIENCE, warm: 1 },
    ],
  );
  assert.equal(log.join(''), 'aabababab');
  assert.equal(a, { first: 9, seconds: [1, 2, 3] });
  assert.equal(b, { first: 0.5, seconds: [0.5, 0.5, 0.5] });
});

harness('short runs warm up for half a second, whoever it is', async () => {
  const log: string[] = [];
  const [a] = await duel([scripted('a', log, [0.25, 0.125, 0.0625])], [PATIENCE]);
  // 0.25 + 0.125 + 0.0625 and once more, then three that count.
  assert.is(log.join(''), 'aaaaaaa');
  assert.equal(a, { first: 0.25, seconds: [0.0625, 0.0625, 0.0625] });
});

harness('long runs are fewer, and one that takes more than all of them is enough', async () => {
  const log: string[] = [];
  const [a, b] = await duel([scripted('a', log, [6, 5]), scripted('b', log, [20])], [PATIENCE, PATIENCE]);
  assert.equal(a, { first: 6, seconds: [5, 5] });
  assert.equal(b, { first: 20, seconds: [20] });
});

harness('an engine that takes too long or fails does not stop the other', async () => {
  const log: string[] = [];
  const [a, b, c] = await duel(
    [
      scripted('a', log, [1]),
      scripted('b', log, [new TooLong('b', 60)]),
      scripted('c', log, [1, 1, 1, new Error('no')]),
    ],
    [PATIENCE, PATIENCE, PATIENCE],
  );
  assert.equal(a!.seconds, [1, 1, 1]);
  assert.equal(b, { first: 0, seconds: [], over: 60 });
  assert.is(c!.failed, 'no');
  assert.ok(log.includes('b killed') && log.includes('c killed'));
});

harness('the median', () => {
  assert.is(median([3, 1, 2]), 2);
  assert.is(median([4, 1, 2, 3]), 2.5);
});

harness('a process that dies is quoted', async () => {
  const dying =
    "console.log('{\"ready\":true}'); process.stdin.once('data', () => { throw new Error('out of salt') })";
  const processes = await EngineProcesses.start([
    { name: 'cook', file: process.execPath, args: ['-e', dying] },
  ]);
  const e = await processes.run(20).then(
    () => assert.unreachable(),
    (reason: Error) => reason,
  );
  assert.match((e as Error).message, /cook ended with 1:[\s\S]*out of salt/);
});

harness('a process that takes too long is told of as such', async () => {
  const idle = 'console.log(\'{"ready":true}\'); setInterval(() => {}, 1000)';
  const processes = await EngineProcesses.start([
    { name: 'idler', file: process.execPath, args: ['-e', idle] },
  ]);
  const e = await processes.run(0.05).catch((reason: unknown) => reason);
  processes.kill();
  assert.instance(e, TooLong);
});

/** Milliseconds until an echo of so many bytes is back, through a proxy. */
const echo = async (bytes: number, net: { rttMs: number; bandwidthMbit?: number }): Promise<number> => {
  const server = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const between = await proxy((server.address() as { port: number }).port, net);
  const { port } = between.address() as { port: number };
  const client = await new Promise<Socket>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => resolve(socket));
  });
  let heard = 0;
  let wrong = 0;
  const start = performance.now();
  const done = new Promise<void>((resolve) => {
    client.on('data', (piece) => {
      for (const byte of piece as Buffer) wrong += Number(byte !== heard++ % 251);
      if (heard === bytes) resolve();
    });
  });
  client.write(Uint8Array.from({ length: bytes }, (_, i) => i % 251));
  await done;
  const took = performance.now() - start;
  client.destroy();
  between.close();
  server.close();
  assert.is(wrong, 0, 'bytes that are not those sent');
  return took;
};

harness('a link has its latency and its bandwidth, and changes nothing', async () => {
  assert.ok((await echo(10, { rttMs: 30 })) >= 30);
  // 250 kB at 100 Mbit/s are 20 ms on the wire; the way back overlaps with the way there.
  assert.ok((await echo(250_000, { rttMs: 10, bandwidthMbit: 100 })) >= 30);
});

harness('a link waits for a party that listens later', async () => {
  const late = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => late.listen(0, '127.0.0.1', resolve));
  const { port } = late.address() as { port: number };
  await new Promise((resolve) => late.close(resolve));
  const between = await proxy(port, { rttMs: 1 });
  const client = connect({ port: (between.address() as { port: number }).port, host: '127.0.0.1' });
  const heard = new Promise<string>((resolve, reject) => {
    client.once('data', (piece) => resolve(String(piece)));
    client.once('close', () => reject(new Error('closed')));
  });
  await new Promise<void>((resolve) => client.write('still here', () => resolve()));
  await new Promise((resolve) => setTimeout(resolve, 20));
  late.listen(port, '127.0.0.1');
  assert.is(await heard, 'still here');
  client.destroy();
  between.close();
  late.close();
});

const row = (name: string, value: number): Row => ({ name, unit: 's', value, baseline: null, ratio: null });

harness('a part takes the place of earlier rows of its names, and keeps the others', () => {
  const none = { machine: 'm', parts: [], rows: [] };
  const first = merged(none, [row('a', 1), row('b', 1)], { command: 'one', when: '1' });
  const second = merged(first, [row('b', 2), row('c', 2)], { command: 'two', when: '2' });
  assert.equal(
    second.rows.map(({ name, value, part }) => [name, value, part]),
    [['a', 1, 0], ['b', 2, 1], ['c', 2, 1]], // biome-ignore format: a table
  );
  const third = merged(second, [row('a', 3)], { command: 'three', when: '3' });
  assert.equal(
    third.parts.map((p) => p.command),
    ['two', 'three'],
  );
  assert.equal(
    third.rows.map(({ part }) => part),
    [1, 0, 0],
  );
});

harness('a row names what was skipped and what it needs', () => {
  const skipped = { ...row('programs / spu', 0), value: null, skipped: 'a package' };
  const text = resultsText({ machine: 'm', parts: [], rows: [{ ...skipped, part: 0 }] });
  assert.match(text, /## Skipped\n\n- a package/);
});

harness('what MP-SPDZ took on another day is quoted only where it was not measured', () => {
  const own = {
    ...row('x', 1),
    against: 'float64',
    net: 'loopback',
    parties: 2,
    field: 'FM128',
    dealer: 'third',
  };
  const mine = { ...own, ...spread([1]), first: 1, rounds: 1, bytes: 1, dealerBytes: 1, dealerSeconds: 1 };
  const of = (workload: string, more: object = {}) =>
    ({ ...mine, size: '', memory: 1, rss: 1, plainSeconds: 1, workload, ...more, part: 0 }) as ProgramRow & {
      part: 0;
    };
  const rows = [
    of('exp 1e4'),
    of('log 1e4'),
    of('log 1e4', { against: 'mp-spdz', baseline: 7, ratio: 1 / 7 }),
  ];
  const text = resultsText({ machine: 'm', parts: [], rows });
  const quoted = text.slice(text.indexOf('## Beside MP-SPDZ, quoted'));
  assert.match(quoted, /exp 1e4 \| {2}\| 1\.00 \| 0\.19/);
  assert.not.match(quoted, /log 1e4 \|.*24 fraction bits/);
  assert.match(
    text,
    /## Beside mp-spdz\n\nIts dealer protocol[\s\S]*\| log 1e4 \| 1\.00 \| > 7\.00 \| < 0\.14/,
  );
  const all = resultsText({ machine: 'm', parts: [], rows: rows.slice(1) });
  assert.not.match(all, /quoted/);
});

harness('programs of JAX have a section: what both sent, and both errors', () => {
  const own = {
    ...row('CNN [loopback]', 0.07),
    against: 'float64',
    net: 'loopback',
    parties: 2,
    field: 'FM128',
    dealer: 'first',
  };
  const mine = {
    ...own,
    ...spread([0.07]),
    first: 1,
    rounds: 83,
    bytes: 6e5,
    dealerBytes: 2e6,
    dealerSeconds: 1,
    error: 1.5e-8,
  };
  const of = (more: object) =>
    ({
      ...mine,
      size: 'small',
      memory: 1,
      rss: 1,
      plainSeconds: 1,
      workload: 'CNN',
      ...more,
      part: 0,
    }) as ProgramRow & { part: 0 };
  const peer = {
    name: 'CNN [loopback] / spu',
    against: 'spu',
    baseline: 0.35,
    ratio: 0.2,
    theirRuns: 1,
    theirBytes: 3e6,
    theirMessages: 183,
    theirError: 1e-4,
  };
  const alone = resultsText({ machine: 'm', parts: [], rows: [of({})] });
  assert.match(
    alone,
    /\| CNN \(small\) \| 0\.070 \| {2}\| {2}\| 83 \| {2}\| 600 kB \| {2}\| 2\.00 MB \| 1\.5e-8 \| {2}\| {2}\|/,
  );
  const both = resultsText({ machine: 'm', parts: [], rows: [of({}), of(peer)] });
  assert.match(
    both,
    /\| 0\.070 \| 0\.35 \(1 run\) \| 0\.20 \| 83 \| 183 \| 600 kB \| 3\.00 MB \| 2\.00 MB \| 1\.5e-8 \| 1\.0e-4 \|/,
  );
  assert.is(both.match(/CNN \(small\)/g)!.length, 1);
});

harness('the chart has a mark for each value', () => {
  const svg = chart({
    title: 'a < b',
    unit: 's',
    names: ['x', 'y'],
    panels: ['p', 'q'],
    rows: ['one', 'two'],
    value: (r, p, which) => (r === 'two' && p === 'q' && which === 1 ? undefined : 0.5 + which),
  });
  assert.match(svg, /<title>a &lt; b<\/title>/);
  assert.is(svg.match(/<circle/g)!.length, 4 + 1, 'and one in the key');
  assert.is(svg.match(/transform="rotate/g)!.length, 3 + 1);
});

harness('SPU has a program for every workload', () => {
  const script = readFileSync(projectFile('bench', 'peers', 'spu_party.py'), 'utf8');
  for (const { name } of WORKLOADS) assert.ok(script.includes(`"${name}":`), name);
});

harness(
  'every program of JAX has its file, its function for SPU, and the arguments that it was exported with',
  async () => {
    const script = readFileSync(projectFile('bench', 'peers', 'jax_models.py'), 'utf8');
    for (const name of MODEL_NAMES) {
      assert.ok(script.includes(`"${name}":`), name);
      const { inputs, owners, program } = (await modelOf(name))!;
      assert.is(owners!.length, inputs().length);
      if (name === 'GPT-2 block') continue; // a second in the clear
      for (const { data } of arraysOf(program(...inputs())))
        assert.ok(Array.from(data as Float64Array).every(Number.isFinite), name);
    }
  },
);

harness('arguments of programs are those that Python makes', async () => {
  const { inputs } = (await modelOf('logistic step'))!;
  const [w, , , y] = inputs();
  // arguments('logistic step') of jax_models.py
  assert.equal(
    Array.from(w!.data.subarray(0, 3) as Float64Array, (v) => Number(v.toFixed(8))),
    [-0.36435214, 0.26480195, 0.04060831],
  );
  assert.equal([...y!.data.subarray(0, 8)], [1, 1, 1, 0, 0, 0, 1, 1]);
});

harness('MP-SPDZ has a program for every workload that it is asked for', () => {
  const script = readFileSync(projectFile('bench', 'peers', 'mp_spdz.mpc'), 'utf8');
  const known = WORKLOADS.map(({ name }) => name);
  for (const [workload, { args }] of Object.entries(TASKS)) {
    assert.ok(known.includes(workload), workload);
    assert.ok(script.includes(`"${args[0]}":`), String(args[0]));
  }
});

const MAIN = fileURLToPath(new URL('../../bench/main.js', import.meta.url));
const bench = (...args: string[]) => promisify(execFile)(process.execPath, [MAIN, ...args]);

harness('--json prints one array of rows: ours beside float64, and a peer that is not there', async () => {
  const args = ['--json', '--quick', '--parties', '2', '--filter', 'equal 1e5', '--peer', 'spu'];
  const { stdout } = await bench(...args, '--python', 'no-such-interpreter');
  const [skipped, program, ...more] = JSON.parse(stdout) as Record<string, unknown>[];
  assert.is(more.length, 0);
  assert.match(String(skipped!.skipped), /^SPU's Python package for no-such-interpreter \(.*pip install/);
  for (const key of ['name', 'unit', 'value', 'baseline', 'ratio']) {
    assert.ok(key in skipped! && key in program!, key);
  }
  assert.is(program!.name, 'equal 1e5 [loopback]');
  assert.is(program!.ratio, Number(program!.value) / Number(program!.baseline));
  assert.is(program!.rounds, 2);
  assert.is(program!.bytes, 100_000);
  for (const key of [
    'least',
    'most',
    'first',
    'dealerBytes',
    'dealerSeconds',
    'memory',
    'rss',
    'plainSeconds',
  ]) {
    assert.ok(Number(program![key]) > 0, key);
  }
});

/** A folder that looks like MP-SPDZ's: its party prints what it is told, or fails. */
const stage = (party: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
  const files = {
    'compile.py': 'import sys; open("compiled", "w").write(" ".join(sys.argv[1:]))',
    'Scripts/setup-ssl.sh': 'mkdir Player-Data',
    'dealer-ring-party.x': `#!/bin/sh\n[ -f compiled ] && [ -d Player-Data ] || exit 3\n${party}\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
};

harness('MP-SPDZ: the time of its timer counts, and nothing of it is left', async () => {
  const args = ['--json', '--quick', '--parties', '2', '--filter', 'exp 1e4', '--peer', 'mp-spdz'];
  for (const [party, check] of [
    [
      'cat compiled >> "$MP_SPDZ/compiled"; pwd > "$MP_SPDZ/place"; echo "Time1 = 0.25 seconds (1 MB, 2 rounds)"',
      (peer: Record<string, unknown>, folder: string) => {
        assert.is(peer.name, 'exp 1e4 [loopback] / mp-spdz');
        assert.is(peer.baseline, 0.25);
        assert.is(peer.ratio, Number(peer.value) / 0.25);
        assert.is(peer.note, '24 fraction bits, probabilistic truncation; its dealer is a third process');
        assert.match(
          readFileSync(join(folder, 'compiled'), 'utf8'),
          /^-R 128 -Y -b 100000 \S+mp_spdz.mpc exp 10000-R/,
        );
        assert.not.ok(existsSync(readFileSync(join(folder, 'place'), 'utf8').trim()));
      },
    ],
    [
      'if [ $2 = 1 ]; then echo no such schedule >&2; exit 1; fi; sleep 20',
      (peer: Record<string, unknown>) => {
        assert.is(peer.value, null);
        assert.match(String(peer.note), /^failed: [\s\S]*no such schedule/);
      },
    ],
  ] as const) {
    const folder = stage(party);
    try {
      const env = { ...process.env, MP_SPDZ: folder };
      const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...args], { env });
      const rows = JSON.parse(stdout) as Record<string, unknown>[];
      assert.is(rows.length, 2);
      check(rows[1]!, folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
});

harness('start-up: a peer that has the program stands beside ours', async () => {
  let ended = false;
  const end = () => {
    ended = true;
  };
  const nothing = { missing: async () => undefined, start: async () => undefined };
  const peer = { ...nothing, name: 'peer', millionaires: async () => ({ run: async () => 0.125, end }) };
  const [ours, theirs, ...more] = await startupBench(
    (name) => name.endsWith('processes, start to answer'),
    1,
    [{ ...nothing, name: 'other' }, peer],
  );
  assert.is(more.length, 0);
  assert.is(theirs!.name, `${ours!.name} / peer`);
  assert.is(theirs!.value, ours!.value);
  assert.is(theirs!.ratio, Number(theirs!.value) / 0.125);
  assert.is(ours!.against, 'bare Node');
  assert.ok(ended);
});

harness('a third-party dealer and a shaped link', async () => {
  const args = [
    '--json',
    '--quick',
    '--parties',
    '3',
    '--dealer',
    'third',
    '--rtt',
    '4',
    '--bandwidth',
    '1000',
  ];
  const { stdout } = await bench(...args, '--filter', 'multiply 1e5');
  const [program] = JSON.parse(stdout) as Record<string, unknown>[];
  assert.is(program!.name, 'multiply 1e5, 3 parties, third-party dealer [4 ms, 1000 Mbit/s]');
  assert.ok(Number(program!.value) > 0.002);
});

harness('an unknown flag or value is an error', async () => {
  const refused = (args: string[], pattern: RegExp) =>
    bench(...args).then(
      () => assert.unreachable(args.join(' ')),
      (e: { stderr: string }) => assert.match(e.stderr, pattern),
    );
  await refused(['--pear', 'spu'], /--pear/);
  await refused(
    ['--peer', 'pear'],
    /--peer <name>' argument 'pear' is invalid\. one of spu, jiff, mp-spdz is wanted/,
  );
  await refused(
    ['--field', 'FM12'],
    /--field <name>' argument 'FM12' is invalid\. Allowed choices are FM64, FM128/,
  );
  await refused(
    ['--rtt', 'far'],
    /--rtt <ms>' argument 'far' is invalid\. a number from 0 to 60000 is wanted/,
  );
});

harness.run();
