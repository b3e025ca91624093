// Up to four chosen cars: colours that stay apart for colour-blind eyes, each with a line of its own.
export const CHOSEN_MOST = 4;
const DARK = ["#5cc8ff", "#ffb454", "#d9a6ff", "#7ee2a8"];
const LIGHT = ["#0065a8", "#a85600", "#7a2fb5", "#0a7a45"];
export const DASHES: readonly number[][] = [[], [6, 3], [2, 3], [10, 3, 2, 3]];

export function carColour(chosen: number, dark: boolean): string {
  return (dark ? DARK : LIGHT)[chosen % CHOSEN_MOST]!;
}
