/** Where an image's bytes are: at an address, or at hand. */
export type ImageSource = { readonly url: string } | { readonly bytes: Uint8Array };
