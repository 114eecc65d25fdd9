// `npm start`: the whole platform on this machine, until Ctrl-C.
import { interruption, printUrls, startForPerson, untilAborted } from './terminal.ts';

const interrupted = interruption();
const platform = await startForPerson(interrupted);
await Promise.race([printUrls(platform), untilAborted(interrupted)]);
await untilAborted(interrupted);
await platform.stop();
process.exit(0);
