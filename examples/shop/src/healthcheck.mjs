const answer = await fetch("http://127.0.0.1:8080/healthz", { signal: AbortSignal.timeout(1_500) }).catch(() => null);
process.exit(answer?.ok ? 0 : 1);
