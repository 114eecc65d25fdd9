import type { IncomingHttpHeaders } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { CONTRACT_HEADER, CONTRACT_VERSION, ContractError } from '@supercontext/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { execute, type GraphQLFormattedError, type GraphQLSchema, parse } from 'graphql';
import { DEADLINE_HEADER, Deadlines } from '../call/deadlines.ts';
import { SIGNATURE_HEADER, Signatures } from '../call/sign.ts';
import { formatError, formatThrown, isStackOverflow, requestErrorExtensions } from '../format-error.ts';
import { Admission, restIfLarge } from '../process/in-slices.ts';
import type { Logger } from '../process/log.ts';
import type { Stage, StageContext } from '../stage.ts';
import { FEDERATED_TRACE_HEADER, FEDERATED_TRACE_VERSION, FederatedTrace } from '../trace/federated-trace.ts';
import { currentTrace, decodeHops, HOPS_HEADER, inTrace, openTrace } from '../trace/hops.ts';
import { TRACEPARENT_HEADER } from '../trace/trace-context.ts';
import { boundWork, RequestWork } from './bound-work.ts';
import { contractVersionOf } from './contract-version.ts';
import { checkEntities } from './entities.ts';
import type { GraphQLSockets } from './graphql-sockets.ts';
import { httpServer, refuse } from './http-server.ts';
import type { IntakeOptions } from './intake.ts';
import { intakeFaults } from './intake-faults.ts';
import { checkJson, STAGE_JSON } from './json-bounds.ts';
import { KnownDocuments, QUERIES_AND_MUTATIONS } from './known-documents.ts';
import { listen } from './listen.ts';
import { serveSubscriptions } from './serve-subscriptions.ts';
import { SOCKET_BOUNDS } from './socket-bounds.ts';
import { readScalarsAsText } from './text-scalars.ts';

export interface SubgraphOptions<Context extends StageContext> {
  readonly stage: Stage;
  /** The subgraph's schema in SDL. */
  readonly typeDefs: string;
  readonly resolvers: object;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** The secret requests are signed with; null answers anybody and is for tests only. */
  readonly signingKey: string | null;
  /** Called once per operation: the place to create DataLoaders. */
  readonly context: (base: StageContext) => Context;
  /** Throws while the stage cannot do its work; /ready then answers 503 with the message. */
  readonly ready?: () => Promise<void>;
  readonly maximumBodyBytes?: number;
  readonly log: Logger;
}

export interface RunningSubgraph {
  readonly url: string;
  readonly port: number;
  /** Refuses new work, ends subscriptions, lets running requests finish. */
  stop(): Promise<void>;
}

const MiB = 1024 * 1024;

const WATCHERS = 'GET, HEAD';
const METHODS = { '/graphql': 'POST', '/health': WATCHERS, '/ready': WATCHERS };

/** A caller that names no deadline, or a later one, is waited for so long. */
const LATEST_DEADLINE_MS = 120_000;

/** Starts one stage: its subgraph over HTTP and graphql-ws on /graphql, and /health and /ready for whoever watches it. */
export async function startSubgraph<Context extends StageContext>(
  options: SubgraphOptions<Context>,
): Promise<RunningSubgraph> {
  const { stage, log, signingKey } = options;
  const report = (error: unknown) => log.error({ err: error, trace: currentTrace()?.traceparent }, 'internal');
  const schema = readSchema(options);
  const documents = new KnownDocuments(schema);
  // The first document has the schema checked, too: not while somebody waits.
  documents.find('{ __typename }', null, QUERIES_AND_MUTATIONS);
  const signatures = signingKey === null ? null : new Signatures(signingKey, stage.name);
  const stopping = new AbortController();
  const subscriptions = serveSubscriptions({
    ...{ stage, schema, documents, signatures, report },
    context: options.context,
    stopping: stopping.signal,
  });
  const server = httpServer({
    bodyLimitBytes: options.maximumBodyBytes ?? 32 * MiB,
    closes: 'all',
    intake: intakeOptions(signatures, subscriptions, log),
    methods: METHODS,
    report,
  });
  // The raw text is kept: the signature is over bytes, not over their parsed form.
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  answerWatchers(server, options, stopping.signal);
  const running = new Set<AbortController>();
  const answering: Answering<Context> = {
    ...{ stage, schema, documents, running, report },
    context: options.context,
    deadlines: new Deadlines(),
    admission: new Admission(),
  };
  server.post('/graphql', async (request, reply) => {
    if (stopping.signal.aborted) return refuse(reply, stopping.signal.reason);
    try {
      admit(request.headers, request.body as string | undefined, signatures);
    } catch (error) {
      return refuse(reply, error);
    }
    const traceparent = header(request.headers, TRACEPARENT_HEADER);
    const trace = openTrace(stage, traceparent, decodeHops(request.headers[HOPS_HEADER]));
    return inTrace(trace, () => answer(answering, request, reply));
  });
  const port = await listen(server, options.host, options.port);
  return {
    url: `http://${options.host}:${port}/graphql`,
    port,
    async stop() {
      const reason = new ContractError('SUBGRAPH_UNAVAILABLE', `${stage.name} is stopping`);
      stopping.abort(reason);
      for (const controller of running) controller.abort(reason);
      await subscriptions.stop();
      await server.close();
    },
  };
}

function readSchema({ typeDefs, resolvers }: Pick<SubgraphOptions<StageContext>, 'typeDefs' | 'resolvers'>) {
  const document = parse(typeDefs);
  const schema = buildSubgraphSchema([{ typeDefs: document, resolvers: resolvers as Record<string, never> }]);
  readScalarsAsText(schema, document);
  checkEntities(schema);
  boundWork(schema);
  return schema;
}

/** For whoever watches the process: whether it lives, and whether it can do its work. */
function answerWatchers(
  server: FastifyInstance,
  { stage, ready }: Pick<SubgraphOptions<StageContext>, 'stage' | 'ready'>,
  stopping: AbortSignal,
): void {
  server.get('/health', async () => ({ status: 'ok', stage: stage.name, version: stage.version }));
  server.get('/ready', async (_request, reply) => {
    try {
      if (stopping.aborted) throw new Error('stopping');
      await ready?.();
      return { status: 'ready', stage: stage.name, version: stage.version };
    } catch (error) {
      return reply.code(503).send({ status: 'not ready', reason: error instanceof Error ? error.message : 'unknown' });
    }
  });
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/**
 * Where the stage's requests come in. No Host is looked at here: whoever asks for more than /health and /ready signs, which
 * no page of another site can. Without the looks of a signature not even the body is read.
 */
function intakeOptions(signatures: Signatures | null, subscriptions: GraphQLSockets, log: Logger): IntakeOptions {
  return {
    path: '/graphql',
    bounds: SOCKET_BOUNDS,
    admit: ({ method, headers }) => {
      if (method === 'POST') signatures?.glance(header(headers, SIGNATURE_HEADER));
    },
    open: subscriptions.open,
    fault: intakeFaults(log),
  };
}

function admit(headers: IncomingHttpHeaders, body: string | undefined, signatures: Signatures | null): void {
  signatures?.take(body ?? '', header(headers, SIGNATURE_HEADER));
  contractVersionOf(header(headers, CONTRACT_HEADER));
}

interface Answering<Context extends StageContext> {
  readonly stage: Stage;
  readonly schema: GraphQLSchema;
  readonly documents: KnownDocuments;
  readonly context: (base: StageContext) => Context;
  /** Those to abort when the process stops: a signal composed for each request costs more than the rest of its bookkeeping. */
  readonly running: Set<AbortController>;
  readonly deadlines: Deadlines;
  readonly admission: Admission;
  readonly report: (error: unknown) => void;
}

/** Answers one request; the signal in its context follows the caller's connection and the process. */
async function answer<Context extends StageContext>(
  answering: Answering<Context>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { stage, running, deadlines } = answering;
  const controller = new AbortController();
  running.add(controller);
  const forgetDeadline = deadlines.add(performance.now() + deadlineMs(request.headers), () =>
    controller.abort(
      new ContractError('DEADLINE_EXCEEDED', `${stage.name} was not done when its caller's deadline passed`),
    ),
  );
  reply.raw.on('close', () => {
    running.delete(controller);
    forgetDeadline();
    if (!reply.raw.writableFinished) controller.abort(new ContractError('CANCELLED', 'the caller has gone'));
  });
  await answering.admission.begin();
  const text = (request.body as string | undefined) ?? '';
  // It has just been checked against its signature.
  await restIfLarge(text.length);
  let body: unknown;
  try {
    checkJson(text, STAGE_JSON);
    await restIfLarge(text.length);
    body = JSON.parse(text);
  } catch (error) {
    const isRefused = error instanceof ContractError;
    return refuse(reply, isRefused ? error : new ContractError('INPUT_INVALID', 'the request body is not JSON'));
  }
  await restIfLarge(text.length);
  const { signal } = controller;
  const contractVersion = contractVersionOf(header(request.headers, CONTRACT_HEADER));
  const isTraced = header(request.headers, FEDERATED_TRACE_HEADER) === FEDERATED_TRACE_VERSION;
  const trace = isTraced ? new FederatedTrace() : undefined;
  const context = answering.context({ signal, stage, contractVersion, work: new RequestWork(signal, trace) });
  const { status, ...result } = await run(answering, body, context);
  const ftv1 = await trace?.encode(result.errors);
  // Hops are for a caller that has a trace to add them to.
  const hops = TRACEPARENT_HEADER in request.headers ? (currentTrace()?.hops ?? []) : undefined;
  const extensions = hops === undefined && ftv1 === undefined ? undefined : { hops, ftv1 };
  const answerText = JSON.stringify({ ...result, extensions });
  return reply
    .code(status)
    .header(CONTRACT_HEADER, String(CONTRACT_VERSION))
    .header('content-type', 'application/json; charset=utf-8')
    .send(answerText);
}

function deadlineMs(headers: IncomingHttpHeaders): number {
  const named = header(headers, DEADLINE_HEADER) ?? '';
  return /^\d{1,9}$/.test(named) ? Math.min(Number(named), LATEST_DEADLINE_MS) : LATEST_DEADLINE_MS;
}

interface Answer {
  readonly status: number;
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
}

/** Without data in the answer nothing was run. */
async function run<Context extends StageContext>(
  { schema, documents, report }: Answering<Context>,
  body: unknown,
  contextValue: Context,
): Promise<Answer> {
  const request = readRequest(body);
  if (request === undefined) {
    const message = 'a request has a query, and may have variables and an operationName';
    return { status: 400, errors: [{ message, extensions: requestErrorExtensions('BAD_REQUEST') }] };
  }
  const { query, variableValues, operationName } = request;
  const { document, errors: invalid } = documents.find(query, operationName, QUERIES_AND_MUTATIONS);
  if (document === null) return { status: 400, errors: invalid.map((error) => formatThrown(error, report)) };
  const { data, errors } = await execute({ schema, document, contextValue, variableValues, operationName });
  if (data !== undefined) return { status: 200, data, errors: errors?.map((error) => formatThrown(error, report)) };
  return { status: 400, errors: errors?.map((error) => refusedVariable(error, report)) };
}

function refusedVariable(error: unknown, report: (error: unknown) => void): GraphQLFormattedError {
  if (isStackOverflow(error)) return formatThrown(error, report);
  const message = error instanceof Error ? error.message : String(error);
  return formatError({ message, extensions: { code: 'BAD_USER_INPUT' } }, undefined, report);
}

function readRequest(body: unknown) {
  if (typeof body !== 'object' || body === null) return undefined;
  const { query, variables = null, operationName = null } = body as Record<string, unknown>;
  if (typeof query !== 'string' || typeof variables !== 'object' || Array.isArray(variables)) return undefined;
  if (operationName !== null && typeof operationName !== 'string') return undefined;
  return { query, variableValues: variables as Readonly<Record<string, unknown>> | null, operationName };
}
