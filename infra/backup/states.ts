/** Where each state lies, in a backup as in a data folder. */
export const STATES = {
  generations: 'reasoning/generations.sqlite',
  log: 'context/log.sqlite',
  summaries: 'compression/summaries.sqlite',
  fragments: 'store/fragments.sqlite',
  tenantKey: 'store/tenant.key',
} as const;
