import { expect, test } from 'vitest';
import { oneLine } from './one-line.ts';

test('a message is one line of at most 500 characters, the line breaks in it spaces', () => {
  expect(oneLine('  expected this,\r\n  got that\u2028and more \n')).toBe(
    'expected this, got that and more',
  );
  expect(oneLine('a'.repeat(501))).toBe(`${'a'.repeat(499)}…`);
});

test('a message takes no command to a terminal: escapes and turned directions are replaced', () => {
  expect(oneLine('photos/\u001b[31mred\u0007\u202egpj.exe\tx')).toBe('photos/�[31mred��gpj.exe\tx');
});

test('a message with spaces by the million, as a client may send, does not keep the server busy', () => {
  const spaces = ' '.repeat(10_000_000);
  expect(oneLine(`expected a number, got "a${spaces}b"`)).toMatch(
    /^expected a number, got "a\s*…?$/,
  );
  expect(oneLine(`${spaces}late`)).toBe('late');
});
