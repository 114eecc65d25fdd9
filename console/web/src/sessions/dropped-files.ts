/** A file that somebody chose or dropped, under the path it had there. */
export interface ChosenFile {
  readonly path: string;
  readonly file: File;
}

/** A file or folder that is not appended. */
export interface LeftOut {
  readonly path: string;
  readonly why: string;
}

/** What somebody chose or dropped, and what of it is not even read. */
export interface Chosen {
  readonly files: readonly ChosenFile[];
  readonly leftOut: readonly LeftOut[];
}

const FOLDERS_LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', '.git']);
const MAXIMUM_FILES = 50_000;

/** Files chosen in a dialog. */
export function chosenFiles(files: Iterable<File>): Chosen {
  return { files: [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file })), leftOut: [] };
}

/** Files dropped on the page, folders read to their ends. Must be called within the event: later its items are gone. */
export async function droppedFiles(transfer: DataTransfer): Promise<Chosen> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return chosenFiles(transfer.files);
  const found = { files: [] as ChosenFile[], leftOut: [] as LeftOut[] };
  for (const entry of entries) await gather(entry, found);
  return found;
}

async function gather(entry: FileSystemEntry, found: { files: ChosenFile[]; leftOut: LeftOut[] }): Promise<void> {
  const path = entry.fullPath.replace(/^\//, '');
  const leaveOut = (why: string) => void found.leftOut.push({ path, why });
  if (found.files.length >= MAXIMUM_FILES) return leaveOut(`there are more than ${MAXIMUM_FILES} files`);
  if (FOLDERS_LEFT_OUT.has(entry.name)) return leaveOut(`every ${entry.name} is`);
  try {
    if (isFile(entry)) {
      found.files.push({ path, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) });
    } else if (isDirectory(entry)) {
      for await (const inside of entriesOf(entry)) await gather(inside, found);
    }
  } catch (error) {
    leaveOut(`it could not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function* entriesOf(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry, void, undefined> {
  const reader = folder.createReader();
  for (;;) {
    // A folder is read a hundred entries at a time, until none come.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return;
    yield* entries;
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
