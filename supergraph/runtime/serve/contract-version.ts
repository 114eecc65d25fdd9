import { CONTRACT_HEADER, CONTRACT_VERSIONS, ContractError } from '@supercontext/contract';

/** @throws ContractError CONTRACT_VERSION_UNKNOWN, with the range this stage speaks, when the caller names none or another. */
export function checkContractVersion(named: string | undefined): void {
  const version = /^\d{1,4}$/.test(named ?? '') ? Number(named) : Number.NaN;
  if (version >= CONTRACT_VERSIONS.from && version <= CONTRACT_VERSIONS.through) return;
  const range = `${CONTRACT_VERSIONS.from} to ${CONTRACT_VERSIONS.through}`;
  throw new ContractError(
    'CONTRACT_VERSION_UNKNOWN',
    named === undefined
      ? `the ${CONTRACT_HEADER} header is missing; this stage speaks versions ${range}`
      : `contract version ${named.slice(0, 16)} is not spoken here; this stage speaks versions ${range}`,
    { from: CONTRACT_VERSIONS.from, through: CONTRACT_VERSIONS.through },
  );
}
