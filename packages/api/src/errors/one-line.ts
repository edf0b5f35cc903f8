/** The most characters of a message: it may quote what the user sent, of any length. */
const MAX_MESSAGE = 500;

/**
 * A message in one line, no longer than a reader can take in, and without what would make a terminal
 * do something: names of files may hold any character.
 */
export function oneLine(message: string): string {
  // Shortened first: spaces by the million would keep the expression busy.
  const start = message.trimStart().slice(0, 2 * MAX_MESSAGE);
  const line = withoutCommands(start.replace(/\s*[\r\n\u2028\u2029]\s*/g, ' ')).trim();
  return shorten(line, MAX_MESSAGE);
}

/** A line without what would make a terminal do something, an end of the line included. */
export const withoutCommands = (line: string): string => line.replace(COMMANDS, '\ufffd');

/** Control characters but the tab, and those that turn the direction of what follows. */
const COMMANDS = /(?!\t)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** The first characters of a text, with an ellipsis where it goes on. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** A text in quotation marks, or as much of it as a message has room for. */
export const quoted = (text: string, length = 60): string => JSON.stringify(shorten(text, length));

/** A value as JSON, or as much of it as a message has room for. */
export const shownValue = (value: unknown, length = 80): string =>
  shorten(JSON.stringify(value) ?? 'nothing', length);
