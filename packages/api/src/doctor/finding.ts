import { describeError } from '../errors/public-error.ts';

/** What was found of one thing that ClipQL stands on. */
export interface Finding {
  readonly name: string;
  /** `note` is worth knowing and keeps nothing from running; `broken` does. */
  readonly state: 'ok' | 'note' | 'broken';
  /** One line. */
  readonly text: string;
  /** The numbers behind it, for programs. */
  readonly measured?: Readonly<Record<string, unknown>>;
}

export const ok = (name: string, text: string): Finding => ({ name, state: 'ok', text });
export const note = (name: string, text: string): Finding => ({ name, state: 'note', text });

/** What a look at something gives, or why it failed. */
export async function look(name: string, at: () => Promise<Finding>): Promise<Finding> {
  try {
    return await at();
  } catch (error) {
    const { code, message } = describeError(error);
    return { name, state: 'broken', text: `${code}: ${message}` };
  }
}
