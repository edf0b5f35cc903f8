/** What is used of the package `webgpu`, which need not be installed. */
interface WebGpuPackage {
  readonly globals: object;
  create(options: readonly string[]): unknown;
}

const PACKAGE: string = 'webgpu';

/** Gives Node what browsers have: `navigator.gpu`, from the optional package `webgpu`. */
export async function provideWebGpu(): Promise<void> {
  if (navigator.gpu !== undefined) return;
  const webgpu: WebGpuPackage | undefined = await loadPackage().catch(() => undefined);
  if (webgpu === undefined) return;
  Object.assign(globalThis, webgpu.globals);
  // On the navigator for good: Dawn ends with the last reference to it.
  Object.defineProperty(navigator, 'gpu', { value: webgpu.create([]), configurable: true });
}

/** Bundlers for servers, which would look into it, leave it to Node. */
const loadPackage = () =>
  import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ PACKAGE);
