/** @file A process that answers requests with what they bring: what a task on a node is compared with. */
import { connect } from '@nats-io/transport-node';

const [servers, subject, token] = process.argv.slice(2) as [string, string, string];
const nc = await connect({ servers, token });
nc.subscribe(subject, { callback: (_, m) => void m.respond(m.data) });
await nc.flush();
process.send!('ready');
process.on('disconnect', () => void nc.close());
