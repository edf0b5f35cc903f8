/**
 * The first key that an object of this JSON text holds twice, at any depth; `JSON.parse` would
 * keep the last one and say nothing.
 *
 * @param text JSON that `JSON.parse` accepts.
 */
export function duplicateKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;
  // Without match objects, of which a header would take one for each of its thousands of tokens.
  for (let before = 0; token.test(text); before = token.lastIndex) {
    const end = token.lastIndex;
    const last = text[end - 1];
    if (last === '{') open.push(new Set());
    else if (last === '[') open.push(undefined);
    else if (last === '}' || last === ']') open.pop();
    else if (isKey(text, end)) {
      const keys = open.at(-1);
      const key: string = JSON.parse(text.slice(text.indexOf('"', before), end));
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}

/** In valid JSON a colon follows a string exactly when the string is a key. */
function isKey(text: string, end: number): boolean {
  let position = end;
  while (' \t\r\n'.includes(text.charAt(position)) && position < text.length) position++;
  return text[position] === ':';
}
