/** A program as a process, which can be killed: `driver.js address token file n`. It says when it begins, and its results. */
import * as sf from '#tessera';
import * as tasks from './tasks.ts';

const [address, token, file, n] = process.argv.slice(2) as [string, string, string, string];
const s = await sf.session({ address, token, onEvent: () => {} });
const alice = s.PYU('alice');
const counter = sf.proxy(tasks.Counter)(1, { device: alice });
await s.reveal(counter.add(1));
const results = Array.from({ length: Number(n) }, (_, i) => alice(tasks.traced)(file, 20, i));
process.send!('begun');
process.send!(await s.reveal(results));
