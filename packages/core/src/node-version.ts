/** Major and minor version; `engines` in package.json says the same. */
const LEAST_NODE = [22, 19] as const;

/**
 * Refuses an older Node when the library is imported. The error has no stack, so that Node prints the
 * sentence alone; and no code, as nobody can have imported `ClipError` by then.
 */
function checkNodeVersion(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const least = LEAST_NODE.join('.');
  const error = new Error(`@clipql/core: expected Node ${least} or later, got ${version}`);
  Error.stackTraceLimit = stackTraceLimit;
  throw error;
}

// Browsers have none, and what bundlers put in the place of `process` has no versions.
const version = globalThis.process?.versions?.node;
if (version !== undefined) checkNodeVersion(version);
