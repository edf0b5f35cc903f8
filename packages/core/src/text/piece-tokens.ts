import type { TextCleaning } from '../config/text-options.ts';
import { cleanText } from './clean/clean-text.ts';
import type { Tokenize } from './clip-words.ts';
import { type AddedToken, type Piece, splitAt } from './definition/added-tokens.ts';
import { readNormalizer } from './definition/normalizer.ts';
import type { PreTokenize } from './definition/pre-tokenizer.ts';
import type { TokenModel } from './models/token-model.ts';

/** How sentencepiece writes a space. */
const SPACE_MARK = '▁';

const OPEN_CLIP: ReadonlySet<TextCleaning> = new Set(['openai', 'whitespace', 'canonicalize']);

/**
 * Tokens as Hugging Face's tokenizers makes them: added tokens first, then the words of what is between them,
 * once that is normalized.
 *
 * open_clip cleans the whole text; transformers cleans what is between the added tokens.
 *
 * @param preTokenize splits into words, of which each is one for the model.
 */
export function pieceTokens(
  normalizer: unknown,
  preTokenize: PreTokenize,
  added: readonly AddedToken[],
  cleaning: TextCleaning,
  model: TokenModel,
): Tokenize {
  const normalize = readNormalizer(normalizer);
  const splitRaw = splitAt(added.filter(({ isNormalized }) => !isNormalized));
  const splitNormalized = splitAt(
    added
      .filter(({ isNormalized }) => isNormalized)
      .map((token) => ({ ...token, content: normalize(token.content) })),
  );
  const isWhole = OPEN_CLIP.has(cleaning);

  const piecesOf = (text: string): readonly Piece[] => {
    if (cleaning === 'siglip') return siglipPieces(splitRaw, text);
    return splitRaw(isWhole ? cleanText(text, cleaning) : text).flatMap((piece) => {
      if (typeof piece !== 'string') return [piece];
      return splitNormalized(normalize(isWhole ? piece : cleanText(piece, cleaning)));
    });
  };
  const wordsOf: PreTokenize = cleaning === 'siglip' ? markedWords(normalize) : preTokenize;

  return (text, room) => {
    const ids: number[] = [];
    for (const [i, piece] of piecesOf(text).entries()) {
      if (typeof piece !== 'string') ids.push(piece.id);
      else if (piece !== '') for (const word of wordsOf(piece, i === 0)) model.encode(word, ids);
      if (ids.length > room) break;
    }
    return ids;
  };
}

/** `SiglipTokenizer` puts a mark before the text, whatever it begins with. */
const siglipPieces = (split: (text: string) => readonly Piece[], text: string): readonly Piece[] =>
  split(SPACE_MARK + text.replaceAll(SPACE_MARK, ' ')).map((piece) =>
    typeof piece === 'string' ? cleanText(piece, 'siglip') : piece,
  );

/** Words that begin with their marks, as sentencepiece makes them: marks at the end are none. */
const markedWords =
  (normalize: (text: string) => string): PreTokenize =>
  (text) => {
    const marked = normalize(text).replaceAll(' ', SPACE_MARK);
    let end = marked.length;
    while (marked[end - 1] === SPACE_MARK) end--;
    return end === 0 ? [] : marked.slice(0, end).split(/(?=▁)/);
  };
