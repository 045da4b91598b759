import { DataTexture, DoubleSide, RGBAFormat, ShaderMaterial, UnsignedByteType, Vector2 } from "three";

const VERTEX_SHADER = `
  varying vec2 place;
  void main() {
    place = uv;
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  }
`;

const FRAGMENT_SHADER = `
  uniform sampler2D picture;
  uniform vec2 from;
  uniform vec2 to;
  varying vec2 place;
  void main() {
    if (any(lessThan(place, from)) || any(greaterThan(place, to))) discard;
    gl_FragColor = texture2D(picture, (place - from) / (to - from));
    if (gl_FragColor.a < 0.5) discard;
  }
`;

/** A picture of a part of the image. */
export interface Picture {
  /** Red, green, blue, alpha per cell, row by row, transparent where there is nothing. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  /** Where the part begins and ends, as shares of the image's width and height. */
  readonly from: readonly [across: number, down: number];
  readonly to: readonly [across: number, down: number];
}

/**
 * Shows a picture that was painted at the screen's size.
 *
 * H5Web's `HeatmapMesh` colours all pixels of the image on the graphics card, which machines without one compute for longer than
 * everything else of an image; and it makes new textures and compiles its shader again for each image.
 */
export class PictureMaterial extends ShaderMaterial {
  #texture = new DataTexture();

  constructor() {
    super({
      vertexShader: VERTEX_SHADER,
      fragmentShader: FRAGMENT_SHADER,
      side: DoubleSide,
      uniforms: { picture: { value: null }, from: { value: new Vector2() }, to: { value: new Vector2() } },
    });
  }

  /** Borrows the picture until the next. */
  setPicture({ rgba, width, height, from, to }: Picture): void {
    const { image } = this.#texture;
    if (image.width !== width || image.height !== height) {
      this.#texture.dispose(); // a texture keeps its size
      this.#texture = new DataTexture(null, width, height, RGBAFormat, UnsignedByteType);
    }
    this.#texture.image.data = rgba;
    this.#texture.needsUpdate = true;
    this.#set("picture", this.#texture);
    this.#set("from", new Vector2(...from));
    this.#set("to", new Vector2(...to));
  }

  override dispose(): void {
    super.dispose();
    this.#texture.dispose();
  }

  #set(uniform: string, value: DataTexture | Vector2): void {
    const { [uniform]: held } = this.uniforms;
    if (held !== undefined) held.value = value;
  }
}
