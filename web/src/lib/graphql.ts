// GraphQL over POST, and subscriptions over WebSocket (graphql-transport-ws).
export interface GraphqlAnswer {
  data?: unknown;
  errors?: { message: string }[];
}

/** Whatever the server says, also errors; a failed connection throws. */
export async function askGraphql(query: string, variables: unknown): Promise<GraphqlAnswer> {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const text = await answer.text();
  try {
    return JSON.parse(text) as GraphqlAnswer;
  } catch {
    return { errors: [{ message: `The server answered ${answer.status}: ${text.slice(0, 200)}` }] };
  }
}

export interface SubscriptionEvents {
  next(answer: GraphqlAnswer): void;
  /** `why`: null when the server is done or it was stopped here. */
  end(why: string | null): void;
}

type Message =
  | { type: "connection_ack" | "complete" }
  | { type: "ping" | "pong" }
  | { type: "next"; payload: GraphqlAnswer }
  | { type: "error"; payload: { message: string }[] };

/** Returns what stops it. */
export function subscribe(query: string, variables: unknown, on: SubscriptionEvents): () => void {
  const url = new URL("/graphql", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url, "graphql-transport-ws");
  let over = false;
  const end = (why: string | null): void => {
    if (over) return;
    over = true;
    socket.close();
    on.end(why);
  };
  socket.onopen = () => socket.send('{"type":"connection_init"}');
  socket.onmessage = ({ data }: MessageEvent<string>) => {
    const message = JSON.parse(data) as Message;
    if (message.type === "connection_ack")
      socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query, variables } }));
    else if (message.type === "ping") socket.send('{"type":"pong"}');
    else if (message.type === "next") on.next(message.payload);
    else if (message.type === "error") end(message.payload.map((error) => error.message).join("\n"));
    else if (message.type === "complete") end(null);
  };
  socket.onclose = (event) => end(event.reason === "" ? "The server ended the subscription." : event.reason);
  return () => end(null);
}
