// Docker's health check: exit code 0 while the server in this container answers.
const port = process.env.SAGEMAKER_BIND_TO_PORT || process.env.CLIPQL_PORT;

fetch(`http://127.0.0.1:${port}/healthz`).then(
  ({ ok }) => process.exit(ok ? 0 : 1),
  () => process.exit(1),
);
