/**
 * Two tabs and a dealer: the first tab makes a room and shows its link, the second comes by it, the dealer is a helper elsewhere. Each
 * application beside this file bundles it, as any program of a user's.
 */
import * as sf from 'tessera-mpc';

const { np } = sf;

export const compute = async () => {
  const show = (id, text) => {
    document.getElementById(id).textContent = text;
  };
  try {
    const invited = sf.readRoomLink(location.href);
    const me = await sf.keepIdentity(invited ? 'guest' : 'default');
    const relay = new URLSearchParams(location.search).get('relay');
    const room =
      invited ??
      sf.createRoom({
        parties: ['alice', 'bob'],
        relay,
        dealer: 'dealer',
        identities: { alice: me.fingerprint },
      });
    if (!invited) show('link', sf.roomLink(location.href, room));
    const session = await sf.session({
      ...sf.roomOptions(room, invited ? 'bob' : 'alice'),
      ...me.options,
      loggingLevel: 'warning',
    });
    const spu = session.SPU(
      sf.utils.testing.clusterDef(['alice', 'bob'], { beaver_type: 'TrustedThirdParty' }),
    );
    const hers = session.PYU('alice')(() => [52_000, 61_500, 48_000])();
    const his = session.PYU('bob')(() => [55_000, 58_250, 47_000])();
    const program = (a, b) => [np.greater(np.mean(a), np.mean(b)), np.sort(np.concatenate([a, b])).at(5)];
    const [more, highest] = spu(program, { numReturns: 2 })(hers, his);
    // Identifiers that both have: kernels of their own, which are loaded now.
    const { size } = await sf.psi({
      alice: session.PYU('alice')(() => ['ann', 'ben', 'eve'])(),
      bob: session.PYU('bob')(() => ['eve', 'tom'])(),
    });
    const said = await session.reveal({ more, highest });
    show('result', `${said.more.item() ? 'alice' : 'bob'} ${Math.round(said.highest.item())} ${size}`);
    await session.shutdown();
  } catch (e) {
    show('result', `failed: ${e.stack ?? e}`);
  }
};
