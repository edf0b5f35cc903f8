/** Gives Node what browsers have: `navigator.gpu`, from the optional package `webgpu`. */
export async function provideWebGpu(): Promise<void> {
  if (navigator.gpu !== undefined) return;
  const webgpu = await import('webgpu').catch(() => undefined);
  if (webgpu === undefined) return;
  Object.assign(globalThis, webgpu.globals);
  // On the navigator for good: Dawn ends with the last reference to it.
  Object.defineProperty(navigator, 'gpu', { value: webgpu.create([]), configurable: true });
}
