import { EXAMPLES } from '../../src/images/examples.ts';
import { TEXTS } from '../texts.ts';

interface ExamplePicturesProps {
  readonly onUrl: (url: string) => void;
}

/** The server’s own pictures, one click away. */
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
              <img src={`examples/${file}`} alt="" loading="lazy" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
