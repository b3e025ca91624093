// Start and stop of the listeners, and how many plays a minute there are.
import { useState } from "preact/hooks";
import type { PlaysSession } from "./plays_session";

const RATE = { least: 1, most: 600_000, usual: 1_200 };

export function PlayControls({ session }: { session: PlaysSession }) {
  const { run, running, busy } = session;
  const [rate, setRate] = useState(String(RATE.usual));
  const wanted = Number(rate);
  const valid = Number.isInteger(wanted) && wanted >= RATE.least && wanted <= RATE.most;
  const failed = run?.state === "failed" && run.error !== null ? `${run.error.what}. ${run.error.hint}` : null;
  const trouble = session.unreachable ?? session.refused ?? failed;
  return (
    <section class="controls" aria-labelledby="controls-title">
      <h2 id="controls-title">Simulation</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (valid && !running) void session.start({ volume: `${wanted}/min` });
        }}
      >
        <label class="wide-field">
          Plays a minute
          <input
            type="number"
            inputMode="numeric"
            min={RATE.least}
            max={RATE.most}
            value={rate}
            aria-describedby="rate-hint"
            onInput={(event) => setRate(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" disabled={busy || running || !valid}>
          Start
        </button>
        <button type="button" disabled={busy || !running} onClick={() => void session.stop()}>
          Stop
        </button>
      </form>
      <p id="rate-hint" class="hint">
        {valid ? "On the average over a day; evenings have more." : `From ${RATE.least} to ${RATE.most}, a whole number.`}
      </p>
      {trouble !== null && (
        <p class="error" role="alert">
          {trouble}
        </p>
      )}
    </section>
  );
}
