import {
  type ASTVisitor,
  BREAK,
  type DocumentNode,
  Kind,
  type ValidationContext,
  type ValidationRule,
  visit,
} from 'graphql';
import { gatewayError } from './errors.ts';

/** How much one request may ask for. */
export interface Limits {
  /** Levels of selection sets, fragments followed. */
  readonly maxDepth: number;
  /** Aliased fields in the whole document; `__typename` counts too. */
  readonly maxAliases: number;
  /** Lexical tokens of the document. */
  readonly maxTokens: number;
}

/** A validation rule that refuses documents deeper or with more aliases than allowed, with REQUEST_TOO_COMPLEX. */
export function limitRule({ maxDepth, maxAliases }: Limits): ValidationRule {
  return (context: ValidationContext): ASTVisitor => ({
    Document(document) {
      const refuse = (message: string, details: Record<string, number>): void =>
        context.reportError(gatewayError('REQUEST_TOO_COMPLEX', message, details));
      const aliases = countAliases(document, maxAliases);
      if (aliases > maxAliases) refuse(`The document has more than ${maxAliases} aliases`, { maxAliases });
      const depth = depthOf(document, maxDepth);
      if (depth > maxDepth) refuse(`The document is deeper than ${maxDepth} levels`, { maxDepth });
    },
  });
}

function countAliases(document: DocumentNode, enough: number): number {
  let count = 0;
  visit(document, {
    Field(field) {
      if (field.alias !== undefined && ++count > enough) return BREAK;
      return undefined;
    },
  });
  return count;
}

type Selections = { readonly selectionSet?: { readonly selections: readonly unknown[] } | undefined };

/** Depth with fragments followed. Each fragment is measured once, so that spreads of spreads do not multiply the work. */
function depthOf(document: DocumentNode, enough: number): number {
  const fragments = new Map<string, Selections>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measured = new Map<string, number>();
  const measure = (node: Selections, level: number): number => {
    if (level > enough) return level;
    let below = 0;
    for (const selection of (node.selectionSet?.selections ?? []) as readonly (Selections & {
      kind: Kind;
      name?: { value: string };
    })[]) {
      if (selection.kind === Kind.FIELD) below = Math.max(below, 1 + measure(selection, level + 1));
      else if (selection.kind === Kind.INLINE_FRAGMENT) below = Math.max(below, measure(selection, level));
      else below = Math.max(below, measureFragment(selection.name?.value ?? '', level));
    }
    return below;
  };
  const measureFragment = (name: string, level: number): number => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    // A cycle is another rule's error; here it must only not loop.
    measured.set(name, 0);
    const fragment = fragments.get(name);
    const depth = fragment === undefined ? 0 : measure(fragment, level);
    measured.set(name, depth);
    return depth;
  };
  let deepest = 0;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) deepest = Math.max(deepest, measure(definition, 0));
  }
  return deepest;
}
