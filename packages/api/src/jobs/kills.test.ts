import { test } from 'vitest';
import { expectNothingLost } from './testing/killed-runs.ts';
import { slowAndFailing, startPictureHost } from './testing/picture-host.ts';

test('a job whose process is killed ends as one that is left alone', async () => {
  const host = await startPictureHost(slowAndFailing);
  await expectNothingLost(host, { pictures: 60, kills: 1 });
  await host.close();
});
