/**
 * Makes errors that are kept. An error holds on to whatever its stack was called with until somebody reads its stack, so that a
 * few kilobytes of messages keep a whole document, or a request, in memory.
 */
export function withoutStack<Made>(make: () => Made): Made {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
