/**
 * A line of comma-separated values as RFC 4180 quotes them, ended by a line feed alone, which pipes
 * expect. Values are data and are written as they are, whatever a spreadsheet would make of `=1+1`.
 */
export function csvLine(values: readonly (string | number)[]): string {
  return `${values.map((value) => quoted(String(value))).join()}\n`;
}

const quoted = (value: string): string =>
  /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
