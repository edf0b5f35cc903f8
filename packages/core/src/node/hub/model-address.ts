import { ClipError } from '../../errors.ts';
import { checkRevision, isModelId } from '../../hub/model-id.ts';

/**
 * What a user calls a model by: a folder or a file of weights in it, a repository of the hub, or a folder on the web;
 * or files that lie apart, under one name.
 */
export type ModelAddress =
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 'hub';
      readonly id: string;
      readonly revision: string | undefined;
      /** What the files of this revision have to be, the weights last. Default: what the hub has. */
      readonly files?: readonly PinnedFile[];
    }
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'files';
      /** What to call the model. */
      readonly name: string;
      /** The weights last. */
      readonly files: readonly PlacedFile[];
    };

/** A file of a model as somebody has seen it: a download that differs is refused. */
export interface PinnedFile {
  readonly name: string;
  readonly bytes?: number | undefined;
  /** In hexadecimal. */
  readonly sha256?: string | undefined;
}

/** A file that is somewhere by itself. */
export interface PlacedFile extends PinnedFile {
  /** Its own URL, or `org/name@revision` of a repository of the hub that has it under its name. */
  readonly from: string;
}

/**
 * Parses what a user calls a model: `org/name` or `org/name@revision` is a model on the hub, unless
 * `isPath` says that it exists; `https://…` is a folder on the web; anything else is a folder, or a file of weights in one.
 *
 * @throws ClipError BAD_INPUT for an http URL, a malformed URL or a malformed revision.
 * @example
 * ```ts
 * import { existsSync } from 'node:fs';
 * import { parseModelAddress } from '@clipql/core/node';
 *
 * console.log(parseModelAddress('google/siglip2-base-patch32-256', existsSync).kind); // hub
 * console.log(parseModelAddress('models/nano', existsSync).kind); // folder
 * ```
 */
export function parseModelAddress(text: string, isPath: (path: string) => boolean): ModelAddress {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return { kind: 'url', url: folderUrl(text) };
  const [, id = '', revision] = /^([^@]*)(?:@(.*))?$/s.exec(text) ?? [];
  if (!isModelId(id) || isPath(text)) return { kind: 'folder', path: text };
  if (revision !== undefined) checkRevision(revision, `after the @ of ${id}`);
  return { kind: 'hub', id, revision };
}

/**
 * Writes an address as {@link parseModelAddress} reads it, without the secrets of a URL.
 *
 * @example
 * ```ts
 * import { describeAddress } from '@clipql/core/node';
 *
 * const address = { kind: 'url', url: 'https://example.org/clip/?signature=secret' } as const;
 * console.log(describeAddress(address)); // https://example.org/clip/
 * ```
 */
export function describeAddress(address: ModelAddress): string {
  if (address.kind === 'folder') return address.path;
  if (address.kind === 'url') return shownUrl(address.url);
  if (address.kind === 'files') return address.name;
  return address.revision === undefined ? address.id : `${address.id}@${address.revision}`;
}

/** A URL, malformed ones too, as messages may show it: query and user name may be secrets. */
export function shownUrl(url: string): string {
  return url.replace(/[?#].*$/s, '').replace(/^([^:/]*:\/\/)[^/]*@/, '$1');
}

/** Loopback needs no TLS: what is sent does not leave the machine. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

function folderUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isUsable =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (url === undefined || !isUsable || url.username !== '' || url.password !== '') {
    throw new ClipError(
      'BAD_INPUT',
      `expected an https URL of a folder, without a user name, got ${shownUrl(text).slice(0, 200)}`,
    );
  }
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url.href;
}
