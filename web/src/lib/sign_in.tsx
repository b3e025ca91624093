// A server with --token-file: the page asks for the token once, and the browser then has a cookie that stands for it.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, LOCKED, openSession } from "./api";

export function SignIn() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [token, setToken] = useState("");
  const [refused, setRefused] = useState<string | null>(null);
  useEffect(() => {
    const open = (): void => {
      if (!dialog.current!.open) dialog.current!.showModal();
    };
    addEventListener(LOCKED, open);
    return () => removeEventListener(LOCKED, open);
  }, []);
  const give = async (): Promise<void> => {
    try {
      await openSession(token.trim());
      location.reload(); // everything that was refused is asked again
    } catch (error) {
      setRefused((error as ApiError).message);
    }
  };
  return (
    <dialog ref={dialog} class="sign-in" aria-labelledby="sign-in-title">
      <h2 id="sign-in-title">This server wants its token</h2>
      <p class="hint">It stands in the file that --token-file names on the server. It is sent once; the page does not keep it.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void give();
        }}
      >
        <label>
          Token
          <input
            type="password"
            autocomplete="current-password"
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" disabled={token.trim() === ""}>
          Sign in
        </button>
      </form>
      {refused !== null && (
        <p class="error" role="alert">
          {refused}
        </p>
      )}
    </dialog>
  );
}
