/** What each of the GraphQL clients asks. */
export const CLASSIFY = `query Classify($imageUrl: String!, $labels: [String!]!) {
  classify(imageUrl: $imageUrl, labels: $labels) { label }
}`;
export const MODELS = '{ models { name } }';
export const CREATE = `mutation Create($input: CreateLabelSetInput!) {
  createLabelSet(input: $input) { labelSet { name } errors { message } }
}`;

const labels = ['sheep', 'boat'];
export const SHEEP = { imageUrl: '/examples/march-pastoral.jpg', labels };
export const NOTHING = { imageUrl: '/examples/nothing.jpg', labels };

/** The server's URL, and what each of OpenAI's clients embeds. */
export const [, , SERVER, ...TEXTS] = process.argv;

/** For the test, which reads one line of JSON. */
export const show = (answers) => process.stdout.write(JSON.stringify(answers));

/** The states of a job whose id is the first of `TEXTS`. */
export const FOLLOW = `subscription Follow($id: ID!) { job(id: $id) { state done failed total } }`;

/** For the test, which reads lines as they come. */
export const tell = (...event) => process.stdout.write(`${JSON.stringify(event)}\n`);
