// The interfaces of the service to look at and to try: REST and GraphQL, all from this server.
import { useEffect, useState } from "preact/hooks";
import { ApiError, getJson } from "../lib/api";
import { Header } from "../lib/header";
import { mount, useLook } from "../lib/page";
import "../styles/base.css";
import "../styles/reference.css";
import { Explorer } from "./explorer";
import { operationsOf, type OpenApi, type Operation } from "./openapi";
import { Rest } from "./rest";

function App() {
  const { settings, change } = useLook();
  const [operations, setOperations] = useState<Operation[] | null>(null);
  const [version, setVersion] = useState("");
  const [failed, setFailed] = useState<string | null>(null);
  const [shown, setShown] = useState<"rest" | "graphql">(location.hash === "#graphql" ? "graphql" : "rest");
  useEffect(() => {
    getJson<OpenApi>("/openapi.json").then(
      (document) => {
        setOperations(operationsOf(document));
        setVersion(document.info.version);
      },
      (error: ApiError) => setFailed(error.message),
    );
  }, []);
  const hasGraphql = operations?.some((operation) => operation.path === "/graphql") ?? false;
  const show = (what: "rest" | "graphql"): void => {
    setShown(what);
    history.replaceState(null, "", what === "graphql" ? `${location.pathname}#graphql` : location.pathname);
  };
  return (
    <>
      <Header page="API" settings={settings} change={change} />
      <main id="content" class="reference" tabIndex={-1}>
        <div class="reference-head">
          <div class="windows" role="group" aria-label="Interface">
            <button type="button" class="toggle" aria-pressed={shown === "rest"} onClick={() => show("rest")}>
              REST
            </button>
            {hasGraphql && (
              <button type="button" class="toggle" aria-pressed={shown === "graphql"} onClick={() => show("graphql")}>
                GraphQL
              </button>
            )}
          </div>
          <p class="hint">
            racesim {version} · <a href="/openapi.json">openapi.json</a> · <a href="/asyncapi.json">asyncapi.json</a>
            {hasGraphql && (
              <>
                {" "}
                · <a href="/graphql/schema">GraphQL schema</a>
              </>
            )}
          </p>
        </div>
        {failed !== null && (
          <p class="error" role="alert">
            {failed}
          </p>
        )}
        {operations === null
          ? failed === null && <p class="loading">Asking what the server can…</p>
          : shown === "graphql" && hasGraphql
            ? <Explorer />
            : <Rest operations={operations} />}
      </main>
    </>
  );
}

mount(App);
