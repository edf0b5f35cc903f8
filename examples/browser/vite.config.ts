import { defineConfig } from 'vite';

// Threads need shared memory, which a browser gives to pages that it isolates.
const headers = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

export default defineConfig({
  base: './',
  build: { target: 'es2024', assetsInlineLimit: 0 },
  server: { headers },
  preview: { headers },
});
