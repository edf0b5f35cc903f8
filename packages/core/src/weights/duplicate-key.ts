/**
 * The first key that an object of this JSON text holds twice, at any depth; `JSON.parse` would
 * keep the last one and say nothing.
 *
 * @param text JSON that `JSON.parse` accepts.
 */
export function duplicateKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [part] = match;
    if (part === '{') open.push(new Set());
    else if (part === '[') open.push(undefined);
    else if (part === '}' || part === ']') open.pop();
    else if (isKey(text, token.lastIndex)) {
      const keys = open.at(-1);
      const key: string = JSON.parse(part);
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
