import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { onKeyWanted, storedKey, wantKey } from './key.ts';

let asked: string[];

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
  });
  asked = [];
  onKeyWanted(async (sentence) => {
    asked.push(sentence);
    return 'secret';
  });
});

afterEach(() => onKeyWanted(undefined));

test('requests that are refused together ask once', async () => {
  expect(await Promise.all([wantKey('a', undefined), wantKey('b', undefined)])).toEqual([
    true,
    true,
  ]);
  expect(asked).toEqual(['a']);
  expect(storedKey()).toBe('secret');
});

test('one that was sent without a key, and refused after it was given, asks nobody', async () => {
  await wantKey('a', undefined);
  expect(await wantKey('b', undefined)).toBe(true);
  expect(asked).toEqual(['a']);
});

test('a key that is refused is asked for again', async () => {
  await wantKey('a', undefined);
  expect(await wantKey('b', 'secret')).toBe(true);
  expect(asked).toEqual(['a', 'b']);
});
