import { ContractError } from '@supercontext/contract';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  Lexer,
  type SelectionSetNode,
  Source,
  TokenKind,
} from 'graphql';

/** How much one request may ask for. */
export interface Limits {
  /** UTF-8 bytes of the document. */
  readonly maxDocumentBytes: number;
  /** Lexical tokens of the document. */
  readonly maxTokens: number;
  /** Levels of selection sets, fragments followed. */
  readonly maxDepth: number;
  /** Aliased fields in the whole document; `__typename` counts too. */
  readonly maxAliases: number;
  /** Fields of an operation with all of its fragments written out: what the planner's work grows with. */
  readonly maxFields: number;
  /** What an operation may cost, by `@cost` and `@listSize`: about the objects of its answer. */
  readonly maxCost: number;
}

/** Brackets within brackets, and fragments within fragments: the parser and the rules of validation go down one call for each. */
const MAXIMUM_NESTING = 100;
/** The rules of validation compare fragments pair by pair: as many take some 40 ms at the worst. */
const MAXIMUM_FRAGMENTS = 100;
const MAXIMUM_OPERATIONS = 50;
const MAXIMUM_NAME_CHARACTERS = 256;

const OPENS: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSES: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Looks through a document's text before it is parsed, in one pass: a parser that goes down with each bracket would run out of stack.
 * @throws ContractError REQUEST_TOO_COMPLEX; GraphQLError when there is no token to be made of it
 */
export function checkText(text: string, { maxDocumentBytes, maxTokens }: Limits): void {
  if (Buffer.byteLength(text) > maxDocumentBytes) {
    throw tooComplex(`The document is longer than ${maxDocumentBytes} bytes`, { maxDocumentBytes });
  }
  const lexer = new Lexer(new Source(text));
  let tokens = 0;
  let nesting = 0;
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    if (++tokens > maxTokens) throw tooComplex(`The document has more than ${maxTokens} tokens`, { maxTokens });
    if (OPENS.has(token.kind) && ++nesting > MAXIMUM_NESTING) {
      throw tooComplex(`The document is nested deeper than ${MAXIMUM_NESTING} brackets`, {
        maximumNesting: MAXIMUM_NESTING,
      });
    }
    if (CLOSES.has(token.kind)) nesting--;
    if (token.kind === TokenKind.NAME && token.end - token.start > MAXIMUM_NAME_CHARACTERS) {
      throw tooComplex(`A name is longer than ${MAXIMUM_NAME_CHARACTERS} characters`, {
        maximumNameCharacters: MAXIMUM_NAME_CHARACTERS,
      });
    }
  }
}

/**
 * Measures a parsed document before it is validated and planned, both of which multiply what fragments repeat. Linear in the
 * document: each fragment is measured once.
 * @throws ContractError REQUEST_TOO_COMPLEX
 */
export function checkShape(document: DocumentNode, { maxDepth, maxAliases, maxFields }: Limits): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: SelectionSetNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition.selectionSet);
  }
  if (fragments.size > MAXIMUM_FRAGMENTS) {
    throw tooComplex(`The document has more than ${MAXIMUM_FRAGMENTS} fragments`, {
      maximumFragments: MAXIMUM_FRAGMENTS,
    });
  }
  if (operations.length > MAXIMUM_OPERATIONS) {
    throw tooComplex(`The document has more than ${MAXIMUM_OPERATIONS} operations`, {
      maximumOperations: MAXIMUM_OPERATIONS,
    });
  }
  const measure = new ShapeOfSelections(fragments);
  for (const name of fragments.keys()) measure.fragment(name, 0);
  for (const { depth, fields } of operations.map((selectionSet) => measure.selections(selectionSet, 0))) {
    if (depth > maxDepth) throw tooComplex(`The document is deeper than ${maxDepth} levels`, { maxDepth });
    if (fields > maxFields) {
      throw tooComplex(`The operation selects more than ${maxFields} fields, its fragments written out`, { maxFields });
    }
  }
  if (measure.aliases > maxAliases)
    throw tooComplex(`The document has more than ${maxAliases} aliases`, { maxAliases });
}

interface Shape {
  /** Levels of fields. */
  readonly depth: number;
  /** With fragments written out. */
  readonly fields: number;
  /** Levels of fields, inline fragments and spreads. */
  readonly nesting: number;
}

const EMPTY: Shape = { depth: 0, fields: 0, nesting: 0 };

class ShapeOfSelections {
  aliases = 0;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #measured = new Map<string, Shape>();

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#fragments = fragments;
  }

  selections(selectionSet: SelectionSetNode | undefined, above: number): Shape {
    let depth = 0;
    let fields = 0;
    let nesting = 0;
    for (const selection of selectionSet?.selections ?? []) {
      const below =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? this.fragment(selection.name.value, above + 1)
          : this.#inner(selection.selectionSet, above + 1);
      if (selection.kind === Kind.FIELD) {
        if (selection.alias !== undefined) this.aliases++;
        fields++;
        depth = Math.max(depth, 1 + below.depth);
      } else depth = Math.max(depth, below.depth);
      fields += below.fields;
      nesting = Math.max(nesting, 1 + below.nesting);
    }
    if (above + nesting > MAXIMUM_NESTING) throw this.#nestedTooDeep();
    return { depth, fields, nesting };
  }

  fragment(name: string, above: number): Shape {
    const known = this.#measured.get(name);
    if (known !== undefined) {
      if (above + known.nesting > MAXIMUM_NESTING) throw this.#nestedTooDeep();
      return known;
    }
    // A cycle is a rule's error; here it must only not loop.
    this.#measured.set(name, EMPTY);
    const measured = this.#inner(this.#fragments.get(name)?.selectionSet, above);
    this.#measured.set(name, measured);
    return measured;
  }

  #inner(selectionSet: SelectionSetNode | undefined, above: number): Shape {
    if (above > MAXIMUM_NESTING) throw this.#nestedTooDeep();
    return selectionSet === undefined ? EMPTY : this.selections(selectionSet, above);
  }

  #nestedTooDeep(): ContractError {
    return tooComplex(`Selections and fragments are nested deeper than ${MAXIMUM_NESTING} levels`, {
      maximumNesting: MAXIMUM_NESTING,
    });
  }
}

function tooComplex(message: string, details: Readonly<Record<string, number>>): ContractError {
  return new ContractError('REQUEST_TOO_COMPLEX', message, details);
}
