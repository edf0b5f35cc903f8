// `npm start`: sets up what serving needs, then runs `clipql serve` with the flags it was given.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

const node = setUp('serve');
const command = join(root, 'packages', 'api', 'bin', 'clipql.js');
const server = spawn(node, [command, 'serve', ...process.argv.slice(2)], { stdio: 'inherit' });

// A signal to npm reaches this process alone; one from the terminal reaches the server as well,
// which takes the second as the first.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 0);
});
