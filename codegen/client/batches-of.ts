/** UTF-8 bytes and files of one append: enough to be quick, and soon done again when it fails. */
const BATCH_BYTES = 512 * 1024;
const BATCH_FILES = 200;

/** Files in their order, as many together as one append takes; a larger file is a batch of its own. */
export async function* batchesOf<File extends { readonly sizeBytes: number }>(
  files: Iterable<File> | AsyncIterable<File>,
): AsyncGenerator<readonly File[], void, undefined> {
  let batch: File[] = [];
  let sizeBytes = 0;
  for await (const file of files) {
    if (batch.length > 0 && (sizeBytes + file.sizeBytes > BATCH_BYTES || batch.length >= BATCH_FILES)) {
      yield batch;
      batch = [];
      sizeBytes = 0;
    }
    batch.push(file);
    sizeBytes += file.sizeBytes;
  }
  if (batch.length > 0) yield batch;
}
