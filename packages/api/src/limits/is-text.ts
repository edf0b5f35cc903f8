/** Whether every store keeps a text as it is: none has half of a character, or NUL. */
export const isText = (text: string): boolean => text.isWellFormed() && !text.includes('\0');
