/** Changes a sender's track, one change after another; the last wish counts. */
export class NativeTrack {
  #wanted: MediaStreamTrack | null | undefined;
  #changing = false;

  constructor(
    private readonly sender: RTCRtpSender,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** The track is what we made it, or about to be. */
  isOurs(track: MediaStreamTrack | null): boolean {
    return this.#changing || track === this.#wanted;
  }

  set(track: MediaStreamTrack | null): void {
    this.#wanted = track;
    if (!this.#changing) void this.#change();
  }

  async #change(): Promise<void> {
    this.#changing = true;
    try {
      while (this.sender.track !== this.#wanted) await this.sender.replaceTrack(this.#wanted!);
    } catch (error) {
      this.onFailure(error);
    } finally {
      this.#changing = false;
    }
  }
}
