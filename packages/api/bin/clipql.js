#!/usr/bin/env node
// Plain JavaScript, so that an old Node gets as far as saying what is wrong.
const NEEDED = 24;

const fail = (message) => {
  process.stderr.write(`clipql: ${message}\n`);
  process.exitCode = 1;
};

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  fail(
    `expected Node ${NEEDED} or later, got ${process.versions.node}: ` +
      '`npm start` and `pnpm clipql` run the one that this repository pins',
  );
} else {
  import('../dist/main.js').then(
    ({ main }) => main(process.argv),
    (error) =>
      fail(
        error.code === 'ERR_MODULE_NOT_FOUND'
          ? `expected a build: \`npm start\` makes one (${error.message.split('\n')[0]})`
          : `cannot start: ${error.message.split('\n')[0]}`,
      ),
  );
}
