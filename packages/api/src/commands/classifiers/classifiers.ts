import { createHash } from 'node:crypto';
import { DEFAULT_TEMPLATES } from '@clipql/core';
import type { Command } from 'commander';
import { removeExamples } from '../../answers/teach/teach.ts';
import { counted } from '../../errors/counted.ts';
import { readImageFile } from '../../images/image-file.ts';
import { MAX_CLASS_PICTURES } from '../../limits/classifiers.ts';
import { MAX_OWN_IMAGE_BYTES } from '../../limits/images.ts';
import type { Flags } from '../../settings/settings.ts';
import { addDataFlag, addStoreFlags } from '../collections/flags.ts';
import { withLocalStore } from '../collections/local-store.ts';
import { collect } from '../flags.ts';
import { addList } from '../list-command.ts';
import { reportError, warn } from '../report.ts';
import { textTable } from '../text-table.ts';
import { addClassFlags, type ClassFlags, classFiles, nothingGiven } from './class-flags.ts';
import { classifierCells, classifierJson, classifierTable, HEADINGS } from './classifier-text.ts';
import { addLocally, createLocally, localClassifiers } from './teach-locally.ts';
import { type TeachingFlags, teachingOf } from './teaching-flags.ts';

interface ListFlags extends Flags {
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  $ clipql classifiers create animals
  $ clipql classifiers create animals --text "kid=young goat" --without-text other
  $ clipql classifiers create --name pets --class cat=photos/cats --class dog=rex.jpg --text "fish=goldfish"
  $ clipql classifiers add animals --class sheep=flock.jpg
  $ clipql classifiers remove animals flock.jpg
  $ clipql classify photo.jpg --classifier animals

In a folder with a folder for each class, the folders' names are the labels. A class is known by its pictures, at
most ${MAX_CLASS_PICTURES}, and by its label, with spaces for underscores, unless --text says it better or --without-text
leaves it out. A class that only --text names has no pictures. A picture is known again by what is in its file, whatever it is called.`;

/** `clipql classifiers` */
export function addClassifiers(program: Command): void {
  const classifiers = program
    .command('classifiers')
    .description('Teach your own classes with a few pictures of each.')
    .addHelpText('after', EXAMPLES);
  const list = addList(classifiers, 'List classifiers.');
  addDataFlag(list.option('--json', 'write an array of objects')).action(listClassifiers);
  const create = classifiers.command('create').description('Make a classifier.');
  addClassFlags(create)
    .option('--name <name>', 'its name; default: the folder’s')
    .option('--text <label=text>', 'text for a class, instead of its label (repeatable)', collect)
    .option('--without-text <label>', 'class of pictures alone (repeatable)', collect)
    .option(
      '--templates <text>',
      `sentence with {} for the text (repeatable; default: "${DEFAULT_TEMPLATES[0]}")`,
      collect,
    )
    .option('--keep-images', 'keep the image files too, beside their embeddings')
    .option('--replace', 'replace another classifier of this name');
  addStoreFlags(create).action(createClassifier);
  const add = classifiers.command('add').description('Add pictures, and train it again.');
  addStoreFlags(addClassFlags(add.argument('<name>'))).action(addPictures);
  const remove = classifiers.command('remove').description('Remove pictures, and train it again.');
  addDataFlag(
    remove.argument('<name>').argument('<image...>', 'files, or SHA-256 of files in hexadecimal'),
  ).action(removePictures);
  const show = classifiers.command('show').description('Show its classes and pictures.');
  addDataFlag(show.argument('<name>').option('--json', 'write an object')).action(showClassifier);
  const drop = classifiers.command('delete').description('Delete classifiers.');
  addDataFlag(drop.argument('<name...>')).action(deleteClassifiers);
}

const listClassifiers = (flags: ListFlags): Promise<void> =>
  withLocalStore(flags, async (store) => {
    const all = await localClassifiers(store).list();
    process.stdout.write(
      flags.json
        ? `${JSON.stringify(
            all.map((one) => classifierJson(one)),
            null,
            2,
          )}\n`
        : textTable([HEADINGS, ...all.map(classifierCells)]),
    );
  });

async function createClassifier(folder: string | undefined, flags: TeachingFlags): Promise<void> {
  const teaching = teachingOf(folder, flags, await classFiles(folder, flags));
  await withLocalStore(flags, (store) => createLocally(store, teaching));
}

async function addPictures(
  name: string,
  folder: string | undefined,
  flags: Flags & ClassFlags,
): Promise<void> {
  const files = await classFiles(folder, flags);
  if (files.size === 0) throw nothingGiven();
  await withLocalStore(flags, async (store) =>
    addLocally(store, await localClassifiers(store).find(name), files),
  );
}

const removePictures = (name: string, images: readonly string[], flags: Flags): Promise<void> =>
  withLocalStore(flags, async (store) => {
    const classifiers = localClassifiers(store);
    const classifier = await classifiers.find(name);
    const known = new Set((await classifiers.examples(classifier)).map((one) => one.contentHash));
    const hashes: string[] = [];
    for (const image of images) {
      try {
        const hash = await hashOf(image);
        if (known.has(hash)) hashes.push(hash);
        else warn(`${image} is no picture of ${name}`);
      } catch (error) {
        reportError(error, image);
      }
    }
    const { removed } = await removeExamples({ classifiers }, classifier, hashes);
    process.stderr.write(`clipql: ${counted(removed, 'picture')} removed from ${name}\n`);
  });

const showClassifier = (name: string, flags: ListFlags): Promise<void> =>
  withLocalStore(flags, async (store) => {
    const classifiers = localClassifiers(store);
    const classifier = await classifiers.find(name);
    const examples = await classifiers.examples(classifier);
    process.stdout.write(
      flags.json
        ? `${JSON.stringify(classifierJson(classifier, examples), null, 2)}\n`
        : classifierTable(classifier, examples),
    );
  });

const deleteClassifiers = (names: readonly string[], flags: Flags): Promise<void> =>
  withLocalStore(flags, async (store) => {
    const classifiers = localClassifiers(store);
    // All or none: a name may be mistyped.
    for (const name of names) await classifiers.find(name);
    for (const name of names) {
      await classifiers.delete(name);
      process.stderr.write(`clipql: ${name} is deleted\n`);
    }
  });

const hashOf = async (image: string): Promise<string> =>
  /^[0-9a-f]{64}$/i.test(image)
    ? image.toLowerCase()
    : createHash('sha256')
        .update(await readImageFile(image, MAX_OWN_IMAGE_BYTES))
        .digest('hex');
