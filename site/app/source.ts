// Where the sound of the call comes from: the microphone, the sample that ships with the page, or a file.

/** A started source. `stream` has one audio track; `stop()` releases whatever was opened for it. */
export interface Source {
  readonly kind: 'microphone' | 'sample' | 'file';
  readonly stream: MediaStream;
  stop(): void;
}

/** Which of the browser's own processors the microphone shall run. Echo cancellation always stays the browser's. */
export interface NativeProcessing {
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
}

/** Asks for a microphone. Rejects as getUserMedia does; `explain()` in messages.ts turns that into words. */
export async function openMicrophone(native: NativeProcessing, deviceId?: string): Promise<Source> {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException('getUserMedia is missing', 'NotSupportedError');
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, channelCount: 1, ...native, ...(deviceId && { deviceId: { exact: deviceId } }) },
  });
  return {
    kind: 'microphone',
    stream,
    stop: () => stream.getTracks().forEach((track) => track.stop()),
  };
}

/** Plays the noisy sample in a loop into a stream of its own. */
export async function openSample(context: AudioContext, url: string): Promise<Source> {
  const response = await fetch(url);
  if (!response.ok) throw new DOMException(`The sample could not be loaded (${response.status})`, 'NetworkError');
  return play(context, 'sample', await response.arrayBuffer());
}

/** Plays a file of the person's in a loop. */
export async function openFile(context: AudioContext, file: File): Promise<Source> {
  return play(context, 'file', await file.arrayBuffer());
}

async function play(context: AudioContext, kind: Source['kind'], encoded: ArrayBuffer): Promise<Source> {
  const buffer = await context.decodeAudioData(encoded);
  const player = new AudioBufferSourceNode(context, { buffer, loop: true });
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: Math.min(2, buffer.numberOfChannels) });
  player.connect(destination);
  player.start();
  return {
    kind,
    stream: destination.stream,
    stop: () => {
      player.stop();
      player.disconnect();
      destination.stream.getTracks().forEach((track) => track.stop());
    },
  };
}
