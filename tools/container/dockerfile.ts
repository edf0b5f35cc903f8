import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Copy, DockerfileParser } from 'dockerfile-ast';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');

export const instructions = DockerfileParser.parse(dockerfile).getInstructions();

/** What stands behind a keyword, flags left out, once for each time that it is used. */
export const argumentsOf = (keyword: string): readonly string[] =>
  instructions
    .filter((instruction) => instruction.getKeyword() === keyword)
    .map((instruction) => instruction.getArgumentsContent() ?? '');

/** The commands that images start with, program first: that of `serve`, that of `sagemaker`. */
export const entryPoints: readonly (readonly string[])[] = argumentsOf('ENTRYPOINT').map((text) =>
  JSON.parse(text),
);

/** The command of the health check. */
export const healthcheck: readonly string[] = JSON.parse(
  argumentsOf('HEALTHCHECK')[0]!.replace(/^CMD\s+/, ''),
);

/** The stage that a COPY takes from; undefined for the repository. */
export const stageOf = (copy: Copy): string | undefined =>
  copy
    .getFlags()
    .find((flag) => flag.getName() === 'from')
    ?.getValue() ?? undefined;
