import { ContractError } from '@supercontext/contract';

/** A session that a backup leaves out, and what is wrong with it, a line for each thing. */
export interface DamagedSession {
  readonly session: string;
  readonly why: readonly string[];
}

/**
 * Copies sessions one after the other: those that are damaged, which `drop` takes out of the copy again.
 * @param options.isLenient whether the others are copied all the same
 * @throws ContractError STORAGE_CORRUPT for the first that is damaged, unless `isLenient`; what `copy` and `drop` throw
 */
export async function copySessions<Session>(
  sessions: Iterable<Session> | AsyncIterable<Session>,
  options: {
    readonly isLenient: boolean;
    readonly idOf: (session: Session) => string;
    readonly copy: (session: Session) => Promise<unknown>;
    readonly drop: (id: string) => Promise<unknown>;
  },
): Promise<DamagedSession[]> {
  const damaged: DamagedSession[] = [];
  for await (const session of sessions) {
    const fault = await damageOf(() => options.copy(session));
    if (fault === null) continue;
    if (!options.isLenient) throw fault;
    const id = options.idOf(session);
    await options.drop(id);
    damaged.push({ session: id, why: [fault.message] });
  }
  return damaged;
}

/** Its fault where what is copied is damaged; null when all of it was copied. */
async function damageOf(copy: () => Promise<unknown>): Promise<ContractError | null> {
  try {
    await copy();
    return null;
  } catch (error) {
    if (error instanceof ContractError && error.code === 'STORAGE_CORRUPT') return error;
    throw error;
  }
}
