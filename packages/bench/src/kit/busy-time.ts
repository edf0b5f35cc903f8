import { cpus } from 'node:os';

/** Milliseconds for which the machine's processors have been at work, all together, since it was started. */
export const busyTime = (): number =>
  cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
