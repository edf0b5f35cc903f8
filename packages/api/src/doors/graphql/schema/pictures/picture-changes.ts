import type { Context } from '../../../../answers/context.ts';
import { MAX_OPEN_PICTURES } from '../../../../limits/pictures.ts';
import type { Picture as Kept } from '../../../../pictures/picture.ts';
import { builder } from '../builder.ts';
import { type Change, changeBy, ERRORS } from '../change.ts';
import { Picture } from './picture.ts';
import { pictureId } from './picture-id.ts';

export const PicturePayload = builder.objectRef<Change<Kept>>('PicturePayload').implement({
  description: 'A picture, or why nothing was done.',
  fields: (t) => ({
    picture: t.expose('done', {
      type: Picture,
      nullable: true,
      description: 'The picture, as it is now; a deleted one, as it was.',
    }),
    errors: t.field(ERRORS),
  }),
});

const PictureChangeInput = builder.inputType('PictureChangeInput', {
  description: 'A picture to change.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Its `id`.' }) }),
});

type PictureChange = (context: Context, id: string) => Promise<Kept>;

const CHANGES: Readonly<Record<string, readonly [description: string, change: PictureChange]>> = {
  pausePicture: [
    'Stops a picture where it is, until `resumePicture`. The next one is drawn meanwhile.',
    async ({ pictures, owner }, id) => pictures.pause(owner, id),
  ],
  resumePicture: [
    `Lets a picture go on that is paused, or one that failed, unless its owner has ${MAX_OPEN_PICTURES} unfinished ones.`,
    async ({ pictures, owner }, id) => pictures.resume(owner, id),
  ],
  cancelPicture: [
    'Cancels a picture. Its newest image stays.',
    async ({ pictures, owner }, id) => pictures.cancel(owner, id),
  ],
  deletePicture: [
    'Deletes a picture, with its image, also while it is drawn.',
    async ({ pictures, owner }, id) => pictures.delete(owner, id),
  ],
};

for (const [name, [description, change]] of Object.entries(CHANGES)) {
  builder.mutationField(name, (t) =>
    t.field({
      type: PicturePayload,
      nullable: true,
      description,
      args: {
        input: t.arg({ type: PictureChangeInput, required: true, description: 'Which picture.' }),
      },
      price: {},
      resolve: (_root, { input: { id } }, context) =>
        changeBy(context, () => change(context, pictureId(String(id)))),
    }),
  );
}
