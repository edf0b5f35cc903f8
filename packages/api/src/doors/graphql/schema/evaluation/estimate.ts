import type { Estimate as CoreEstimate } from '@clipql/core';
import { builder } from '../builder.ts';

export const Estimate = builder.objectRef<CoreEstimate>('Estimate').implement({
  description: 'A share of 1 with its 95 % confidence interval.',
  fields: (t) => ({
    value: t.exposeFloat('value', { description: 'What was measured.' }),
    low: t.exposeFloat('low', { description: 'Lower end of the interval.' }),
    high: t.exposeFloat('high', { description: 'Upper end of the interval.' }),
  }),
});
