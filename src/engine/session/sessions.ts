import { Scope } from '../../lib/task.ts';
import { createBackbone } from '../model/backbone.ts';
import { createCorrelator } from '../model/correlator.ts';
import type { Backbone, Correlator, Model } from '../model/types.ts';
import type { RunSettings } from '../settings/run.ts';
import type { DeviceContext } from './devices.ts';
import { OUTPUT_FOR } from './pipeline.ts';

/** A model's sessions for one size on one device. */
export interface Sessions {
  key: string;
  backbone: Backbone;
  correlator: Correlator;
}

/** The sessions of the newest run, kept for the next. One call at a time. */
export function createSessionCache() {
  let held: { sessions: Sessions; gpuDevice: GPUDevice | undefined; scope: Scope } | null = null;

  /** Throws what sessions throw; then none are held. */
  return async function sessionsFor(
    model: Model,
    { height, width, metric }: Pick<RunSettings, 'height' | 'width' | 'metric'>,
    { report: { device, precision }, gpuDevice }: Pick<DeviceContext, 'report' | 'gpuDevice'>,
    batch: number,
  ): Promise<Sessions> {
    const output = OUTPUT_FOR[metric];
    const key = [model.entry.id, height, width, output, device, batch].join();
    if (held?.sessions.key === key && held.gpuDevice === gpuDevice) return held.sessions;
    const before = held;
    held = null;
    await before?.scope.close();
    const scope = new Scope();
    try {
      const on = { device, precision, gpuDevice };
      const size = { height, width, batch, outputs: [output] };
      const backbone = scope.own(await createBackbone(model, { ...on, ...size }), (session) =>
        session.release(),
      );
      const tokens = backbone.rows * backbone.columns;
      const correlator = scope.own(await createCorrelator(model, { ...on, tokens }), (session) =>
        session.release(),
      );
      held = { sessions: { key, backbone, correlator }, gpuDevice, scope };
      return held.sessions;
    } catch (thrown) {
      await scope.close();
      throw thrown;
    }
  };
}

export type SessionsFor = ReturnType<typeof createSessionCache>;
