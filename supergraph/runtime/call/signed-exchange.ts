import type { CalleeClock } from './callee-clock.ts';
import { type Exchange, type ExchangeOptions, exchange } from './exchange.ts';
import { SIGNATURE_HEADER } from './sign.ts';

const REFUSED = 401;

/**
 * The same as `exchange`, signed; sent once more where the callee refused the signature for its time, before it had read anything.
 * @param clock null where nothing is signed
 */
export async function signedExchange(options: ExchangeOptions, clock: CalleeClock | null): Promise<Exchange> {
  if (clock === null) return exchange(options);
  const send = (signature: string) =>
    exchange({ ...options, headers: [...options.headers, SIGNATURE_HEADER, signature] });
  const signature = clock.sign(options.body);
  const answer = await send(signature);
  if (answer.status !== REFUSED || !clock.learn(signature, answer.text)) return answer;
  return send(clock.sign(options.body));
}
