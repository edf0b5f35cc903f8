/** One-byte encodings as which UTF-8 is often misread, in the order in which they are tried. */

/** What a byte becomes in place of U+FFFD, which stands for a byte that was lost. */
const LOST = 0x1a;

export interface CodePage {
  readonly name: string;
  /** Whether bytes without a character stand for the code point of their number, and {@link LOST} for U+FFFD. */
  readonly isLenient: boolean;
  /** Of the bytes from 0x80 on; a space where a byte has no character. */
  readonly upper: string;
  /** Bytes of the characters that are not their own byte in ASCII. */
  readonly bytes: ReadonlyMap<number, number>;
}

function page(name: string, isLenient: boolean, upper: string): CodePage {
  const bytes = new Map<number, number>();
  for (let byte = 0x80; byte <= 0xff; byte++) bytes.set(characterAt(upper, byte), byte);
  if (isLenient) bytes.set(0xfffd, LOST);
  return { name, isLenient, upper, bytes };
}

/** The code point of a byte from 0x80 on; that of its number where the page has none. */
export function characterAt(upper: string, byte: number): number {
  const code = upper.charCodeAt(byte - 0x80);
  return code === 0x20 ? byte : code;
}

const LATIN_1 = page('latin-1', false, ' '.repeat(128));

// The Unicode Consortium's mappings, https://www.unicode.org/Public/MAPPINGS/.
export const CODE_PAGES: readonly CodePage[] = [
  LATIN_1,
  page(
    'windows-1252',
    true,
    '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿' +
      'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ',
  ),
  page(
    'windows-1251',
    true,
    'ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–— ™љ›њќћџ\u00a0ЎўЈ¤Ґ¦§Ё©Є«¬\u00ad®Ї°±Ііґµ¶·ё№є»јЅѕї' +
      'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя',
  ),
  page(
    'windows-1250',
    true,
    '€ ‚ „…†‡ ‰Š‹ŚŤŽŹ ‘’“”•–— ™š›śťžź\u00a0ˇ˘Ł¤Ą¦§¨©Ş«¬\u00ad®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľż' +
      'ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙',
  ),
  page(
    'windows-1253',
    true,
    '€ ‚ƒ„…†‡ ‰ ‹     ‘’“”•–— ™ ›    \u00a0΅Ά£¤¥¦§¨© «¬\u00ad®―°±²³΄µ¶·ΈΉΊ»Ό½ΎΏ' +
      'ΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡ ΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώ ',
  ),
  page(
    'windows-1254',
    true,
    '€ ‚ƒ„…†‡ˆ‰Š‹Œ    ‘’“”•–—˜™š›œ  Ÿ\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿' +
      'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖ×ØÙÚÛÜİŞßàáâãäåæçèéêëìíîïğñòóôõö÷øùúûüışÿ',
  ),
  page(
    'windows-1257',
    true,
    '€ ‚ „…†‡ ‰ ‹ ¨ˇ¸ ‘’“”•–— ™ › ¯˛ \u00a0 ¢£¤ ¦§Ø©Ŗ«¬\u00ad®Æ°±²³´µ¶·ø¹ŗ»¼½¾æ' +
      'ĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽßąįāćäåęēčéźėģķīļšńņóōõö÷ųłśūüżž˙',
  ),
  page(
    'iso-8859-2',
    false,
    '                                \u00a0Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\u00adŽŻ°ą˛ł´ľśˇ¸šşťź˝žż' +
      'ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙',
  ),
  page(
    'macroman',
    false,
    'ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø' +
      '¿¡¬√ƒ≈∆«»…\u00a0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ',
  ),
  page(
    'cp437',
    false,
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐' +
      '└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0',
  ),
];

export const WINDOWS_1252 = CODE_PAGES[1]!;

/** Room for the bytes of the text that is being encoded. */
let room = new Uint8Array(1024);
/** As many arguments as `String.fromCharCode` is given at a time. */
const CHUNK = 8192;

/** @returns undefined where the page lacks a character; each character of what is returned is a byte. */
export function encode(text: string, { bytes, isLenient }: CodePage): string | undefined {
  if (room.length < text.length) room = new Uint8Array(2 * text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const isAscii = code < 0x80 && !(isLenient && code === LOST);
    const byte = isAscii ? code : bytes.get(code);
    if (byte === undefined) return undefined;
    room[i] = byte;
  }
  let encoded = '';
  for (let start = 0; start < text.length; start += CHUNK) {
    const chunk = room.subarray(start, Math.min(start + CHUNK, text.length));
    encoded += String.fromCharCode(...chunk);
  }
  return encoded;
}
