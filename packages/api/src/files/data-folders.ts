/** Folders in a data folder, for what is not in its database. */
export const LABEL_SETS_FOLDER = 'label-sets';
export const PICTURES_FOLDER = 'pictures';
