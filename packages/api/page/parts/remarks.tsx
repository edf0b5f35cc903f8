import { WithCode } from './with-code.tsx';

interface RemarksProps {
  /** In the server’s words or the page’s. */
  readonly sentences: readonly string[];
  readonly title?: string;
}

/** Sentences beside an answer. */
export function Remarks({ sentences, title }: RemarksProps) {
  if (sentences.length === 0) return null;
  return (
    <ul class="quiet" aria-label={title}>
      {sentences.map((sentence) => (
        <li key={sentence} dir="auto">
          <WithCode text={sentence} />
        </li>
      ))}
    </ul>
  );
}
