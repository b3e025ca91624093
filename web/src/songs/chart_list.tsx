// The chart: songs by rank, each with its movement, its plays as a bar, and how many people heard it. Rows glide to their new
// places.
import { count } from "../lib/format";
import { movement, type ChartRow } from "./charts";

const ROW_PX = 52;

function Row({ row, most, playing }: { row: ChartRow; most: number; playing: boolean }) {
  const moved = movement(row);
  return (
    <li style={{ transform: `translateY(${(row.rank - 1) * ROW_PX}px)` }} class={playing ? "playing" : ""}>
      <span class="rank">{row.rank}</span>
      <span class={`moved ${moved.kind}`}>
        <span aria-hidden="true">{moved.text}</span>
        <span class="sr">{moved.words}</span>
      </span>
      <span class="song">
        <strong>{row.title === "" ? row.song_id : row.title}</strong>
        <span class="faint">{row.artist_name === "" ? "unknown artist" : row.artist_name}</span>
      </span>
      <span class="genre faint">{row.genre}</span>
      <span class="plays">
        <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
          <rect width={(100 * row.plays) / most} height="6" />
        </svg>
        <span class="num">
          {count(row.plays)}
          <small> {row.plays === 1 ? "play" : "plays"}</small>
        </span>
        <span class="num people">
          {count(row.unique_users)}
          <small> {row.unique_users === 1 ? "listener" : "listeners"}</small>
        </span>
      </span>
    </li>
  );
}

export function ChartList({ rows, playing }: { rows: readonly ChartRow[]; playing: ReadonlySet<string> }) {
  const most = Math.max(1, ...rows.map((row) => row.plays));
  return (
    <ol class="chart-list" style={{ height: `${rows.length * ROW_PX}px` }} aria-label="Songs by plays">
      {rows.map((row) => (
        <Row key={row.song_id} row={row} most={most} playing={playing.has(row.song_id)} />
      ))}
    </ol>
  );
}
