/** A server that draws pictures until it is killed: its data folder. Its drawing gives way to no other tests. */
import { listen } from '../../doors/listener/server.ts';
import { parseSettings } from '../../settings/settings.ts';
import { startApi } from '../../testing/api.ts';

const [data] = process.argv.slice(2);
const settings = { ...parseSettings({}, {}), pictures: true, data, port: 0 };
const { yoga, drawn } = await startApi({ settings });
drawn.run();
const fail = (_id: string, error: unknown) => {
  throw error;
};
const { url } = await listen(yoga, settings, { request: () => {}, unexpected: fail });
process.send!(url);
