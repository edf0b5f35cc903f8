/** What `@clipql/core` offers in Node alone. */
export { modelFromFolder } from './model-folder.ts';
