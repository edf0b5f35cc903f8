/** What the view shows, as the address has it. */
export interface Teaching {
  /** The classifier that is open; empty for none. */
  readonly classifier: string;
  /** Of one that is to be made. */
  readonly name: string;
  readonly labels: readonly string[];
  /** The address of a picture to try it on; empty for none. */
  readonly image: string;
}

export const readTeaching = (parameters: URLSearchParams): Teaching => ({
  classifier: parameters.get('classifier') ?? '',
  name: parameters.get('name') ?? '',
  labels: [...new Set(parameters.getAll('label').filter((label) => label.trim() !== ''))],
  image: parameters.get('image') ?? '',
});

export function writeTeaching({ classifier, name, labels, image }: Teaching): URLSearchParams {
  const parameters = new URLSearchParams();
  if (classifier === '') {
    if (name !== '') parameters.set('name', name);
    for (const label of labels) parameters.append('label', label);
    return parameters;
  }
  parameters.set('classifier', classifier);
  if (image !== '' && !image.startsWith('data:')) parameters.set('image', image);
  return parameters;
}
