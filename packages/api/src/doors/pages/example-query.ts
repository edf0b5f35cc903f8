import { EXAMPLES_PATH } from '../../images/example-images.ts';
import { EXAMPLE_LABELS, type Example } from '../../images/examples.ts';

/** A query that classifies an example with the labels of all examples. */
export function exampleQuery({ file }: Example): string {
  return `# Which of these labels fits this photo?
# Try others, another photo of ${EXAMPLES_PATH},
# or the URL of one of your own.
query Classify {
  classify(
    imageUrl: "${EXAMPLES_PATH}${file}"
    labels: [
${EXAMPLE_LABELS.map((label) => `      ${JSON.stringify(label)}`).join('\n')}
    ]
  ) {
    label
    scores {
      label
      probability
      cosine
    }
    timing {
      total
    }
    model {
      name
    }
  }
}
`;
}
