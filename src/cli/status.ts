/** @file `tessera status`: nodes, tags, slots, running tasks, objects. */
import { look, type Snapshot } from '../cluster/snapshot.ts';
import { counted } from '../names.ts';
import type { CliCommand } from './command.ts';
import { type EngineFlags, engineFlags, engineOf } from './engine-flags.ts';
import { withExamples } from './examples.ts';

const size = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
const age = (since: number): string => `${Math.max(0, (Date.now() - since) / 1000).toFixed(0)} s`;

const text = ({ address, cluster, nodes, lost, drivers, errors, queues }: Snapshot): string => {
  const lines = [
    `Cluster ${cluster} at ${address}: ${counted(nodes.length, 'node')}, ${counted(drivers.length, 'program')}`,
  ];
  for (const n of nodes) {
    const tags = Object.entries(n.tags).map(
      ([tag, { slots, busy, held }]) =>
        `${tag} ${busy + held} of ${slots} slots in use${held > 0 ? ` (${held} pinned)` : ''}`,
    );
    lines.push(
      `\nnode ${n.id}${n.head ? ' (head)' : ''} at ${n.host}, up ${age(n.started)}: ${tags.join('; ') || 'no tags'}`,
    );
    lines.push(
      `  tasks: ${n.done} done, ${n.failed} failed, ${n.tasks.length} running; objects: ${n.objects}, ${size(n.objectBytes)}; ` +
        `objects with state: ${n.states}; SPU parties: ${n.spus.length}`,
    );
    for (const t of n.tasks) lines.push(`  running: ${t.party} ${t.what}, for ${age(t.since)}`);
  }
  for (const n of lost)
    lines.push(
      `\nnode ${n.id} at ${n.host} (${Object.keys(n.tags).join(', ')}) is lost, not heard of for ${age(n.lostAt)}: ` +
        `${n.done} done, ${n.failed} failed`,
    );
  if (queues.length > 0) lines.push('');
  for (const q of queues)
    lines.push(
      `queue ${q.tag}: ${q.waiting} queued, ${q.running} running, ${counted(q.slots, 'slot')} in all`,
    );
  for (const d of drivers) {
    const { given, done, failed, again } = d.tasks;
    lines.push(
      `\nprogram ${d.program} (pid ${d.pid}), up ${age(d.started)}: ${counted(given, 'task')}, ${done} done, ${failed} failed, ${again} delivered again`,
    );
    for (const s of d.spus)
      lines.push(
        `  SPU(${Object.entries(s.parties)
          .map(([p, n]) => `${p} on ${n}`)
          .join(', ')}): ${counted(s.rounds, 'round')}, ${size(s.bytes)}, ${s.running ?? 'idle'}`,
      );
  }
  if (errors.length > 0) lines.push('');
  for (const e of errors) lines.push(`error ${age(e.at)} ago (program ${e.program}): ${e.text}`);
  return lines.join('\n');
};

export const statusCommand: CliCommand = {
  register(program) {
    const command = program
      .command('status')
      .description('show nodes, tags, slots, running tasks and objects');
    withExamples(command, 'tessera status', 'tessera status --address=10.0.0.1:6379 --json');
    engineFlags(command)
      .option('--json', 'as one JSON object')
      .action(async (f: EngineFlags & { json?: boolean }) => {
        const snapshot = await look(engineOf(f));
        console.log(f.json ? JSON.stringify(snapshot) : text(snapshot));
      });
  },
};
