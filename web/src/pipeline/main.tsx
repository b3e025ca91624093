// The pipeline: how every stage from the simulation to the clients stands, asked once a second.
import { useEffect, useReducer, useRef } from "preact/hooks";
import { ApiError, getJson, type ServiceStatus } from "../lib/api";
import { count, duration } from "../lib/format";
import { Header, type Badge } from "../lib/header";
import { mount, useLook } from "../lib/page";
import "../styles/base.css";
import "../styles/pipeline.css";
import { StageRow } from "./stage_row";
import { hasEnded, StageHistory, stagesOf, type Stage } from "./stages";
import { VerifyPart } from "./verify_part";

const ASK_EVERY_MS = 1_000;

interface Seen {
  status: ServiceStatus | null;
  stages: Stage[];
  failed: string | null; // why nothing is known now
}

const keyOf = (stage: Stage): string => `${stage.scenario ?? ""}/${stage.name}`;

function usePipeline() {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const seen = useRef<Seen>({ status: null, stages: [], failed: null });
  const histories = useRef(new Map<string, StageHistory>());
  useEffect(() => {
    let timer: number | undefined;
    const ask = async (): Promise<void> => {
      try {
        const [status, told] = await Promise.all([
          getJson<ServiceStatus>("/status"),
          getJson<Parameters<typeof stagesOf>[0]>("/api/v1/pipeline"),
        ]);
        // Clients are no stage of a run: how many there are stands above.
        const stages = stagesOf(told).filter((stage) => stage.scenario !== null);
        seen.current = { status, stages, failed: null };
        for (const stage of stages) {
          const history = histories.current.get(keyOf(stage)) ?? new StageHistory();
          histories.current.set(keyOf(stage), history);
          history.add(stage, performance.now());
        }
      } catch (error) {
        seen.current = { ...seen.current, failed: (error as ApiError).message };
      }
      (redraw as () => void)();
      timer = window.setTimeout(() => void ask(), ASK_EVERY_MS);
    };
    void ask();
    return () => clearTimeout(timer);
  }, []);
  return { seen: seen.current, history: (stage: Stage) => histories.current.get(keyOf(stage))! };
}

function badgeOf({ status, failed }: Seen): Badge {
  if (failed !== null) return { kind: "bad", text: "no answer", hint: failed };
  if (status === null) return { kind: "busy", text: "connecting", hint: "Asking how the pipeline stands" };
  if (status.state === "failed") return { kind: "bad", text: "failed", hint: "A run has failed" };
  return status.running
    ? { kind: "good", text: "running", hint: "At least one simulation runs" }
    : { kind: "idle", text: "stopped", hint: "No simulation runs" };
}

function Totals({ seen }: { seen: Seen }) {
  const of = (member: keyof Stage): number => seen.stages.reduce((sum, stage) => sum + Number(stage[member] ?? 0), 0);
  const made = seen.stages.filter((stage) => stage.name === "simulation");
  const now = made.filter((run) => !hasEnded(run));
  const [asked, got] = [now.reduce((s, r) => s + (r.rate_asked ?? 0), 0), now.reduce((s, r) => s + (r.rate_got ?? 0), 0)];
  const troubles = of("failed") + of("dead_letters");
  return (
    <dl class="totals">
      <div>
        <dt>Events a second</dt>
        <dd class="big">{count(got)}</dd>
        <dd class="hint">{now.length === 0 ? "nothing runs" : `of ${count(asked)} asked for`}</dd>
      </div>
      <div>
        <dt>Made</dt>
        <dd class="big">{count(made.reduce((sum, run) => sum + (run.out ?? 0), 0))}</dd>
        <dd class="hint">
          by {made.length} {made.length === 1 ? "run" : "runs"}
        </dd>
      </div>
      <div>
        <dt>Lost or set aside</dt>
        <dd class={`big ${troubles > 0 ? "alert" : ""}`}>{count(troubles)}</dd>
        <dd class="hint">failed, dead letters</dd>
      </div>
      <div>
        <dt>Late</dt>
        <dd class="big">{count(of("late"))}</dd>
        <dd class="hint">behind the watermark</dd>
      </div>
      <div>
        <dt>Clients</dt>
        <dd class="big">{count(seen.status?.clients ?? 0)}</dd>
        <dd class="hint">watching live</dd>
      </div>
    </dl>
  );
}

function App() {
  const { settings, change } = useLook();
  const { seen, history } = usePipeline();
  const groups = new Map<string, Stage[]>();
  for (const stage of seen.stages) {
    const name = stage.scenario ?? "all runs";
    groups.set(name, [...(groups.get(name) ?? []), stage]);
  }
  return (
    <>
      <Header page="Pipeline" badge={badgeOf(seen)} settings={settings} change={change} />
      <main id="content" class="pipeline" tabIndex={-1}>
        {seen.failed !== null && (
          <p class="error" role="alert">
            {seen.failed}
          </p>
        )}
        {seen.status !== null && seen.stages.length === 0 ? (
          <div class="nothing" role="status">
            <strong>Nothing has run yet</strong>
            <span>
              Start a simulation on the <a href="/">pit wall</a>, the <a href="/dashboard">fleet's page</a> or{" "}
              <a href="/songs">songs</a>: its stages appear here.
            </span>
          </div>
        ) : (
          <Totals seen={seen} />
        )}
        {[...groups].map(([scenario, stages]) => {
          const run = seen.status?.runs.find((one) => one.scenario === scenario);
          return (
            <section key={scenario} class="run" aria-label={`Stages of ${scenario}`}>
              <h2>
                {scenario}
                {run !== undefined && (
                  <span class="hint">
                    run {run.run} · {duration(run.uptime_s)}
                  </span>
                )}
              </h2>
              {run?.error != null && (
                <p class="error" role="alert">
                  {run.error.what}. {run.error.hint}
                </p>
              )}
              <ol>
                {stages.map((stage) => (
                  <StageRow key={keyOf(stage)} stage={stage} rate={history(stage).rate} settings={settings} />
                ))}
              </ol>
              {run !== undefined && <VerifyPart run={run} />}
            </section>
          );
        })}
      </main>
    </>
  );
}

mount(App);
