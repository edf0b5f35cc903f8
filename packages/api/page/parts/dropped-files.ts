/** Of files that lay in a dropped folder, which do not know it. */
const paths = new WeakMap<File, string>();

/** A file’s path from the folder that was chosen or dropped; its name where it came by itself. */
export const pathOf = (file: File): string =>
  paths.get(file) ?? (file.webkitRelativePath || file.name);

/** Whether the browser takes a file for a picture. */
export const isPicture = ({ type }: File): boolean => type.startsWith('image/');

/** Of several, the one to take where one is asked for. If none is a picture, the server says so of the first. */
export const firstPicture = (files: readonly File[]): File | undefined =>
  files.find(isPicture) ?? files[0];

/** Whether a file came with its folder. */
export const isOfFolder = (file: File): boolean => pathOf(file) !== file.name;

/**
 * The files of a drop, with all that is in its folders. To be called before the event has ended, which takes the
 * folders with it.
 *
 * @returns undefined where there is no folder among them.
 */
export function filesOfFolders(data: DataTransfer | null): Promise<readonly File[]> | undefined {
  const entries = [...(data?.items ?? [])].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return entries.some(({ isDirectory }) => isDirectory) ? filesIn(entries) : undefined;
}

/** One after another, since a folder can have thousands. What cannot be read is left out. */
async function filesIn(entries: readonly FileSystemEntry[]): Promise<readonly File[]> {
  const files: File[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const found = await (isFolder(entry) ? contentOf(entry) : fileAt(entry)).catch(() => []);
    for (const file of found) files.push(file);
  }
  return files;
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

async function fileAt(entry: FileSystemEntry): Promise<readonly File[]> {
  const file = await new Promise<File>((resolve, reject) =>
    (entry as FileSystemFileEntry).file(resolve, reject),
  );
  paths.set(file, entry.fullPath.replace(/^\//, ''));
  return [file];
}

async function contentOf(folder: FileSystemDirectoryEntry): Promise<readonly File[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    // It gives a hundred at a time, and none at its end.
    const some = await new Promise<readonly FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return filesIn(entries);
    entries.push(...some);
  }
}
