declare module '*.css';

interface ImportMeta {
  /** Vite puts the files that fit in place of it, by their paths. */
  glob<File>(
    pattern: string,
    options: { readonly eager: true; readonly query: '?url'; readonly import: 'default' },
  ): Readonly<Record<string, File>>;
}
