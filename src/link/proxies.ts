/** @file From where a request came: behind a proxy that the operator trusts, from where the proxy says. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { fail } from '../errors.ts';

/** Whether an address is one of the proxies. */
export type Proxies = (address: string) => boolean;

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** An IPv4 address that a socket of IPv6 shows is the address itself. */
const plainAddress = (address: string): string => MAPPED.exec(address)?.[1] ?? address;

const familyOf = (address: string): 'ipv4' | 'ipv6' | undefined =>
  (({ 4: 'ipv4', 6: 'ipv6' }) as const)[isIP(address) as 4 | 6];

/** `10.0.0.0/8`, `fd00::/8` or single addresses. Throws CONFIG, naming `path`, for anything else. */
export const parseProxies = (cidrs: readonly string[], path: string): Proxies => {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', bits, ...more] = cidr.split('/');
    const family = familyOf(address);
    const most = family === 'ipv4' ? 32 : 128;
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (family === undefined || more.length > 0 || !(prefix >= 0 && prefix <= most))
      return fail('CONFIG', `${path} is "${cidr}": write an address or a range such as 10.0.0.0/8`, { path });
    list.addSubnet(address, prefix, family);
  }
  return (address) => {
    const plain = plainAddress(address);
    const family = familyOf(plain);
    return family !== undefined && list.check(plain, family);
  };
};

/** The last address of the chain that is no trusted proxy; what a client writes into the header itself counts for nothing. */
export const clientAddress = (request: IncomingMessage, trusted: Proxies): string => {
  const own = plainAddress(request.socket.remoteAddress ?? '');
  if (!trusted(own)) return own;
  const header = request.headers['x-forwarded-for'];
  const chain = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((s) => s.trim());
  for (const hop of chain.reverse()) {
    const address = plainAddress(hop);
    if (isIP(address) === 0) return own;
    if (!trusted(address)) return address;
  }
  return own;
};
