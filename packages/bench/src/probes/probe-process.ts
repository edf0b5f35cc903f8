/** The process of one probe: measures, sends the result, ends. */
import { deathsProbe } from './deaths.ts';
import { endToEndProbe } from './end-to-end.ts';
import { growthProbe } from './growth.ts';
import { layersProbe } from './layers.ts';
import { loadTimeProbe } from './load-time.ts';
import { memoryProbe } from './memory.ts';
import type { Probe, ProbeRequest } from './probe.ts';
import type { ProbeName, ProbeReply } from './run-probe.ts';

const PROBES: Record<ProbeName, Probe> = {
  'load-time': loadTimeProbe,
  memory: memoryProbe,
  deaths: deathsProbe,
  'end-to-end': endToEndProbe,
  growth: growthProbe,
  layers: layersProbe,
};

process.once('message', ({ name, request }: { name: ProbeName; request: ProbeRequest }) => {
  const send = (reply: ProbeReply) => process.send!(reply, () => process.exit());
  PROBES[name](request).then(
    (result) => send({ result }),
    (error) => send({ failure: error instanceof Error ? error.message : String(error) }),
  );
});
