import { distance } from 'fastest-levenshtein';

/** The name that was probably meant: written with other separators or capitals, or two letters off. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const letters = plain(given);
  const most = Math.min(2, Math.floor(letters.length / 2));
  const [nearest] = names
    .map((name) => ({ name, off: distance(letters, plain(name)) }))
    .filter(({ off }) => off <= most)
    .sort((a, b) => a.off - b.off);
  return nearest?.name;
}

const plain = (name: string): string => name.slice(0, 100).replace(/[-_ ]/g, '').toLowerCase();
