/** What a server says, from its first word on as a sentence begins: `expected a name` → `Expected a name`. */
export const asSentence = (text: string): string =>
  text.replace(/^[a-z]+ /, (word) => word[0]!.toUpperCase() + word.slice(1));
