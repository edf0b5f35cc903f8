import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BenchError } from '../kit/errors.ts';

/** The peers of a search, at versions that install without a compiler. */
export const PEERS = ['usearch', 'sqlite-vec', 'lancedb'] as const;
export type PeerName = (typeof PEERS)[number];

interface Peer {
  readonly version: string;
  /** Its packages without the version; on Linux those for glibc. */
  readonly packages: readonly string[];
  /** Others that it needs, with their versions. */
  readonly others?: readonly string[];
  /** Where its binaries run, as `os.platform()-os.arch()`. */
  readonly runsOn: readonly string[];
}

const HERE = `${platform()}-${arch()}`;
/** What LanceDB's packages for a platform are called by. */
const ABI: Readonly<Record<string, string>> = { linux: '-gnu', win32: '-msvc' };
const MOST = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'];

const PACKAGES: Readonly<Record<PeerName, Peer>> = {
  usearch: { version: '2.26.2', packages: ['usearch'], runsOn: MOST },
  'sqlite-vec': {
    version: '0.1.9',
    packages: ['sqlite-vec', `sqlite-vec-${HERE.replace('win32', 'windows')}`],
    runsOn: MOST,
  },
  lancedb: {
    version: '0.39.0',
    packages: ['@lancedb/lancedb', `@lancedb/lancedb-${HERE}${ABI[platform()] ?? ''}`],
    others: ['apache-arrow@18.1.0'],
    runsOn: ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'],
  },
};

/**
 * Installs a peer from the npm registry into a folder of its own. Nothing that it could bring beside its binary is
 * installed, and none of its scripts run.
 *
 * @returns the folder.
 * @throws BenchError PACKAGE_MISSING where it does not run or cannot be installed.
 */
export async function installPeer(name: PeerName, parent: string): Promise<string> {
  const { version, packages, others = [], runsOn } = PACKAGES[name];
  if (!runsOn.includes(HERE)) {
    throw new BenchError(
      'PACKAGE_MISSING',
      `expected ${name} to run on ${HERE}; it does on ${runsOn.join(', ')}`,
    );
  }
  const folder = join(parent, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const options = ['--omit=optional', '--ignore-scripts', '--legacy-peer-deps'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const wanted = [...packages.map((one) => `${one}@${version}`), ...others];
  try {
    await promisify(execFile)('npm', ['install', ...options, ...quiet, ...wanted], { cwd: folder });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BenchError('PACKAGE_MISSING', `${name} could not be installed: ${reason}`, { cause });
  }
  return folder;
}

export const peerVersion = (name: PeerName): string => PACKAGES[name].version;
