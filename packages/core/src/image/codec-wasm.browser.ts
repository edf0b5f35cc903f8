/** In browsers the codecs load their WebAssembly themselves, by a URL that bundlers know of. */
export async function compileCodec(_specifier: string): Promise<WebAssembly.Module | undefined> {
  return undefined;
}
