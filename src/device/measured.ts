/** @file Whether the parties of an SPU measure their link. Apart from what reads definitions, which engines do without. */
import type { SpuConfig } from './cluster-def.ts';

/** Whether the parties have to measure their link before they can plan: only two have a choice. */
export const measures = ({ parties, runtime }: SpuConfig): boolean =>
  runtime.costMode === 'auto' && runtime.link === undefined && parties.length === 2;

/** Whether they measure it as they start: to plan by it, or to make their material by it. */
export const measuresLink = (config: SpuConfig): boolean =>
  measures(config) || config.runtime.byLink === true;

/** Why material cannot be made ahead of time for a program that is not planned yet. */
export const UNMEASURED =
  'cost_mode auto plans by the measured link, and material is dealt before there is one: give link_rtt_ms and link_bandwidth_mbit, or another cost_mode';
