import type { FewShotMethod, FewShotRow } from '../kit/reports/few-shot-report.ts';

/** What one draw of pictures gives, or several on average. */
export type Measured = Omit<FewShotRow, 'set' | 'labels' | 'images' | 'shots' | 'zeroShot'>;

/** The mean, each counting the same. */
export function meanOf(measured: readonly Measured[]): Measured {
  const mean = (of: (one: Measured) => number) =>
    measured.reduce((sum, one) => sum + of(one), 0) / measured.length;
  const accuracy = (method: FewShotMethod) =>
    measured[0]!.accuracy[method] === null ? null : mean((one) => one.accuracy[method]!);
  return {
    accuracy: {
      probe: accuracy('probe'),
      classMean: accuracy('classMean'),
      logisticRegression: accuracy('logisticRegression'),
      published: accuracy('published'),
    },
    ece: { before: mean(({ ece }) => ece.before), after: mean(({ ece }) => ece.after) },
    temperature: mean(({ temperature }) => temperature),
    trainingSeconds: mean(({ trainingSeconds }) => trainingSeconds),
  };
}
