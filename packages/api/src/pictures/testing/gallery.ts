import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { Settings } from '../../settings/settings.ts';
import { type Answer, startApi, type TestApi } from '../../testing/api.ts';

/** Long enough for any machine; a test that passes does not wait for it. */
export const LONG = { timeout: 180_000, interval: 20 };

/** The smallest picture of the fewest steps. */
export const SMALL = { quality: 'DRAFT', size: 64 };

const PICTURE = `id state prompts { text weight } negativePrompts { text weight } quality size seed models steps stepsDone
  loss score secondsLeft imageUrl createdAt error { code message }`;

/** What {@link PICTURE} asks for. */
export interface SeenPicture {
  readonly id: string;
  readonly state: string;
  readonly steps: number;
  readonly stepsDone: number;
  readonly loss: number | null;
  readonly score: number | null;
  readonly secondsLeft: number | null;
  readonly imageUrl: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** A payload of a mutation. */
interface Payload {
  readonly picture: SeenPicture;
  readonly errors: readonly { readonly code: string; readonly message: string }[];
}

/** A server that draws, in a data folder of its own, and what a client does with it. */
export class Gallery {
  readonly folder: string;
  readonly #settings: Partial<Settings>;
  #api: TestApi | undefined;

  constructor(folder: string, settings: Partial<Settings>) {
    this.folder = folder;
    this.#settings = settings;
  }

  get api(): TestApi {
    return this.#api!;
  }

  /** Opens the folder, as a server does when it starts. */
  async open({ runs = true, served }: { runs?: boolean; served?: string[] } = {}): Promise<void> {
    const settings = { pictures: true, data: this.folder, ...this.#settings };
    this.#api = await startApi({ settings, ...(served && { served }) });
    if (runs) this.api.drawn.run();
  }

  async close(): Promise<void> {
    await this.#api?.close();
    this.#api = undefined;
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.folder, { recursive: true });
  }

  query(query: string, variables: object = {}): Promise<Answer> {
    return this.api.query(query, variables);
  }

  async asks(input: object): Promise<Payload> {
    const query = `mutation ($input: StartPictureInput!) { startPicture(input: $input) { picture { ${PICTURE} } errors { code message } } }`;
    const { data, errors } = await this.query(query, { input: { ...SMALL, ...input } });
    return (
      data?.startPicture ?? {
        errors: errors.map(({ message, extensions }) => ({ code: extensions.code, message })),
      }
    );
  }

  async start(text: string, input: object = {}): Promise<SeenPicture> {
    const { picture, errors } = await this.asks({ prompts: [{ text }], ...input });
    if (errors.length > 0) throw new Error(errors[0]!.message);
    return picture;
  }

  async change(
    name: 'pausePicture' | 'resumePicture' | 'cancelPicture' | 'deletePicture',
    { id }: Pick<SeenPicture, 'id'>,
  ): Promise<Payload> {
    const query = `mutation ($id: ID!) { ${name}(input: { id: $id }) { picture { ${PICTURE} } errors { code message } } }`;
    const { data, errors } = await this.query(query, { id });
    return data?.[name] ?? { errors: errors.map(({ extensions }) => extensions) };
  }

  async see({ id }: Pick<SeenPicture, 'id'>): Promise<SeenPicture> {
    const { data } = await this.query(`query ($id: ID!) { picture(id: $id) { ${PICTURE} } }`, {
      id,
    });
    return data.picture;
  }

  /** Waits for what a picture becomes. */
  until(
    picture: Pick<SeenPicture, 'id'>,
    isSo: (seen: SeenPicture) => boolean,
  ): Promise<SeenPicture> {
    return vi.waitFor(async () => {
      const seen = await this.see(picture);
      if (!isSo(seen)) throw new Error(`still ${JSON.stringify(seen)}`);
      return seen;
    }, LONG);
  }

  /** The states of a picture as a subscription gives them, to the last. @param onState told each as it comes. */
  async states(
    { id }: Pick<SeenPicture, 'id'>,
    onState: (seen: SeenPicture) => void = () => {},
  ): Promise<readonly SeenPicture[]> {
    const response = await this.api.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({
        query:
          'subscription ($id: ID!) { picture(id: $id) { state stepsDone loss score secondsLeft imageUrl } }',
        variables: { id },
      }),
    });
    const seen: SeenPicture[] = [];
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const [, json] = /^data: (.+)$/m.exec(text.slice(0, end)) ?? [];
        text = text.slice(end + 2);
        if (json === undefined || json === '') continue;
        seen.push(JSON.parse(json).data.picture);
        onState(seen.at(-1)!);
      }
    }
    return seen;
  }

  /** The bytes at its `imageUrl`. */
  async image({ imageUrl }: Pick<SeenPicture, 'imageUrl'>): Promise<Buffer> {
    const response = await this.api.fetch(imageUrl!);
    if (response.status !== 200) throw new Error(`expected 200, got ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  }
}

export async function newGallery(settings: Partial<Settings> = {}): Promise<Gallery> {
  return new Gallery(await mkdtemp(join(tmpdir(), 'clipql-pictures-')), settings);
}
