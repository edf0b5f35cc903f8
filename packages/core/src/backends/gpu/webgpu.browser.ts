/** A browser has `navigator.gpu`, or has not. */
export async function provideWebGpu(): Promise<void> {}
