import { ClipError } from '../../errors.ts';

/** What is wrong with a file that PyTorch is to have written. */
export function pytorchFault(problem: string, cause?: unknown): ClipError {
  return new ClipError(
    'WEIGHTS_INVALID',
    `weights are no PyTorch checkpoint that ClipQL reads: ${problem}`,
    { cause },
  );
}
