/** Simulated time: events in their order, those of one time in the order they were scheduled. */
export class EventQueue {
  #heap: { time: number; order: number; run: () => void }[] = [];
  #order = 0;
  #now = 0;

  /** ms. */
  get now(): number {
    return this.#now;
  }

  at(time: number, run: () => void): void {
    const heap = this.#heap;
    heap.push({ time: Math.max(time, this.#now), order: this.#order++, run });
    let i = heap.length - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#before(i, parent)) break;
      this.#swap(i, parent);
      i = parent;
    }
  }

  after(delay: number, run: () => void): void {
    this.at(this.#now + delay, run);
  }

  runUntil(end: number): void {
    while (this.#heap.length > 0 && this.#heap[0]!.time <= end) {
      const { time, run } = this.#take();
      this.#now = time;
      run();
    }
    this.#now = end;
  }

  #take() {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    heap[0] = last;
    for (let i = 0; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && this.#before(child, least)) least = child;
      }
      if (least === i) return first;
      this.#swap(i, least);
      i = least;
    }
  }

  #before(a: number, b: number): boolean {
    const x = this.#heap[a]!;
    const y = this.#heap[b]!;
    return x.time < y.time || (x.time === y.time && x.order < y.order);
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b]!, this.#heap[a]!];
  }
}
