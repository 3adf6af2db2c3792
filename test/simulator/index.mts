/**
 * Simulators of the vendors, in memory and on the loopback interface: the counterpart of the tests and
 * benchmarks and the back end of the demo. They follow the vendors' documentation, not the nodes.
 */
export { startOutreach } from './outreach/api.mts';
export type { OutreachOptions, OutreachSimulator, RateLimit, RecordSnapshot } from './outreach/api.mts';
export type { IssueOptions, TokenPair } from './outreach/oauth.mts';
export type { Ref, RecordId, Relation, RelationInput } from './outreach/store.mts';
export type { BurstOptions, BurstResult, DeliveryRecord } from './outreach/webhooks.mts';
export type { Invite } from './outreach/world.mts';
export { startBranchCms } from './branchcms/api.mts';
export type { BranchCmsOptions, BranchCmsSimulator, BranchCmsType, Item } from './branchcms/api.mts';
export { startOutseta } from './outseta/api.mts';
export type { OutsetaOptions, OutsetaSimulator } from './outseta/api.mts';
export { startUserlot } from './userlot/api.mts';
export type { UserlotItem, UserlotOptions, UserlotSimulator, UserlotType } from './userlot/api.mts';
export type { Fault, FaultKind, RecordedRequest, Seed, Simulator, SimulatorOptions } from './server.mts';
