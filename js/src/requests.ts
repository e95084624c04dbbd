/** Questions with an id and their answers, over a channel that keeps neither order nor promise. */
export class Requests<Answer> {
  readonly #open = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  /** Sends by `send(id)`; resolves with what `answer` is given for that id, or with the `closed` value. */
  ask(send: (id: number) => void): Promise<Answer> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#open.set(id, resolve);
      send(id);
    });
  }

  answer(id: number, answer: Answer): void {
    this.#open.get(id)?.(answer);
    this.#open.delete(id);
  }

  /** Answers everything open: the far side will not. */
  close(answer: Answer): void {
    for (const resolve of this.#open.values()) resolve(answer);
    this.#open.clear();
  }
}
