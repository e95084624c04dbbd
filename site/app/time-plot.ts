// Plots of the last minute, by uPlot.
import uPlot from 'uplot';

const keptSeconds = 60;

export interface TimePlotOptions {
  /** With the unit. */
  readonly title: string;
  readonly series: readonly string[];
  /** Bottom and least top of the scale; the top grows with the values. Default: 0 and 1. */
  readonly bottom?: number;
  readonly top?: number;
}

/** One plot of several series over time. Values are pushed once per statistics poll, or shown all at once. */
export class TimePlot {
  readonly #element: HTMLElement;
  readonly #plot: uPlot;
  readonly #data: (number | null)[][];

  constructor(element: HTMLElement, { title, series, bottom = 0, top = 1 }: TimePlotOptions) {
    this.#element = element;
    this.#data = Array.from({ length: series.length + 1 }, () => []);
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue('--soft').trim() || 'gray';
    const strokes = ['#1f9e8f', '#e0803a', '#8a63c9'];
    const axis: uPlot.Axis = { stroke: 'gray', grid: { stroke: 'rgba(128,128,128,0.25)', width: 1 }, ticks: { show: false } };
    this.#plot = new uPlot(
      {
        title,
        width: Math.max(200, element.clientWidth),
        height: 190,
        cursor: { show: false },
        scales: { x: { time: false }, y: { range: (_plot, _low, high) => [bottom, high > top ? bottom + 1.15 * (high - bottom) : top] } },
        axes: [{ ...axis, size: 30, values: (_plot, ticks) => ticks.map((t) => `${t} s`) }, { ...axis, size: 46 }],
        series: [{}, ...series.map((label, i) => ({ label, stroke: strokes[i % strokes.length] ?? ink, width: 2, points: { show: false } }))],
        legend: { live: false },
      },
      this.#data as unknown as uPlot.AlignedData,
      element,
    );
    new ResizeObserver(() => this.#plot.setSize({ width: Math.max(200, element.clientWidth), height: 190 })).observe(element);
  }

  /** A value that is no number leaves a gap. */
  push(seconds: number, values: readonly number[]): void {
    [seconds, ...values].forEach((value, i) => this.#data[i]!.push(Number.isFinite(value) ? value : null));
    while (this.#data[0]!.length > 0 && this.#data[0]![0]! < seconds - keptSeconds) this.#data.forEach((column) => column.shift());
    this.#draw();
  }

  /** In place of what is there: `rows` of a time in seconds and the values of the series at that time. */
  show(rows: readonly (readonly number[])[]): void {
    this.#data.forEach((column, i) => column.splice(0, Infinity, ...rows.map((row) => row[i]!)));
    this.#draw();
  }

  clear(): void {
    this.show([]);
  }

  #draw(): void {
    this.#plot.setData(this.#data as unknown as uPlot.AlignedData);
    this.#element.dataset.points = String(this.#data[0]!.length);
  }
}
