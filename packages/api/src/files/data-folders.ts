/** Folders in a data folder, for what is not in its database. */
export const LABEL_SETS_FOLDER = 'label-sets';
export const PICTURES_FOLDER = 'pictures';

/** The file by which a server keeps others out of a folder; what else the lock needs has a name that begins with it. */
export const LOCK_FILE = 'server.lock';
