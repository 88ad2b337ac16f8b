import * as sf from 'tessera-mpc';

/** Both parties on the server, as threads. */
const session = await sf.session({ parties: ['alice', 'bob'], address: 'local', loggingLevel: 'warning' });
const spu = session.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const x = session.PYU('alice')(() => [3, 5])();
const y = session.PYU('bob')(() => [4, 4])();
const product = await session.reveal(spu((a, b) => sf.np.multiply(a, b))(x, y));
console.log(JSON.stringify([...product.data]));
await session.shutdown();
