// Queries to begin with, one for each kind of thing that can be asked.
export const EXAMPLES: { name: string; query: string }[] = [
  { name: "how runs stand", query: "{\n  status {\n    state\n  }\n}\n" },
];
