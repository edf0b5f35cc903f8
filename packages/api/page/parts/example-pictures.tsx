import { EXAMPLES } from '../../src/images/examples.ts';
import { TEXTS } from '../texts.ts';

/** Small ones, by their paths from here: tools/small-examples.ts makes them. */
const SMALL = import.meta.glob<string>('../examples/*.jpg', {
  eager: true,
  query: '?url',
  import: 'default',
});

interface ExamplePicturesProps {
  readonly onUrl: (url: string) => void;
}

/** The server’s own pictures, one click away. A photograph is loaded when it is used. */
export function ExamplePictures({ onUrl }: ExamplePicturesProps) {
  return (
    <div class="examples">
      <p>{TEXTS.pictures.examples}</p>
      <ul>
        {EXAMPLES.map(({ file, shows }) => (
          <li key={file}>
            <button
              type="button"
              aria-label={TEXTS.pictures.exampleOf(shows)}
              onClick={() => onUrl(`/examples/${file}`)}
            >
              <img src={SMALL[`../examples/${file}`]} alt="" loading="lazy" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
