// Made by tools/build-kernels.ts from packages/bench/assembly; not to be edited.

/** Reads memory, and does little else. WebAssembly modules in base64. */
export const READ_MEMORY: Readonly<Record<'plainThreads', string>> = {
  plainThreads:
    'AGFzbQEAAAABBwFgAn9/AX8CEgEDZW52Bm1lbW9yeQIDAYCABAMCAQAHFwIKcmVhZE1lbW9yeQAABm1lbW9yeQIACnYBdAEFewNAIAAgAUkEQCACIAD9AAQA/a4BIQIgAyAA/QAEEP2uASEDIAQgAP0ABCD9rgEhBCAFIAD9AAQw/a4BIQUgAEFAayEADAELCyACIAP9rgEgBCAF/a4B/a4BIgb9GwAgBv0bAWogBv0bAmogBv0bA2oL',
} as const;
