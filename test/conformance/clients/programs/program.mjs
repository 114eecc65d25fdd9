/** Counts what a client sends by `fetch`, whatever it is. */
export function countRequests() {
  const { fetch } = globalThis;
  const seen = { count: 0, methods: [], statuses: [] };
  globalThis.fetch = async (input, init) => {
    seen.count += 1;
    seen.methods.push(init?.method ?? 'GET');
    const response = await fetch(input, init);
    seen.statuses.push(response.status);
    return response;
  };
  return seen;
}

/** What the test is to know. */
export function print(facts) {
  process.stdout.write(JSON.stringify(facts));
}
