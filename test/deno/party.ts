/**
 * @file One of two parties without a dealer, in Node or Deno: prints what it finds, and in Node whether its pads were made by AES.
 * Arguments, as one text of JSON: the session's options, the field, and whether Node is to have no AES.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

interface Given {
  readonly options: object;
  readonly field: string;
  readonly withoutAes: boolean;
}

const { options, field, withoutAes } = JSON.parse(process.argv[2]!) as Given;

let byAes = false;
const { createCipheriv } = crypto;
const watched = (name: string, key: Uint8Array, ...rest: never[]): unknown => {
  if (name === 'aes-128-ecb') {
    if (withoutAes) throw new Error('no such cipher here');
    byAes ||= Buffer.from(key).toString('latin1') === 'pads of transfer';
  }
  return (createCipheriv as (...args: unknown[]) => unknown)(name, key, ...rest);
};
crypto.createCipheriv = watched as typeof createCipheriv;
// In Node what others import by name is the new one, too.
syncBuiltinESMExports();

// Not before the platform is what it is to be.
const { making } = await import('../production/programs-making.js');
const found = await making.makingTogether!(options as never, field as never, () => {});
console.log(JSON.stringify({ found, byAes }));
process.exit(0);
