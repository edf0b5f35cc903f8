/** The bytes that a text holds in base64, white space left out; undefined for anything else. */
export function decodeBase64(text: string): Buffer | undefined {
  const digits = text.replace(/[\t\n\f\r ]+/g, '');
  const isValid =
    /^[A-Za-z0-9+/]*={0,2}$/.test(digits) && digits.replace(/=+$/, '').length % 4 !== 1;
  return isValid ? Buffer.from(digits, 'base64') : undefined;
}
