/** @file Faults of clusters: who may come, what is loaded, where files go, and what is heard. */
import { inFile, type Mutant } from './mutant.ts';

const strangers = ['cluster/strangers.test.ts'] as const;
const modules = ['cluster/modules.test.ts'] as const;
const start = ['cluster/start.test.ts'] as const;

export const cluster: readonly Mutant[] = [
  ...inFile('src/cluster/nats-server.ts', start, [
    ['the server lets everybody in', 'check', 'authorization { token:', '# { token:'],
    ['everybody on the machine can read the token', 'leak', '{ mode: 0o600 }', '{ mode: 0o644 }'],
  ]),
  ...inFile(
    'src/cluster/state.ts',
    ['cluster/state.test.ts'],
    [
      [
        'everybody on the machine can read what was started here',
        'leak',
        'JSON.stringify({ ...started, began }), { mode: 0o600 });',
        'JSON.stringify({ ...started, began }), { mode: 0o644 });',
      ],
      [
        'another process with the number of one that was started here is ended',
        'check',
        'if (beganAt(started.pid) === started.began)',
        'if (beganAt(started.pid) !== undefined)',
      ],
    ],
  ),
  ...inFile('src/device/state-folder.ts', start, [
    ['a folder of state may be a link', 'check', 'if (!found.isDirectory())', 'if (false)'],
    ['a folder of state may be written by others', 'check', '(found.mode & OTHERS_WRITE) !== 0', 'false'],
  ]),
  ...inFile('src/cluster/task.ts', modules, [
    [
      'a module may lie anywhere',
      'check',
      'return file.startsWith(root + sep) && statSync(file).isFile() ? file : undefined;',
      'return statSync(file).isFile() ? file : undefined;',
    ],
    [
      'a module of another content is loaded',
      'check',
      'files.find((path) => hashOf(path) === code.hash)',
      'files[0]',
    ],
  ]),
  ...inFile(
    'src/cluster/part-files.ts',
    ['cluster/checkpoint.test.ts', 'cluster/modules.test.ts'],
    [
      [
        'files may be written anywhere',
        'check',
        'if (folder !== root && !folder.startsWith(root + sep))',
        'if (false)',
      ],
    ],
  ),
  ...inFile('src/cluster/cluster-node.ts', strangers, [
    [
      'tasks of a driver that is not there are run',
      'check',
      'if (!this.#members.hasDriver(head.driver)) // Nobody waits',
      'if (false) // Nobody waits',
    ],
    ['an order that comes twice is done twice', 'check', 'if (this.#taken.has(head.id)) return;', ''],
    [
      'orders of a driver that is not there are obeyed',
      'check',
      "if (!this.#members.hasDriver(head.driver)) return; m.respond('ok');",
      "m.respond('ok');",
    ],
  ]),
  ...inFile(
    'src/cluster/read-heads.ts',
    ['cluster/heads.test.ts'],
    [
      [
        'names that are no part of a subject are read',
        'check',
        'const token = matches(/^[A-Za-z0-9_-]{1,64}$/);',
        'const token = matches(/^/);',
      ],
      [
        'places of objects may say any size',
        'check',
        'size: whole(constants.MAX_LENGTH), holder: token',
        'size: () => true, holder: token',
      ],
    ],
  ),
];
