const LINE_EVERY_MS = 1_000;

/**
 * Says of what happens one line a second at most: whoever can make it happen could fill the disk otherwise. `say` has the first of
 * each second; `sum` is told afterwards how many were not said, the last count as well.
 */
export function lineASecond<Event>({
  say,
  sum,
}: {
  readonly say: (event: Event) => void;
  readonly sum: (unsaid: number) => void;
}): (event: Event) => void {
  let unsaid = 0;
  let pause: NodeJS.Timeout | undefined;
  const begin = (): void => {
    pause = setTimeout(() => {
      pause = undefined;
      if (unsaid === 0) return;
      sum(unsaid);
      unsaid = 0;
      begin();
    }, LINE_EVERY_MS).unref();
  };
  return (event) => {
    if (pause !== undefined) {
      unsaid++;
      return;
    }
    say(event);
    begin();
  };
}
