// Odd WebSocket clients, in npm's ws or in Chromium: socket_clients.mjs NODE_MODULES ws|chromium PORT. Prints what they saw as
// one JSON object; tests/servers/test_serve_clients.py judges it.
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, kind, port] = process.argv.slice(2);
const require = createRequire(join(modules, "none.js"));

/** Runs in both: `Socket` is a WebSocket as browsers have it. */
async function drive(Socket, port) {
  const url = `ws://127.0.0.1:${port}`;
  const open = (path, protocols) =>
    new Promise((done, failed) => {
      const socket = protocols === undefined ? new Socket(url + path) : new Socket(url + path, protocols);
      socket.binaryType = "arraybuffer";
      socket.closed = new Promise((closed) => socket.addEventListener("close", closed));
      socket.all = [];
      socket.addEventListener("message", ({ data }) => {
        socket.all.push(data);
        socket.told?.();
      });
      socket.addEventListener("open", () => done(socket));
      socket.addEventListener("error", () => failed(new Error("refused")));
    });
  const until = async (socket, enough) => {
    while (!enough()) await new Promise((told) => (socket.told = told));
  };
  const seen = {};

  const live = await open("/ws?encoding=binary");
  await until(live, () => live.all.some((data) => typeof data !== "string"));
  seen.extensions = live.extensions;
  seen.first = JSON.parse(live.all[0]).type;
  seen.binary_messages = live.all.filter((data) => typeof data !== "string").length;
  live.send("what nobody asked for");
  live.send(Uint8Array.from([0, 255, 254]));
  live.send("");
  const before = live.all.length;
  await until(live, () => live.all.length > before + 2);
  seen.after_text_and_binary = live.readyState === 1 ? "open" : "closed";
  live.close(3000, "good bye");
  seen.closed_by_client = (await live.closed).code;

  const huge = await open("/ws");
  huge.send("x".repeat(70_000));
  seen.huge = (await huge.closed).code;

  const unknown = await open("/ws", ["chat"]).catch(() => null);
  seen.unknown_protocol = unknown === null ? "refused" : "open without it";
  unknown?.close();

  const graphql = await open("/graphql", ["graphql-transport-ws"]);
  seen.graphql_protocol = graphql.protocol;
  graphql.send('{"type":"nobody knows this"}');
  seen.graphql_unknown = (await graphql.closed).code;
  const binary = await open("/graphql", ["graphql-transport-ws"]);
  binary.send(new TextEncoder().encode('{"type":"connection_init"}'));
  seen.graphql_binary = (await binary.closed).code;
  return seen;
}

/** What only ws can do. */
async function more(Socket, port, seen) {
  const socket = new Socket(`ws://127.0.0.1:${port}/ws`, { perMessageDeflate: true });
  await new Promise((done) => socket.once("open", done));
  const pong = new Promise((done) => socket.once("pong", done));
  socket.send("a message in ", { fin: false });
  socket.ping("mark"); // between two pieces
  socket.send("pieces", { fin: true });
  seen.pong = String(await pong);
  await new Promise((done) => socket.once("message", done));
  seen.pieces = socket.readyState === 1 ? "open" : "closed";
  socket.terminate();
}

if (kind === "ws") {
  const Socket = require("ws");
  const seen = await drive(Socket, port);
  await more(Socket, port, seen);
  console.log(JSON.stringify(seen));
} else {
  const browser = await require("playwright-core").chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
  });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/healthz`); // the service's own origin
  console.log(JSON.stringify(await page.evaluate(`(${drive})(WebSocket, ${port})`)));
  await browser.close();
}
