// Where the sound of the call comes from: the microphone, or the sample that ships with the page.

/** A started source. `stream` has one audio track; `stop()` releases whatever was opened for it. */
export interface Source {
  readonly kind: 'microphone' | 'sample';
  readonly stream: MediaStream;
  stop(): void;
}

/** Which of the browser's own processors the microphone shall run. Echo cancellation always stays the browser's. */
export interface NativeProcessing {
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
}

/** Asks for the microphone. Rejects as getUserMedia does; `explain()` in messages.ts turns that into words. */
export async function openMicrophone(native: NativeProcessing): Promise<Source> {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException('getUserMedia is missing', 'NotSupportedError');
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, channelCount: 1, ...native } });
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
  const buffer = await context.decodeAudioData(await response.arrayBuffer());
  const player = new AudioBufferSourceNode(context, { buffer, loop: true });
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  player.connect(destination);
  player.start();
  return {
    kind: 'sample',
    stream: destination.stream,
    stop: () => {
      player.stop();
      player.disconnect();
      destination.stream.getTracks().forEach((track) => track.stop());
    },
  };
}
