/** Threads of parties that die, told by no runtime's own means: the same in Node and in Deno. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startThread } from '#device-runtime';
import type { RunningThread } from '../../src/device/device-runtime.ts';
import { Session } from '../../src/device/session.ts';
import { standalone } from '../../src/device/standalone.ts';
import { SpuThreads } from '../../src/device/threads.ts';
import type { TesseraError } from '../../src/errors.ts';
import { np, utils } from '../../src/index.ts';
import { inTime } from '../patience.ts';

const test = suite('device: threads that die');

const PARTIES = ['alice', 'bob'];

/** A simulation whose threads are at hand. */
const session = (): { readonly s: Session; readonly threads: RunningThread[] } => {
  const threads: RunningThread[] = [];
  const mode = standalone({
    mode: 'standalone',
    parties: PARTIES,
    link: undefined,
    quiet: true,
    emit: () => {},
  });
  const s = new Session(
    {
      ...mode,
      spu: (config) =>
        new SpuThreads(config, undefined, {
          start: (duty, ports, events) => {
            const running = startThread(duty, ports, events);
            threads.push(running);
            return running;
          },
        }),
    },
    () => {},
  );
  return { s, threads };
};

const failure = (promise: Promise<unknown>): Promise<TesseraError> =>
  inTime(
    promise.then(
      () => assert.unreachable('it went well'),
      (e: TesseraError) => e,
    ),
  ) as Promise<TesseraError>;

for (const beaver_type of ['TrustedFirstParty', 'TrustedThirdParty'] as const) {
  const def = utils.testing.clusterDef(PARTIES, { beaver_type });

  for (const [rank, name] of [
    ...PARTIES,
    ...(beaver_type === 'TrustedThirdParty' ? ['dealer'] : []),
  ].entries())
    test(`${beaver_type}: the thread of ${name} dies while it computes, and all calls hear of it`, async () => {
      const { s, threads } = session();
      const spu = s.SPU(def);
      await spu.ready();
      const x = s.PYU('alice')(() => new Float64Array(200_000).fill(1))();
      const waiting = s.reveal(spu((x) => np.exp(x))(x));
      waiting.catch(() => {});
      await x.to(spu).ready();
      await threads[rank]!.terminate();
      const error = await failure(waiting);
      assert.is(error.code, 'PARTY_FAILED', error.message);
      assert.is(error.info.party, name, error.message);
      assert.is((await failure(s.reveal(spu((x) => np.sum(x))(x)))).code, 'PARTY_FAILED');
      await inTime(s.shutdown());
    });

  test(`${beaver_type}: a thread dies before it is ready`, async () => {
    const { s, threads } = session();
    const spu = s.SPU(def);
    await threads[1]!.terminate();
    assert.is((await failure(spu.ready())).code, 'PARTY_FAILED');
    await inTime(s.shutdown());
  });
}

test.run();
