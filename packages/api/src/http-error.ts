/** An error of HTTP rather than of GraphQL, in the form that GraphQL clients can read. */
export function httpError(status: number, code: string, message: string): Response {
  return Response.json({ errors: [{ message, extensions: { code } }] }, { status });
}
