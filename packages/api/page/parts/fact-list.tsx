interface FactListProps {
  /** Names and values; those without a value are left out. */
  readonly facts: readonly (readonly [string, string | undefined])[];
}

/** What is known of something, a line each. */
export function FactList({ facts }: FactListProps) {
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
    </dl>
  );
}
