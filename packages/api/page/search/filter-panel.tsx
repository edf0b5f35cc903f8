import { useId, useState } from 'preact/hooks';
import { TEXTS } from '../texts.ts';
import {
  type Condition,
  type Field,
  type FieldType,
  OPERATORS_OF,
  type Operator,
  typedValue,
} from './condition.ts';

const SEARCH = TEXTS.search;

interface FilterPanelProps {
  readonly fields: readonly Field[];
  readonly conditions: readonly Condition[];
  readonly onConditions: (conditions: readonly Condition[]) => void;
}

/** Conditions on the metadata: an item has to meet all of them. */
export function FilterPanel({ fields, conditions, onConditions }: FilterPanelProps) {
  const title = conditions.length === 0 ? SEARCH.filters : SEARCH.filterCount(conditions.length);
  const typeOf = (name: string): FieldType =>
    fields.find((field) => field.name === name)?.type ?? 'TEXT';
  return (
    <details class="panel" open={conditions.length > 0}>
      <summary>{title}</summary>
      {conditions.length > 0 && (
        <ul class="chips" aria-label={SEARCH.filters}>
          {conditions.map((condition, i) => {
            const text = conditionText(condition, typeOf(condition.field));
            return (
              <li key={text}>
                <button
                  type="button"
                  class="chip"
                  aria-label={SEARCH.removeFilter(text)}
                  onClick={() => onConditions(conditions.toSpliced(i, 1))}
                >
                  <bdi>{text}</bdi>
                  <span aria-hidden="true">×</span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
      {fields.length === 0 ? (
        <p class="quiet">{SEARCH.noFields}</p>
      ) : (
        <NewCondition
          fields={fields}
          onCondition={(condition) => onConditions([...conditions, condition])}
        />
      )}
    </details>
  );
}

interface NewConditionProps {
  readonly fields: readonly Field[];
  readonly onCondition: (condition: Condition) => void;
}

function NewCondition({ fields, onCondition }: NewConditionProps) {
  const id = useId();
  const [name, setName] = useState('');
  const [wanted, setWanted] = useState<Operator>();
  const [text, setText] = useState('');
  const field = fields.find((one) => one.name === name) ?? fields[0]!;
  const operators = OPERATORS_OF[field.type];
  const operator = wanted !== undefined && operators.includes(wanted) ? wanted : operators[0]!;
  const isSwitch = operator === 'exists' || field.type === 'BOOLEAN';
  const value = isSwitch ? text !== 'false' : typedValue(field.type, text);
  const submit = (event: Event) => {
    event.preventDefault();
    if (value === undefined) return;
    onCondition({ field: field.name, operator, value });
    setText('');
  };
  return (
    <form class="new-condition" onSubmit={submit}>
      <label class="field">
        <span>{SEARCH.field}</span>
        <select
          value={field.name}
          onChange={(event) => {
            setName(event.currentTarget.value);
            setText('');
          }}
        >
          {fields.map((one) => (
            <option key={one.name} value={one.name}>
              {one.name.slice(0, 100)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{SEARCH.operator}</span>
        <select
          value={operator}
          onChange={(event) => setWanted(event.currentTarget.value as Operator)}
        >
          {operators.map((one) => (
            <option key={one} value={one}>
              {operatorText(one, field.type)}
            </option>
          ))}
        </select>
      </label>
      <div class="field">
        <label for={id}>{SEARCH.value}</label>
        {isSwitch ? (
          <select
            id={id}
            value={String(value)}
            onChange={(event) => setText(event.currentTarget.value)}
          >
            <option value="true">{SEARCH.yes}</option>
            <option value="false">{SEARCH.no}</option>
          </select>
        ) : (
          <ValueInput id={id} type={field.type} text={text} onText={setText} />
        )}
      </div>
      <button type="submit">{SEARCH.addFilter}</button>
    </form>
  );
}

interface ValueInputProps {
  readonly id: string;
  readonly type: FieldType;
  readonly text: string;
  readonly onText: (text: string) => void;
}

function ValueInput({ id, type, text, onText }: ValueInputProps) {
  const common = {
    id,
    required: true,
    value: text,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) =>
      onText(event.currentTarget.value),
  };
  if (type === 'NUMBER') return <input type="number" step="any" {...common} />;
  if (type === 'DATE') return <input type="date" {...common} />;
  return <input type="text" dir="auto" {...common} />;
}

function operatorText(operator: Operator, type: FieldType): string {
  const isDate = type === 'DATE' && (operator === 'gte' || operator === 'lte');
  return isDate ? SEARCH.dates[operator] : SEARCH.operators[operator];
}

/** `year: at least 1880` */
const conditionText = ({ field, operator, value }: Condition, type: FieldType): string => {
  const shown = typeof value === 'boolean' ? (value ? SEARCH.yes : SEARCH.no) : String(value);
  return `${field} ${operatorText(operator, type)} ${shown}`.slice(0, 200);
};
