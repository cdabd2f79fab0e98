// Asks the process in this container whether it is ready; exits 0 when it is. Used by the Dockerfile.
const url = `http://127.0.0.1:${process.env.PORT ?? 5000}/readyz`;
try {
  const { ok } = await fetch(url, { signal: AbortSignal.timeout(2_500) });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
