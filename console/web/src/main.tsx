import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { ConnectionContext } from './connection/connection-context.ts';
import { openConnection } from './connection/open-connection.ts';
import './styles/tokens.css';
import './styles/layout.css';
import './styles/controls.css';
import './styles/dialogs.css';
import './styles/sessions.css';
import './styles/conversation.css';
import './styles/context-map.css';
import './styles/hops.css';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root element');

createRoot(root).render(
  <StrictMode>
    <ConnectionContext value={openConnection(window.location.origin)}>
      <App />
    </ConnectionContext>
  </StrictMode>,
);
