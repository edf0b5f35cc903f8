import dns, { type LookupAddress, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** Finds all addresses of a host, in the order to try them, as `dns.lookup` with `all` does. */
export type AddressLookup = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** A host has an address that is not accepted. Raised while connecting, and reported by the door. */
export class RefusedAddressError extends Error {}

/**
 * A `lookup` for sockets that refuses a host unless all of its addresses are accepted. The socket
 * connects to just these addresses, so that a host cannot change between the check and its use.
 */
export function socketLookup(
  accepts: (address: string) => boolean,
  lookup: AddressLookup = dns.lookup,
): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '');
      if (!addresses.every(({ address }) => accepts(address))) {
        return callback(new RefusedAddressError(hostname), '');
      }
      if (options.all) return callback(null, addresses);
      const [first] = addresses;
      return callback(null, first!.address, first!.family);
    });
  };
}
