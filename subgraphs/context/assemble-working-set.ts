import { type Degradation, tokens, type WorkingSet, WRITTEN_VERSIONS } from '@supercontext/contract';
import { hop } from '@supercontext/runtime/trace/hops.ts';
import { isLater } from '@supercontext/runtime/withdrawn.ts';
import type { SessionRecord } from './log/session-log.ts';
import { formatFragmentId } from './session-id.ts';
import type { ContextState } from './state.ts';
import { addEvidence } from './working-set/add-evidence.ts';
import { type Candidates, findCandidates } from './working-set/candidates.ts';
import { Coverage } from './working-set/coverage.ts';
import { modelWritten, readDigest, readMessages, type WorkingSetRequest } from './working-set/gather.ts';
import { Ledger } from './working-set/ledger.ts';
import { checkBudget, sharesOf } from './working-set/shares.ts';
import { shownFragments } from './working-set/shown-entries.ts';
import { addDigest, addRecent, addSystem, type Draft } from './working-set/stable-part.ts';
import { addStanding, readStanding } from './working-set/standing.ts';

/** Of a working set that is overtaken by replaced documents again and again. */
const MOST_TRIES = 4;
const NOT_SEARCHED = { indexedThrough: -1, confidence: null };
const OVERTAKEN: Degradation = {
  stage: 'store',
  code: 'STORE_BEHIND',
  message: 'documents were being replaced: what was found may be of neither version',
};

/**
 * What a model shall see of a session for a question, in the order in which it is laid out: instructions, digest, latest
 * turns, then evidence, best first. Never over budget. The part before the evidence does not depend on the question, and
 * from turn to turn it changes only at its end, so that what a model has cached of it stays good. A stage that does not
 * answer in its time is named in `degraded`; the working set is made without it.
 * @throws ContractError BUDGET_EXCEEDED, those of the log
 */
export async function assembleWorkingSet(state: ContextState, request: WorkingSetRequest): Promise<WorkingSet> {
  const { session, budgetTokens } = request;
  if (budgetTokens === 0) return receiptOf(request, newDraft(session, 0), NOT_SEARCHED, []);
  checkBudget(budgetTokens);
  return hop('assemble-working-set', async (note) => {
    for (let [current, tries] = [request, 1]; ; tries++) {
      const degraded: Degradation[] = [];
      const { draft, found } = await assemble(state, current, degraded);
      const isOvertaken = isLater(found.withdrawnDigest, current.session.withdrawn.digest);
      if (isOvertaken && tries < MOST_TRIES) {
        current = await asItIsNow(state, request);
        continue;
      }
      if (isOvertaken) degraded.push(OVERTAKEN);
      note({ tokens: draft.ledger.spentTokens });
      return receiptOf(current, draft, found, degraded);
    }
  });
}

async function assemble(
  state: ContextState,
  request: WorkingSetRequest,
  degraded: Degradation[],
): Promise<{ readonly draft: Draft; readonly found: Candidates }> {
  const { session, budgetTokens } = request;
  const shares = sharesOf(budgetTokens);
  const [found, digest, messages] = await Promise.all([
    findCandidates(state, request, shares.hits, degraded),
    readDigest(state, request, shares.digestTokens, degraded),
    readMessages(state, request, shares, degraded),
  ]);
  const draft = newDraft(session, budgetTokens);
  for (const id of await modelWritten(state, request, digest)) draft.modelNodes.add(id);
  addSystem(draft, messages.system, shares.systemTokens);
  const standing = await readStanding(state, request, found.instructions, degraded);
  const latest = new Set(messages.recent.map(({ entry }) => entry.hash));
  addStanding(
    draft,
    standing.filter(({ entry }) => !latest.has(entry.hash)),
    shares.standingTokens,
  );
  addDigest(draft, digest, shares.digestTokens);
  addRecent(draft, messages.recent);
  const whole = new Set(draft.ledger.segments.flatMap(({ id, verbatim }) => (verbatim ? [id] : [])));
  const candidates = found.candidates.filter(({ entry }) => !whole.has(formatFragmentId(session.id, entry.hash)));
  await addEvidence(state, request, draft, { degraded, candidates, digest });
  return { draft, found };
}

/** While a version of a document takes the place of another, search has the one and this session yet the other: it is read again. */
async function asItIsNow({ log }: ContextState, request: WorkingSetRequest): Promise<WorkingSetRequest> {
  const { session, turnsBefore = session.turns } = request;
  const [now] = await log.sessions([session.id]);
  return now === null || now === undefined ? request : { ...request, session: now, turnsBefore };
}

function newDraft({ id, withdrawn }: SessionRecord, budgetTokens: number): Draft {
  return { sessionId: id, ledger: new Ledger(budgetTokens), coverage: new Coverage(withdrawn), modelNodes: new Set() };
}

function receiptOf(
  { session, budgetTokens }: WorkingSetRequest,
  { ledger, coverage }: Draft,
  { indexedThrough, confidence }: Pick<Candidates, 'indexedThrough' | 'confidence'>,
  degraded: readonly Degradation[],
): WorkingSet {
  return {
    contractVersion: WRITTEN_VERSIONS.workingSet,
    sessionId: session.id,
    revision: session.revision,
    budgetTokens: tokens(budgetTokens),
    tokens: tokens(ledger.spentTokens),
    sessionTokens: tokens(session.tokens),
    segments: ledger.segments,
    omitted: {
      fragments: Math.max(0, shownFragments(session) - coverage.fragments),
      tokens: tokens(Math.max(0, session.tokens - coverage.tokens)),
    },
    indexedThrough,
    confidence,
    degraded: eachOnce(degraded),
  };
}

/** Two steps may have had to do without the same stage, for the same reason. */
function eachOnce(degraded: readonly Degradation[]): Degradation[] {
  return [...new Map(degraded.map((one) => [`${one.stage} ${one.code} ${one.message}`, one])).values()];
}
