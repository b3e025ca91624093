// GraphQL: a query with its variables, the answer beside it, the schema to read and to search. Subscriptions go on until they
// are stopped.
import { useEffect, useRef, useState } from "preact/hooks";
import { getText } from "../lib/api";
import { askGraphql, subscribe, type GraphqlAnswer } from "../lib/graphql";
import { EXAMPLES } from "./examples";
import { namedType, typesOf, type SchemaType } from "./sdl";

const KEPT = 20; // messages of a subscription that are shown

function Schema({ types }: { types: readonly SchemaType[] }) {
  const [sought, setSought] = useState("");
  const names = new Set(types.map((type) => type.name));
  const wanted = sought.trim().toLowerCase();
  const matches = (type: SchemaType): boolean =>
    wanted === "" ||
    type.name.toLowerCase().includes(wanted) ||
    type.fields.some((field) => `${field.name} ${field.about}`.toLowerCase().includes(wanted));
  const link = (type: string) => {
    const name = namedType(type);
    return names.has(name) ? <a href={`#type-${name}`}>{type}</a> : type;
  };
  return (
    <section class="schema" aria-labelledby="schema-title">
      <h2 id="schema-title">Schema</h2>
      <input
        type="search"
        aria-label="Search the schema"
        placeholder="Search types and fields"
        value={sought}
        onInput={(event) => setSought(event.currentTarget.value)}
      />
      <div class="scroll" tabIndex={0} role="group" aria-labelledby="schema-title">
        {types.filter(matches).map((type) => (
          <section key={type.name} id={`type-${type.name}`}>
            <h3>
              <small>{type.kind}</small> {type.name}
            </h3>
            {type.about !== "" && <p class="hint">{type.about}</p>}
            <ul>
              {type.fields.map((field) => (
                <li key={field.name} title={field.about}>
                  <code>
                    {field.name}
                    <span class="faint">{field.args}</span>
                    {field.type !== "" && <>: {link(field.type)}</>}
                  </code>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </section>
  );
}

function isSubscription(query: string): boolean {
  return /^\s*(#[^\n]*\n\s*)*subscription\b/.test(query);
}

export function Explorer() {
  const [types, setTypes] = useState<SchemaType[]>([]);
  const [query, setQuery] = useState(EXAMPLES[0]!.query);
  const [variables, setVariables] = useState("");
  const [answers, setAnswers] = useState<GraphqlAnswer[]>([]);
  const [wrong, setWrong] = useState<string | null>(null);
  const [running, setRunning] = useState(false);
  const stop = useRef<(() => void) | null>(null);
  useEffect(() => {
    getText("/graphql/schema").then(
      (text) => setTypes(typesOf(text)),
      (error: Error) => setWrong(error.message),
    );
    return () => stop.current?.();
  }, []);

  const run = async (): Promise<void> => {
    stop.current?.();
    setWrong(null);
    let given: unknown;
    try {
      given = variables.trim() === "" ? undefined : JSON.parse(variables);
    } catch (error) {
      return setWrong(`Variables: ${(error as Error).message}`);
    }
    setRunning(true);
    setAnswers([]);
    if (isSubscription(query)) {
      stop.current = subscribe(query, given, {
        next: (answer) => setAnswers((before) => [answer, ...before].slice(0, KEPT)),
        end: (why) => {
          stop.current = null;
          setRunning(false);
          setWrong(why);
        },
      });
      return;
    }
    try {
      setAnswers([await askGraphql(query, given)]);
    } catch (error) {
      setWrong(`No answer: ${(error as Error).message}`);
    }
    setRunning(false);
  };

  const submit = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void run();
  };
  return (
    <div class="explorer">
      <section class="editor" aria-labelledby="query-title">
        <header>
          <h2 id="query-title">Query</h2>
          <label class="field">
            Example
            <select onChange={(event) => setQuery(EXAMPLES[Number(event.currentTarget.value)]!.query)}>
              {EXAMPLES.map(({ name }, i) => (
                <option key={name} value={i}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          {stop.current !== null && running ? (
            <button type="button" onClick={() => stop.current?.()}>
              Stop
            </button>
          ) : (
            <button type="button" class="primary" aria-keyshortcuts="Control+Enter" disabled={running} onClick={() => void run()}>
              Run
            </button>
          )}
        </header>
        <textarea
          aria-labelledby="query-title"
          spellcheck={false}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={submit}
        />
        <label class="variables">
          Variables, as JSON
          <textarea
            rows={3}
            spellcheck={false}
            value={variables}
            placeholder="{}"
            onInput={(event) => setVariables(event.currentTarget.value)}
            onKeyDown={submit}
          />
        </label>
      </section>
      <section class="result" aria-labelledby="result-title">
        <h2 id="result-title">Answer</h2>
        {wrong !== null && (
          <p class="error" role="alert">
            {wrong}
          </p>
        )}
        <pre class="answer" tabIndex={0} aria-labelledby="result-title">
          {answers.map((answer) => JSON.stringify(answer, null, 2)).join("\n\n")}
        </pre>
      </section>
      <Schema types={types} />
    </div>
  );
}
