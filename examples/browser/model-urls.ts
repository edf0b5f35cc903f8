/** The embedded model's files, which vite copies into the page's assets. */
export const MODEL_URLS: Readonly<Record<string, string>> = {
  'config.json': new URL('../../models/nano/config.json', import.meta.url).href,
  'model.safetensors': new URL('../../models/nano/model.safetensors', import.meta.url).href,
  'preprocessor_config.json': new URL('../../models/nano/preprocessor_config.json', import.meta.url)
    .href,
  'tokenizer.json': new URL('../../models/nano/tokenizer.json', import.meta.url).href,
  'tokenizer_config.json': new URL('../../models/nano/tokenizer_config.json', import.meta.url).href,
};
