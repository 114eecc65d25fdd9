/** What `work` comes to, unless `signal` aborts before: then its reason is thrown, and `work` is left to itself. */
export async function untilAborted<T>(signal: AbortSignal, work: PromiseLike<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  const result = Promise.resolve(work);
  // Nobody may be there any more to hear of it.
  result.catch(() => {});
  try {
    return await Promise.race([result, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
