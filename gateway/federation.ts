import { ApolloGateway } from '@apollo/gateway';
import { CONTRACT_HEADER, CONTRACT_VERSION } from '@supercontext/contract';
import { CalleeClock } from '@supercontext/runtime/call/callee-clock.ts';
import { Deadlines } from '@supercontext/runtime/call/deadlines.ts';
import { SIGNATURE_HEADER, SOCKET_BODY } from '@supercontext/runtime/call/sign.ts';
import type { Logger } from '@supercontext/runtime/process/log.ts';
import { encodeHops, HOPS_HEADER } from '@supercontext/runtime/trace/hops.ts';
import { TRACEPARENT_HEADER } from '@supercontext/runtime/trace/trace-context.ts';
import { Agent } from 'undici';
import { forbidApolloTelemetry, type GatewayConfig } from './config.ts';
import { SchemaState } from './schema-state.ts';
import { type HeaderRule, SubgraphRequest } from './subgraph/subgraph-request.ts';
import { SubgraphStreams } from './subscriptions/open.ts';
import { SupergraphFile } from './supergraph.ts';

const SOCKETS_PER_SUBGRAPH = 64;
const SUBGRAPH_KEEP_ALIVE_MS = 60_000;

/** The supergraph and the ways to its subgraphs: one HTTP data source and one stream connection for each. */
export class Federation {
  readonly #gateway: ApolloGateway;
  #services: Readonly<Record<string, SubgraphRequest>> = {};
  readonly #config: GatewayConfig;
  readonly #agent = new Agent({ connections: SOCKETS_PER_SUBGRAPH, keepAliveTimeout: SUBGRAPH_KEEP_ALIVE_MS });
  readonly #deadlines = new Deadlines();
  readonly #streams = new Map<string, SubgraphStreams>();
  readonly #urls = new Map<string, string>();
  readonly #clocks = new Map<string, CalleeClock>();
  #state: SchemaState | undefined;

  constructor(config: GatewayConfig, log: Logger) {
    this.#config = config;
    forbidApolloTelemetry();
    this.#gateway = new ApolloGateway({
      logger: log,
      validateSupergraph: false,
      supergraphSdl: new SupergraphFile(config.supergraphPath, {
        updated: () => log.info('the supergraph was swapped'),
        refused: (error) => log.error({ err: error }, 'the new supergraph was refused; the old one keeps serving'),
      }),
      buildService: ({ name, url }) => this.#service(name, config.subgraphUrls[name] ?? url ?? ''),
    });
    this.#gateway.onSchemaLoadOrUpdate(({ apiSchema, coreSupergraphSdl }) => {
      this.#state = new SchemaState(apiSchema, coreSupergraphSdl, config.limits);
    });
  }

  /** Reads the supergraph. @throws when it is not good. */
  async load(): Promise<void> {
    await this.#gateway.load();
  }

  /** What new operations are admitted with. */
  get state(): SchemaState {
    if (this.#state === undefined) throw new Error('the supergraph is not loaded');
    return this.#state;
  }

  /** The data sources of the subgraphs. Replaced, never changed, so that what holds one keeps what it began with. */
  get serviceMap(): Readonly<Record<string, SubgraphRequest>> {
    return this.#services;
  }

  /** The connection that streams of a subgraph share. */
  streams(serviceName: string): SubgraphStreams {
    const known = this.#streams.get(serviceName);
    if (known !== undefined) return known;
    const streams = this.ownStreams(serviceName);
    this.#streams.set(serviceName, streams);
    return streams;
  }

  /** A connection for one stream alone; its owner disposes of it. */
  ownStreams(serviceName: string): SubgraphStreams {
    return new SubgraphStreams({
      url: (this.#urls.get(serviceName) ?? '').replace(/^http/, 'ws'),
      keepAliveMs: this.#config.keepAliveMs,
      connectionParams: () => ({
        [CONTRACT_HEADER]: String(CONTRACT_VERSION),
        [SIGNATURE_HEADER]: this.#clock(serviceName).sign(SOCKET_BODY),
      }),
    });
  }

  /** Names of the subgraphs that do not answer now. */
  async unreachable(timeoutMs: number): Promise<string[]> {
    const answers = await Promise.all(
      Object.entries(this.#services).map(async ([name, service]) =>
        (await service.isReachable(timeoutMs)) ? [] : [name],
      ),
    );
    return answers.flat();
  }

  async close(): Promise<void> {
    await this.#gateway.stop();
    await Promise.all([...this.#streams.values()].map((streams) => streams.dispose()));
    await this.#agent.close();
  }

  #service(name: string, url: string): SubgraphRequest {
    if (this.#urls.get(name) !== url) {
      // Streams that run stay on the connection they have.
      this.#streams.delete(name);
      this.#clocks.delete(name);
      this.#urls.set(name, url);
    }
    const service = new SubgraphRequest({
      name,
      url,
      dispatcher: this.#agent,
      deadlines: this.#deadlines,
      policy: this.#config.subgraph,
      headers,
      clock: this.#clock(name),
    });
    this.#services = { ...this.#services, [name]: service };
    return service;
  }

  /** That of the subgraph's process, which its requests and its sockets share. */
  #clock(name: string): CalleeClock {
    const known = this.#clocks.get(name) ?? new CalleeClock(this.#config.signingKey, name);
    this.#clocks.set(name, known);
    return known;
  }
}

function headers(...[context]: Parameters<HeaderRule>): string[] {
  if (context === undefined) return [CONTRACT_HEADER, String(CONTRACT_VERSION)];
  const { trace, forwarded } = context;
  return [
    ...[TRACEPARENT_HEADER, trace.traceparent, HOPS_HEADER, encodeHops(trace.hops)],
    ...Object.entries(forwarded).flat(),
  ];
}
