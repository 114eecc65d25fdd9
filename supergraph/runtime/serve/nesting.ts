/** Levels of lists and objects in what a client sends as JSON; what is deeper overflows the stack of whoever walks it. */
export const MAXIMUM_NESTING = 128;

/** Whether `value` has more than `maximum` levels of lists and objects. Walks without recursion, so that depth costs nothing. */
export function isNestedDeeper(value: unknown, maximum: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const parent of level) {
      if (typeof parent !== 'object' || parent === null) continue;
      for (const child of Array.isArray(parent) ? parent : Object.values(parent)) {
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    if (depth >= maximum - 1 && next.length > 0) return true;
    level = next;
  }
  return false;
}
