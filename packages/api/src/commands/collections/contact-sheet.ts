import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SearchHit } from '../../answers/search/hit-page.ts';
import { escaped, htmlHead, jpegUrl } from '../html.ts';

/** What stands above the pictures. */
export interface SheetHeading {
  /** What was asked. */
  readonly title: string;
  /** What was found. */
  readonly summary: string;
}

/** A hit, and its picture as a JPEG; undefined where there is none to be had. */
export interface Picture {
  readonly hit: SearchHit;
  readonly thumbnail: Uint8Array | undefined;
}

/** A page with the pictures found, the best first, that needs nothing but itself; in parts, as they come. */
export async function* contactSheet(
  { title, summary }: SheetHeading,
  pictures: AsyncIterable<Picture>,
): AsyncGenerator<string> {
  yield `${htmlHead(title, STYLE)}<body>
<header><h1>${escaped(title)}</h1><p>${escaped(summary)}</p></header>
<main>
`;
  for await (const picture of pictures) yield figure(picture);
  yield `</main>
</body>
</html>
`;
}

function figure({ hit, thumbnail }: Picture): string {
  const { source, key, facts } = hit.item;
  const name = isUrl(source) ? key : basename(source);
  const percent = Math.round(100 * hit.relevance);
  const image =
    thumbnail === undefined
      ? '<span class="none">no picture</span>'
      : `<img alt="${escaped(name)}" src="${jpegUrl(thumbnail)}">`;
  const address = addressOf(source);
  const picture = `<span class="picture">${image}</span>`;
  const linked = address === undefined ? picture : `<a href="${escaped(address)}">${picture}</a>`;
  const file = facts && ` · ${facts.format}, ${facts.width} × ${facts.height}`;
  const details = `cosine ${hit.cosine.toFixed(3)}${file ?? ''}`;
  return `<figure title="${escaped(source)}">${linked}
<figcaption><b>${escaped(name)}</b><meter min="0" max="100" value="${percent}">${percent} %</meter>
<span>${percent} % relevant</span><span>${escaped(details)}</span></figcaption></figure>
`;
}

const isUrl = (source: string): boolean => /^[a-z][a-z0-9+.-]+:/i.test(source);

/** What a click may open; undefined for a data URL, and for what no program of pictures would open. */
function addressOf(source: string): string | undefined {
  if (!isUrl(source)) return pathToFileURL(source).href;
  return /^https?:\/\//i.test(source) ? source : undefined;
}

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d8dbe0, #3a3f47); --soft: light-dark(#5b6270, #a4abb8); --card: light-dark(#fff, #1d2026); --mat: light-dark(#eceef1, #14161a); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 90rem; padding: 1rem; font: 0.9rem/1.4 system-ui, sans-serif; background: light-dark(#f6f7f9, #101216); color: light-dark(#16181d, #e8eaee); }
h1 { margin: 0; font-size: 1.3rem; overflow-wrap: anywhere; }
header p { margin: 0.2rem 0 1rem; color: var(--soft); }
main { display: grid; gap: 0.75rem; grid-template-columns: repeat(auto-fill, minmax(min(8.5rem, 100%), 1fr)); }
figure { margin: 0; min-width: 0; border: 1px solid var(--line); border-radius: 0.5rem; overflow: hidden; background: var(--card); }
a { color: inherit; display: block; }
a:focus-visible { outline: 3px solid Highlight; outline-offset: -3px; }
.picture { display: grid; place-items: center; position: relative; aspect-ratio: 1; background: var(--mat); }
img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
.none { color: var(--soft); }
figcaption { display: grid; gap: 0.1rem; padding: 0.5rem 0.6rem 0.6rem; font-size: 0.8rem; }
b { overflow-wrap: anywhere; }
meter { width: 100%; height: 0.6rem; }
figcaption span { color: var(--soft); }
@media print { figure { break-inside: avoid; } }
`;
