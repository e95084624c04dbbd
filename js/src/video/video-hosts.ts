import { engine } from '../engine.js';
import type { TransformOwner } from '../call/transform.js';
import { WorkerHost } from '../call/worker-host.js';

const hosts = new WeakMap<TransformOwner, WorkerHost<'video'>>();

/** The worker of `owner`'s video: one for each, since encoding a picture takes as long as others may not wait. */
export function videoHost(owner: TransformOwner): WorkerHost<'video'> {
  let host = hosts.get(owner);
  if (!host) hosts.set(owner, (host = new WorkerHost(engine, 'earshot-video-worker.js')));
  return host;
}
