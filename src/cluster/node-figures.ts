/** @file What a node says of itself, as figures for who runs it. */
import { figure, type Metric } from '../link/metrics.ts';
import type { NodeInfo } from './members.ts';

export const figuresOf = (node: NodeInfo): readonly Metric[] => {
  const byTag = (of: (tag: NodeInfo['tags'][string]) => number): Metric['values'] =>
    Object.entries(node.tags).map(([party, tag]) => [{ party }, of(tag)]);
  return [
    {
      name: 'tessera_info',
      help: 'Which program this is.',
      type: 'gauge',
      values: [[{ version: node.version, role: node.head ? 'head' : 'node', name: node.id }, 1]],
    },
    {
      name: 'tessera_node_slots',
      help: 'Tasks that may run at a time.',
      type: 'gauge',
      values: byTag((t) => t.slots),
    },
    {
      name: 'tessera_node_slots_used',
      help: 'Slots of tasks that run, and of objects and SPU parties that live here.',
      type: 'gauge',
      values: byTag((t) => t.busy + t.held),
    },
    figure('tessera_node_tasks_running', 'Tasks that run.', 'gauge', node.tasks.length),
    figure('tessera_node_tasks_done_total', 'Tasks that ended well.', 'counter', node.done),
    figure('tessera_node_tasks_failed_total', 'Tasks that failed.', 'counter', node.failed),
    figure('tessera_node_objects', 'Objects that are kept.', 'gauge', node.objects),
    figure('tessera_node_object_bytes', 'Bytes of objects that are kept.', 'gauge', node.objectBytes),
    figure('tessera_node_spus', 'SPU parties that live here.', 'gauge', node.spus.length),
  ];
};
