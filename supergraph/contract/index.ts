export { clipMessage, MAXIMUM_MESSAGE_CHARACTERS } from './clip-message.ts';
export { decodeDelta, decodeFragment, decodeSummary, decodeTokenEvent, decodeWorkingSet } from './decode.ts';
export type { Delta, DeltaItem, Said } from './delta.ts';
export {
  canonicalFragment,
  encodeDelta,
  encodeFragment,
  encodeSummary,
  encodeTokenEvent,
  encodeWorkingSet,
} from './encode.ts';
export {
  ContractError,
  ERRORS,
  type ErrorCode,
  type ErrorDetails,
  type ErrorRow,
  errorMessage,
  isErrorCode,
} from './errors.ts';
export type { Fragment, Role, Source } from './fragment.ts';
export type { Hop } from './hop.ts';
export { isRequestErrorCode, REQUEST_ERRORS, type RequestErrorCode } from './request-errors.ts';
export type { StageVersion, Summary } from './summary.ts';
export { isTerminal, type TokenEvent } from './token-event.ts';
export { type Bytes, bytes, type Tokens, tokens, utf8Bytes } from './units.ts';
export {
  CONTRACT_HEADER,
  CONTRACT_TOKENIZER,
  CONTRACT_VERSION,
  CONTRACT_VERSIONS,
  WRITTEN_VERSIONS,
} from './version.ts';
export {
  type Degradation,
  MAXIMUM_QUESTION_CHARACTERS,
  SEGMENT_REASONS,
  type Segment,
  type SegmentReason,
  type WorkingSet,
} from './working-set.ts';
