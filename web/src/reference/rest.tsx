// All REST paths, each with a form that asks the server and shows its answer.
import { useState } from "preact/hooks";
import { addressOf, curlOf, grouped, type Operation } from "./openapi";

const SHOWN_MOST = 200_000; // characters of an answer

interface Answer {
  status: number;
  type: string;
  took_ms: number;
  text: string;
  cut: boolean;
}

async function send(operation: Operation, values: Record<string, string>): Promise<Answer> {
  const begin = performance.now();
  const response = await fetch(addressOf(operation, values), { method: operation.method, signal: AbortSignal.timeout(15_000) });
  const text = await response.text();
  const type = response.headers.get("Content-Type") ?? "";
  let shown = text;
  if (type.includes("json"))
    try {
      shown = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // It is shown as it came.
    }
  return { status: response.status, type, took_ms: performance.now() - begin, text: shown.slice(0, SHOWN_MOST), cut: shown.length > SHOWN_MOST };
}

const STREAMS = new Set(["text/event-stream", ""]);

function Form({ operation }: { operation: Operation }) {
  const [values, setValues] = useState<Record<string, string>>({});
  const [answer, setAnswer] = useState<Answer | string | null>(null);
  const [busy, setBusy] = useState(false);
  const streams = STREAMS.has(operation.answers) && operation.method === "GET";
  const ready = operation.parameters.every((p) => !p.required || (values[p.name] ?? "") !== "");
  const ask = async (): Promise<void> => {
    setBusy(true);
    try {
      setAnswer(await send(operation, values));
    } catch (error) {
      setAnswer(`No answer: ${(error as Error).message}`);
    }
    setBusy(false);
  };
  return (
    <article class="operation" aria-labelledby="operation-title">
      <h2 id="operation-title">
        <span class={`method ${operation.method.toLowerCase()}`}>{operation.method}</span> {operation.path}
      </h2>
      <p class="faint">{operation.summary}.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !streams) void ask();
        }}
      >
        {operation.parameters.length > 0 && (
          <div class="parameters">
            {operation.parameters.map((p) => (
              <label key={p.name}>
                <span class="name">
                  {p.name}
                  {p.required && <small> needed</small>}
                </span>
                <input
                  type="text"
                  spellcheck={false}
                  autocomplete="off"
                  value={values[p.name] ?? ""}
                  onInput={(event) => setValues({ ...values, [p.name]: event.currentTarget.value })}
                />
                <span class="hint">{p.description}</span>
              </label>
            ))}
          </div>
        )}
        <div class="ask">
          {streams ? (
            <p class="hint">It goes on for as long as it is listened to: try it from a shell.</p>
          ) : (
            <button type="submit" class="primary" disabled={!ready || busy}>
              Send
            </button>
          )}
          <code class="curl">{curlOf(operation, values, location.origin)}</code>
        </div>
      </form>
      {typeof answer === "string" && (
        <p class="error" role="alert">
          {answer}
        </p>
      )}
      {answer !== null && typeof answer !== "string" && (
        <>
          <p class="answer-head" role="status">
            <strong class={answer.status < 400 ? "good" : "alert"}>{answer.status}</strong>
            <span class="faint">
              {answer.type} · {Math.round(answer.took_ms)} ms{answer.cut ? " · the beginning" : ""}
            </span>
          </p>
          <pre class="answer" tabIndex={0} aria-label="Answer">
            {answer.text}
          </pre>
        </>
      )}
    </article>
  );
}

export function Rest({ operations }: { operations: readonly Operation[] }) {
  const named = (operation: Operation): string => `${operation.method} ${operation.path}`;
  const [chosen, setChosen] = useState(() => {
    const asked = new URLSearchParams(location.search).get("path");
    return operations.find((operation) => named(operation) === asked) ?? operations.find((o) => o.path === "/status") ?? operations[0]!;
  });
  const choose = (operation: Operation): void => {
    setChosen(operation);
    history.replaceState(null, "", `${location.pathname}?${new URLSearchParams({ path: named(operation) })}`);
  };
  return (
    <div class="rest">
      <nav class="operations" aria-label="Paths">
        {grouped(operations).map(([group, of]) => (
          <section key={group}>
            <h2>{group}</h2>
            <ul>
              {of.map((operation) => (
                <li key={named(operation)}>
                  <button
                    type="button"
                    class="link"
                    aria-pressed={operation === chosen}
                    title={operation.summary}
                    onClick={() => choose(operation)}
                  >
                    <span class={`method ${operation.method.toLowerCase()}`}>{operation.method}</span>
                    {operation.path}
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </nav>
      <Form key={named(chosen)} operation={chosen} />
    </div>
  );
}
