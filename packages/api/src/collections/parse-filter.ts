import { grouped } from '../errors/grouped.ts';
import { shownValue } from '../errors/one-line.ts';
import { badFilter } from './check-filter.ts';
import type { FieldType } from './collection.ts';
import type { FieldFilter, Filter } from './filter.ts';
import { lexFilter, type Token } from './filter-tokens.ts';

type Fields = ReadonlyMap<string, FieldType>;

const OPERATORS: ReadonlyMap<string, Exclude<FieldFilter['op'], 'in' | 'exists'>> = new Map([
  ['=', 'eq'],
  ['==', 'eq'],
  ['!=', 'ne'],
  ['<', 'lt'],
  ['<=', 'lte'],
  ['>', 'gt'],
  ['>=', 'gte'],
  ['contains', 'contains'],
]);

const EXPECTED_OPERATOR = 'one of = != < <= > >= in contains exists';

/** Parentheses and `not` go so deep before the filter's own limit is checked. */
const MAX_DEPTH = 32;

/**
 * Reads a filter as the command line has it. From the weakest to the strongest: `or`, `and`, `not`,
 * parentheses. A condition is `year > 2019`, `place contains "Oslo"`, `camera in (X100V, "GR III")`,
 * `taken >= 2024-05`, `rating exists`. Fields and texts of one word need no quotes unless the word is one of
 * the language's; in quotes, `\` takes the next character as it is.
 *
 * @param fields say whether a word without quotes is a text: `code = 007` is one for a TEXT.
 * @throws ApiError BAD_FILTER, which says where it stops making sense.
 */
export function parseFilter(text: string, fields: Fields): Filter {
  return new Parser(text, fields).parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #fields: Fields;
  readonly #end: number;
  #at = 0;

  constructor(text: string, fields: Fields) {
    this.#tokens = lexFilter(text);
    this.#fields = fields;
    this.#end = text.length;
  }

  parse(): Filter {
    const filter = this.#or(0);
    if (this.#at < this.#tokens.length) throw this.#expected('and, or, or the end');
    return filter;
  }

  #or(depth: number): Filter {
    const parts = this.#list('or', () => this.#and(depth));
    return parts.length === 1 ? parts[0]! : { or: parts };
  }

  #and(depth: number): Filter {
    const parts = this.#list('and', () => this.#not(depth));
    return parts.length === 1 ? parts[0]! : { and: parts };
  }

  #list(word: string, part: () => Filter): readonly Filter[] {
    const parts = [part()];
    while (this.#take(word)) parts.push(part());
    return parts;
  }

  #not(depth: number): Filter {
    if (depth > MAX_DEPTH) throw badFilter(`expected at most ${MAX_DEPTH} levels, got more`);
    if (this.#take('not')) return { not: this.#not(depth + 1) };
    if (!this.#take('(')) return this.#condition();
    const filter = this.#or(depth + 1);
    if (!this.#take(')')) throw this.#expected(')');
    return filter;
  }

  #condition(): Filter {
    const field = this.#word('a field');
    if (this.#take('exists')) return { field, op: 'exists', value: true };
    if (this.#take('in')) return { field, op: 'in', value: this.#choices(field) };
    const operator = this.#tokens[this.#at];
    const op = operator?.isQuoted === false && OPERATORS.get(operator.text.toLowerCase());
    if (!op) throw this.#expected(EXPECTED_OPERATOR);
    this.#at += 1;
    return { field, op, value: this.#value(field) };
  }

  #choices(field: string): readonly (string | number | boolean)[] {
    if (!this.#take('(')) throw this.#expected('( after in');
    const values = [this.#value(field)];
    while (this.#take(',')) values.push(this.#value(field));
    if (!this.#take(')')) throw this.#expected(', or )');
    return values;
  }

  #value(field: string): string | number | boolean {
    const token = this.#tokens[this.#at];
    const text = this.#word('a value');
    const type = this.#fields.get(field);
    if (token!.isQuoted || type === 'TEXT' || type === 'TEXTS' || type === 'DATE') return text;
    if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
    const number = Number(text);
    return Number.isNaN(number) ? text : number;
  }

  /** Anything in quotes, or a word that means nothing else. */
  #word(what: string): string {
    const token = this.#tokens[this.#at];
    if (token === undefined || (!token.isQuoted && token.isReserved)) throw this.#expected(what);
    this.#at += 1;
    return token.text;
  }

  #take(text: string): boolean {
    const token = this.#tokens[this.#at];
    const isIt = token?.isQuoted === false && token.text.toLowerCase() === text;
    if (isIt) this.#at += 1;
    return isIt;
  }

  #expected(what: string): Error {
    const token = this.#tokens[this.#at];
    const got = token === undefined ? 'the end' : shownValue(token.text);
    const at = (token?.at ?? this.#end) + 1;
    return badFilter(`expected ${what} at character ${grouped(at)}, got ${got}`);
  }
}
