/** @file The dashboard's page: snapshots of a cluster, as they come, as tables and lines. */
import { type ComponentChildren, h, type JSX, render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { History, type Moment } from '../history.ts';
import type { DriverInfo, SpuInfo } from '../members.ts';
import type { GoneNode, SeenNode, Snapshot } from '../snapshot.ts';
import { Chart, type Line } from './chart.ts';

const size = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
const age = (ms: number): string => {
  const s = Math.max(0, Math.round(ms / 1e3));
  return s < 120 ? `${s} s` : s < 7200 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`;
};
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

type Cell = ComponentChildren;
interface Column {
  readonly name: string;
  readonly number?: boolean;
}

const Table = (
  id: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  empty: string,
): JSX.Element =>
  rows.length === 0
    ? h('p', { class: 'soft', id }, empty)
    : h(
        'table',
        { id },
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            columns.map((c) => h('th', { class: c.number ? 'n' : '', scope: 'col' }, c.name)),
          ),
        ),
        h(
          'tbody',
          null,
          rows.map((cells) =>
            h(
              'tr',
              null,
              cells.map((cell, i) => h('td', { class: columns[i]!.number ? 'n' : '' }, cell)),
            ),
          ),
        ),
      );

const Section = (title: string, ...children: Cell[]): JSX.Element =>
  // A table may be wider than a phone: who has a keyboard alone scrolls it too.
  h('section', { tabIndex: 0, 'aria-label': title }, h('h2', null, title), ...children);
const Tile = (name: string, value: Cell): JSX.Element =>
  h('div', { class: 'tile' }, h('b', null, value), name);

const Slots = ({ tags }: SeenNode): JSX.Element[] =>
  Object.entries(tags).map(([tag, { slots, busy, held }]) =>
    h(
      'div',
      null,
      h('progress', { max: slots, value: busy + held, 'aria-label': `slots of ${tag} in use` }),
      ` ${tag}: ${busy + held} of ${slots}`,
      held > 0 ? h('span', { class: 'soft' }, ` (${held} pinned)`) : null,
    ),
  );

const nodeRow = (n: SeenNode, at: number): Cell[] => [
  h('span', null, n.id, n.head ? h('span', { class: 'soft' }, ' head') : null),
  n.host,
  Slots(n),
  n.tasks.slice(0, 4).map((t) => h('div', { class: 'running' }, `${t.what}, ${age(at - t.since)}`)),
  n.done,
  n.failed,
  n.objects,
  size(n.objectBytes),
  n.states,
];

/** What it had is gone; what it has done counts. */
const lostRow = (n: GoneNode, at: number): Cell[] => [
  h('span', { class: 'bad' }, `${n.id} lost`),
  n.host,
  Object.keys(n.tags).join(', '),
  h('span', { class: 'bad' }, `not heard of for ${age(at - n.lostAt)}`),
  n.done,
  n.failed,
  0,
  size(0),
  0,
];

const spuRow = (s: SpuInfo, d: DriverInfo): Cell[] => [
  Object.entries(s.parties).map(([party, node]) => h('div', null, `${party} on ${node}`)),
  d.program,
  s.running === null
    ? h('span', { class: 'soft' }, 'idle')
    : h('span', { class: s.running.startsWith('failed') ? 'bad' : 'running' }, s.running),
  s.jobs,
  s.rounds,
  size(s.bytes),
];

const TASKS: readonly [Line, Line] = [
  { name: 'tasks ended a second', of: (m) => m.ended },
  { name: 'tasks queued', of: (m) => m.queued },
];
const SPUS: readonly [Line, Line] = [
  { name: 'rounds of SPUs a second', of: (m) => m.rounds },
  { name: 'kB of SPUs a second', of: (m) => m.kilobytes },
];

const number = (name: string): Column => ({ name, number: true });

const counted = (n: number, word: string): string => (n === 1 ? word : `${word}s`);

const View = (s: Snapshot, moments: readonly Moment[]): JSX.Element => {
  const running = sum(s.nodes.flatMap((n) => Object.values(n.tags).map((t) => t.busy)));
  const queued = sum(s.queues.map((q) => q.waiting));
  const done = sum([...s.nodes, ...s.lost].map((n) => n.done));
  return h(
    'main',
    null,
    h(
      'div',
      { class: 'tiles' },
      Tile(
        counted(s.nodes.length, 'node'),
        s.lost.length === 0 ? s.nodes.length : `${s.nodes.length}, ${s.lost.length} lost`,
      ),
      Tile(counted(s.drivers.length, 'program'), s.drivers.length),
      Tile(`${counted(running, 'task')} running`, running),
      Tile(`${counted(queued, 'task')} queued`, queued),
      Tile(`${counted(done, 'task')} done`, done),
      Tile('objects', size(sum(s.nodes.map((n) => n.objectBytes)))),
    ),
    h(
      'div',
      { class: 'two' },
      Section(
        'Tasks',
        h(Chart, { label: 'Tasks that ended, and tasks that are queued', lines: TASKS, moments }),
      ),
      Section('SPUs', h(Chart, { label: 'Rounds and kilobytes of SPUs', lines: SPUS, moments })),
    ),
    Section(
      'Nodes',
      Table(
        'nodes',
        [
          { name: 'node' },
          { name: 'address' },
          { name: 'slots' },
          { name: 'running' },
          number('done'),
          number('failed'),
          number('objects'),
          number('bytes'),
          number('pinned objects'),
        ],
        [...s.nodes.map((n) => nodeRow(n, s.at)), ...s.lost.map((n) => lostRow(n, s.at))],
        'No node has joined.',
      ),
    ),
    h(
      'div',
      { class: 'two' },
      Section(
        'Queues',
        Table(
          'queues',
          [{ name: 'tag' }, number('slots'), number('running'), number('queued')],
          s.queues.map((q) => [q.tag, q.slots, q.running, q.waiting]),
          'No tags.',
        ),
      ),
      Section(
        'Programs',
        Table(
          'programs',
          [
            { name: 'program' },
            { name: 'up' },
            number('tasks'),
            number('done'),
            number('failed'),
            number('again'),
          ],
          s.drivers.map((d) => [
            d.program,
            age(s.at - d.started),
            d.tasks.given,
            d.tasks.done,
            d.tasks.failed,
            d.tasks.again,
          ]),
          'No program uses the cluster.',
        ),
      ),
    ),
    Section(
      'SPU sessions',
      Table(
        'spus',
        [
          { name: 'parties' },
          { name: 'program' },
          { name: 'op' },
          number('jobs'),
          number('rounds'),
          number('sent'),
        ],
        s.drivers.flatMap((d) => d.spus.map((spu) => spuRow(spu, d))),
        'No SPU.',
      ),
    ),
    Section(
      'Failed tasks',
      Table(
        'errors',
        [{ name: 'time' }, { name: 'program' }, { name: 'error' }],
        s.errors.map((e) => [
          new Date(e.at).toLocaleTimeString(),
          e.program,
          h('span', { class: 'bad' }, e.text),
        ]),
        'None.',
      ),
    ),
  );
};

/** What was before this page, and what it has seen itself. */
let history = new History();

const Page = (): JSX.Element => {
  const [snapshot, show] = useState<Snapshot>();
  const [live, setLive] = useState(false);
  useEffect(() => {
    const events = new EventSource('events');
    events.onmessage = ({ data }: MessageEvent<string>) => {
      const next = JSON.parse(data) as Snapshot;
      history.add(next);
      setLive(true);
      show(next);
    };
    events.addEventListener('history', ({ data }: MessageEvent<string>) => {
      history = new History(JSON.parse(data) as Moment[]);
    });
    events.onerror = () => setLive(false);
    events.addEventListener('away', () => setLive(false));
    return () => events.close();
  }, []);
  return h(
    'div',
    null,
    h(
      'header',
      null,
      h('h1', null, 'Tessera cluster'),
      h(
        'span',
        { class: 'soft' },
        snapshot === undefined ? '' : `${snapshot.cluster} at ${snapshot.address} `,
      ),
      h(
        'span',
        { class: `state ${live ? 'live' : 'away'}`, role: 'status' },
        live ? 'live' : 'not connected',
      ),
    ),
    snapshot === undefined ? null : View(snapshot, history.moments),
  );
};

const root = document.getElementById('root')!;
root.textContent = '';
render(h(Page, null), root);
