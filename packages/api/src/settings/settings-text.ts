import { type OptionName, optionOf } from './options.ts';
import type { Settings } from './settings.ts';

/** All settings as `--config` takes them, but for the secret ones; null for one that is not set. */
export function settingsText(settings: Settings): string {
  const shown = Object.entries(settings)
    .filter(([name]) => !optionOf(name as OptionName).secret)
    .map(([name, value]) => [name, value ?? null]);
  return `${JSON.stringify(Object.fromEntries(shown), null, 2)}\n`;
}

/** The names of the secret settings that have a value. */
export function secretsGiven(settings: Settings): readonly string[] {
  const hasValue = (value: unknown) =>
    Array.isArray(value) ? value.length > 0 : value !== undefined;
  return Object.entries(settings)
    .filter(([name, value]) => optionOf(name as OptionName).secret && hasValue(value))
    .map(([name]) => name);
}
