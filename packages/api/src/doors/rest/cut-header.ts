/** A header is to stay far below what clients take. */
const MOST_PLACES = 100;

/** A header that names the places of texts that were cut, from 0; none where there are none. */
export function cutHeader(name: string, places: readonly number[]): Record<string, string> {
  if (places.length === 0) return {};
  const more = places.length > MOST_PLACES ? ', ...' : '';
  return { [name]: `${places.slice(0, MOST_PLACES).join(', ')}${more}` };
}
