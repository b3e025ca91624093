// Below the stages of a run that has ended: whether every stage has the events that the simulation made.
import { useEffect, useState } from "preact/hooks";
import { getJson, type ApiError, type RunStatus } from "../lib/api";
import { count } from "../lib/format";
import { kindOf, remarkOf, wordsOf, type Verdict } from "./verdict";

const number = (value: number | null): string => (value === null ? "–" : count(value));

function VerdictTable({ verdict }: { verdict: Verdict }) {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={`Events of run ${verdict.run} stage by stage`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">Result</th>
            {["Made", "Found", "Missing", "Too many"].map((name) => (
              <th key={name} scope="col" class="num">
                {name}
              </th>
            ))}
            <th scope="col">Compared</th>
          </tr>
        </thead>
        <tbody>
          {verdict.stages.map((stage, i) => (
            <tr key={i}>
              <th scope="row">{stage.name}</th>
              <td>
                <span class={`badge ${kindOf(stage.status)}`}>
                  <span class="dot" aria-hidden="true" />
                  {wordsOf(stage.status)}
                </span>
              </td>
              <td class="num">{number(stage.expected)}</td>
              <td class="num">{number(stage.found)}</td>
              <td class={`num ${(stage.missing ?? 0) > 0 ? "alert" : ""}`}>{number(stage.missing)}</td>
              <td class={`num ${(stage.extra ?? 0) > 0 ? "alert" : ""}`}>{number(stage.extra)}</td>
              <td class="faint">{remarkOf(stage, verdict.digest)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function VerifyPart({ run }: { run: RunStatus }) {
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [asks, setAsks] = useState(0);
  const hasEnded = run.state === "stopped" || run.state === "failed";
  useEffect(() => {
    setVerdict(null);
    setFailed(null);
    if (!hasEnded || run.run === null) return;
    let wanted = true;
    getJson<Verdict>(`/api/v1/pipeline/verify?run=${run.run}`).then(
      (answer) => wanted && setVerdict(answer),
      (error: ApiError) => wanted && setFailed(error.message),
    );
    return () => {
      wanted = false;
    };
  }, [run.run, hasEnded, asks]);
  if (run.run === null) return null;
  return (
    <div class="verify">
      <h3>
        Do all stages have the run's events?
        {verdict !== null && (
          <span class={`badge ${kindOf(verdict.status)}`} role="status">
            <span class="dot" aria-hidden="true" />
            {wordsOf(verdict.status)}
          </span>
        )}
        {(verdict !== null || failed !== null) && (
          <button type="button" class="quiet" onClick={() => setAsks(asks + 1)}>
            Compare again
          </button>
        )}
      </h3>
      {!hasEnded ? (
        <p class="hint">They are compared when the run has ended.</p>
      ) : failed !== null ? (
        <p class="error" role="alert">
          {failed}
        </p>
      ) : verdict === null ? (
        <p class="hint" role="status">
          Comparing…
        </p>
      ) : (
        <VerdictTable verdict={verdict} />
      )}
    </div>
  );
}
