/** What the server says, with what it has between backticks as code. */
export const WithCode = ({ text }: { readonly text: string }) => (
  <>
    {text.split(/`([^`]+)`/).map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part))}
  </>
);
