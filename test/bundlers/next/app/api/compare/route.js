import * as sf from 'tessera-mpc';

export const dynamic = 'force-dynamic';

/** Both parties on the server, as threads: the route runs on the package for Node. */
export async function GET() {
  const session = await sf.session({ parties: ['alice', 'bob'], address: 'local', loggingLevel: 'warning' });
  const spu = session.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
  const x = session.PYU('alice')(() => [3, 5])();
  const y = session.PYU('bob')(() => [4, 4])();
  const product = await session.reveal(spu((a, b) => sf.np.multiply(a, b))(x, y));
  await session.shutdown();
  return Response.json([...product.data]);
}
