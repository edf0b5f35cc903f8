import { withoutCommands } from '../errors/one-line.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as part of a page or an attribute. */
export const escaped = (text: string): string =>
  withoutCommands(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/** A JPEG as an address that needs no other file. */
export const jpegUrl = (bytes: Uint8Array): string =>
  `data:image/jpeg;base64,${Buffer.from(bytes).toString('base64')}`;

/** The head of a page that loads nothing and runs nothing. */
export const htmlHead = (title: string, style: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
`;
