/** The text that the first `length` of these UTF-16 code units are. */
export function textOf(units: Uint16Array, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += String.fromCharCode(units[i]!);
  return text;
}
