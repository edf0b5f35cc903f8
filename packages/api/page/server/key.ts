/** The key for this server, kept until the tab is closed. */

const NAME = 'clipql-key';

type Ask = (sentence: string) => Promise<string | undefined>;

let ask: Ask | undefined;
let asking: Promise<string | undefined> | undefined;

export const storedKey = (): string | undefined => sessionStorage.getItem(NAME) ?? undefined;

/** Whether a key can be sent: a header takes printable ASCII, and a pasted key may have other characters in it. */
export const isSendable = (key: string): boolean => /^[ -~]+$/.test(key);

/** Says who asks the user for a key. */
export function onKeyWanted(next: Ask | undefined): void {
  ask = next;
}

/**
 * Asks the user for a key, once however many requests want it.
 *
 * @param sentence why the server wants one.
 * @param refused the key that it got; where there is another one since, nobody is asked.
 * @returns whether there is one now.
 */
export async function wantKey(sentence: string, refused: string | undefined): Promise<boolean> {
  const known = storedKey();
  if (known !== undefined && known !== refused) return true;
  asking ??= (ask?.(sentence) ?? Promise.resolve(undefined)).then((key) => {
    // In one go: what is refused a moment later has the key to send, or asks anew.
    if (key !== undefined) sessionStorage.setItem(NAME, key);
    asking = undefined;
    return key;
  });
  return (await asking) !== undefined;
}
