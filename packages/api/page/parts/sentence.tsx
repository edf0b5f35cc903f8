interface SentenceProps {
  readonly label: string;
  /** The sentence, with the label in it once. */
  readonly text: (label: string) => string;
}

/** Stands for the label while the sentence is made. */
const MARK = '{label}';

/** A sentence with a label in it, which may be written the other way round. */
export function Sentence({ label, text }: SentenceProps) {
  const [before, after] = text(MARK).split(MARK);
  return (
    <>
      {before}
      <bdi>{label}</bdi>
      {after}
    </>
  );
}
