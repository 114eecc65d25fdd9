import { beforeAll, type TestError } from 'vitest';

interface Task {
  readonly type: string;
  readonly tasks?: readonly Task[];
  retry?: unknown;
}

/** `expect.poll` says so in the cause of its error, a time limit of the runner in the message. */
function ranOutOfTime({ message = '', cause }: Partial<TestError>): boolean {
  return /timed out in \d+ ?ms/i.test(message) || /did not succeed in time/.test(String(cause?.message ?? ''));
}

function allow(task: Task): void {
  if (task.type === 'test') task.retry ??= { count: 1, condition: ranOutOfTime };
  for (const inner of task.tasks ?? []) allow(inner);
}

// Real processes on a machine that is busy with others may be late. A test that ran out of time is tried once more, and named at
// the end; one that saw something wrong never is.
// biome-ignore lint/correctness/noEmptyPattern: the runner wants it so
beforeAll(({}, suite) => allow(suite));
