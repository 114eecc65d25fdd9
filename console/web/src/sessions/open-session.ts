import {
  accepted,
  type GraphClient,
  newIdempotencyKey,
  OpenSessionDocument,
  repeat,
  type SessionFieldsFragment,
} from '@supercontext/client';

/** Opens a session; one that fails is tried again under its key. @throws GraphRequestError */
export async function openSession(client: GraphClient, title: string): Promise<SessionFieldsFragment> {
  const input = { idempotencyKey: newIdempotencyKey(), ...(title === '' ? {} : { title }) };
  const { session } = await repeat(async () =>
    accepted((await client.mutate(OpenSessionDocument, { input })).openSession),
  );
  if (session === null) throw new Error('the platform accepted the session and gave none');
  return session;
}
