import type { ReactNode } from 'react';
import { hrefOf } from './routing/use-route.ts';

/** Where no session is chosen. */
export function Welcome({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <main className="welcome">
      <h2>Two million tokens behind one question</h2>
      <p>Open a session, drop in files of any size, and ask. Every answer shows what it rests on.</p>
      {children}
    </main>
  );
}

/** Where an address leads nowhere. */
export function Lost({ what, named }: { readonly what: 'page' | 'session'; readonly named: string }): ReactNode {
  return (
    <main className="welcome">
      <h2>No such {what}</h2>
      <p>
        <code>{named}</code>{' '}
        {what === 'page' ? 'is no address of this page.' : 'is not here. It may have been deleted.'}
      </p>
      <p>
        <a href={hrefOf({ place: 'home' })}>To the beginning</a>
      </p>
    </main>
  );
}
