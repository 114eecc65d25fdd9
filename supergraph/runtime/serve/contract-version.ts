import { CONTRACT_HEADER, CONTRACT_VERSIONS, ContractError } from '@supercontext/contract';

/**
 * The contract version that a caller names.
 * @throws ContractError CONTRACT_VERSION_UNKNOWN, with the range this stage speaks, when it names none or another.
 */
export function contractVersionOf(named: string | undefined): number {
  const version = /^\d{1,4}$/.test(named ?? '') ? Number(named) : Number.NaN;
  if (version >= CONTRACT_VERSIONS.from && version <= CONTRACT_VERSIONS.through) return version;
  const range = `${CONTRACT_VERSIONS.from} to ${CONTRACT_VERSIONS.through}`;
  throw new ContractError(
    'CONTRACT_VERSION_UNKNOWN',
    named === undefined
      ? `the ${CONTRACT_HEADER} header is missing; this stage speaks versions ${range}`
      : `contract version ${named.slice(0, 16)} is not spoken here; this stage speaks versions ${range}`,
    { from: CONTRACT_VERSIONS.from, through: CONTRACT_VERSIONS.through },
  );
}
