/** A picture of a part of the image, and its position on the screen. */
export interface Picture {
  /** Red, green, blue, alpha per cell, row by row; transparent in gaps. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** In pixels of the page, from the corner of the canvas' parent. */
export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Whether columns run to the left, and rows upwards. */
  readonly isLeftward: boolean;
  readonly isUpward: boolean;
}

/**
 * Shows a picture that was painted at the screen's size.
 *
 * With H5Web's `HeatmapMesh`, WebGL colours all pixels. Without a graphics card this is computed in software,
 * and takes longer than everything else for an image.
 */
export class PictureCanvas {
  readonly element = document.createElement("canvas");
  readonly #context = this.element.getContext("2d", { willReadFrequently: true }); // painted by the processor

  constructor() {
    this.element.className = "heatmap";
  }

  show({ rgba, width, height }: Picture, place: Place): void {
    if (width === 0 || height === 0) {
      this.element.hidden = true;
      return;
    }
    const { element } = this;
    element.hidden = false;
    if (element.width !== width || element.height !== height) Object.assign(element, { width, height });
    this.#context?.putImageData(new ImageData(rgba, width, height), 0, 0);
    Object.assign(element.style, {
      left: `${place.left}px`,
      top: `${place.top}px`,
      width: `${place.width}px`,
      height: `${place.height}px`,
      transform: `scale(${place.isLeftward ? -1 : 1}, ${place.isUpward ? -1 : 1})`,
    });
  }
}
