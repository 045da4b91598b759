import {
  DataTexture,
  DoubleSide,
  FloatType,
  RedFormat,
  RGBAFormat,
  ShaderMaterial,
  UnsignedByteType,
  Vector3,
} from "three";
import type { ViewImage } from "../viewer/protocol.ts";
import { PIXEL_STATUS } from "../viewer/protocol.ts";
import { type Painting, TABLE_COLOURS } from "./display/colours.ts";
import { SCALES, scaleOf } from "./display/scales.ts";
import type { Pixels } from "./display/value-range.ts";

const VERTEX_SHADER = `
  varying vec2 coordinates;
  void main() {
    coordinates = uv;
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  }
`;

/** How many pixels of the image one of the screen looks at, in rows and in columns. */
const MOST_PIXELS = 4;

/**
 * What `paintImage` does, on the graphics card. Where a pixel of the screen covers several of the image, it shows the
 * brightest good one: a spot one pixel wide must not come and go with the size of the window.
 */
const FRAGMENT_SHADER = `
  uniform sampler2D data;
  uniform sampler2D status;
  uniform sampler2D table;
  uniform int scale;
  uniform float lowest;
  uniform float oneOverRange;
  uniform vec3 badColour;
  varying vec2 coordinates;

  const float ONE_OVER_LOG_10 = 0.43429448190325176;

  bool holds(float value) {
    if (scale == ${SCALES.indexOf("log")}) return value > 0.0;
    if (scale == ${SCALES.indexOf("sqrt")}) return value >= 0.0;
    return true;
  }

  float apply(float value) {
    if (scale == ${SCALES.indexOf("log")}) return log(value) * ONE_OVER_LOG_10;
    if (scale == ${SCALES.indexOf("symlog")}) return sign(value) * log(1.0 + abs(value)) * ONE_OVER_LOG_10;
    if (scale == ${SCALES.indexOf("sqrt")}) return sqrt(value);
    return value;
  }

  int reasonAt(ivec2 pixel) {
    return int(texelFetch(status, pixel, 0).r * 255.0 + 0.5);
  }

  void main() {
    ivec2 size = textureSize(data, 0);
    vec2 place = coordinates * vec2(size);
    ivec2 pixel = clamp(ivec2(floor(place)), ivec2(0), size - 1);
    int reason = reasonAt(pixel);
    float value = texelFetch(data, pixel, 0).r;
    if (reason == ${PIXEL_STATUS.gap}) discard;
    if (reason != ${PIXEL_STATUS.good} || isnan(value)) {
      gl_FragColor = vec4(badColour, 1.0);
      return;
    }

    ivec2 covered = clamp(ivec2(ceil(fwidth(place) - 0.01)), 1, ${MOST_PIXELS});
    ivec2 first = ivec2(floor(place - 0.5 * vec2(covered - 1)));
    for (int y = 0; y < covered.y; y++) {
      for (int x = 0; x < covered.x; x++) {
        ivec2 other = clamp(first + ivec2(x, y), ivec2(0), size - 1);
        // NaN is not greater than anything.
        if (reasonAt(other) == ${PIXEL_STATUS.good}) {
          float otherValue = texelFetch(data, other, 0).r;
          if (otherValue > value) value = otherValue;
        }
      }
    }
    float share = holds(value) ? clamp((apply(value) - lowest) * oneOverRange, 0.0, 1.0) : 0.0;
    gl_FragColor = texture2D(table, vec2(share, 0.5));
  }
`;

interface ImageTextures {
  readonly shape: readonly [rows: number, columns: number];
  readonly data: DataTexture;
  readonly status: DataTexture;
  /** For words and sums: the card takes 32-bit floats. */
  readonly floats: Float32Array<ArrayBuffer>;
}

/**
 * A heat map whose pixels change all the time.
 *
 * H5Web's `HeatmapMesh` makes new textures and compiles its shader again for each image, and leaves the old textures to
 * the garbage collector. This one writes into the textures that it has, and tells bad pixels by their status.
 */
export class HeatmapMaterial extends ShaderMaterial {
  #textures: ImageTextures | undefined;
  readonly #table = new DataTexture(new Uint8Array(4 * TABLE_COLOURS), TABLE_COLOURS, 1, RGBAFormat);

  constructor() {
    super({
      vertexShader: VERTEX_SHADER,
      fragmentShader: FRAGMENT_SHADER,
      side: DoubleSide,
      uniforms: {
        data: { value: null },
        status: { value: null },
        table: { value: null },
        scale: { value: 0 },
        lowest: { value: 0 },
        oneOverRange: { value: 1 },
        badColour: { value: new Vector3() },
      },
    });
    this.#set("table", this.#table);
  }

  /** Borrows the image until the next. */
  setImage({ header, data, status }: Pixels & Pick<ViewImage, "header">): void {
    const textures = this.#texturesFor(header.shape);
    if (data instanceof Float32Array) textures.data.image.data = data;
    else {
      textures.floats.set(data);
      textures.data.image.data = textures.floats;
    }
    textures.status.image.data = status;
    textures.data.needsUpdate = true;
    textures.status.needsUpdate = true;
  }

  setPainting({ table, scale, domain, badColour }: Painting): void {
    const { apply } = scaleOf(scale);
    if (this.#table.image.data !== table) {
      this.#table.image.data = table;
      this.#table.needsUpdate = true;
    }
    this.#set("scale", SCALES.indexOf(scale));
    this.#set("lowest", apply(domain[0]));
    this.#set("oneOverRange", 1 / (apply(domain[1]) - apply(domain[0])));
    this.#set("badColour", new Vector3(...badColour.map((channel) => channel / 255)));
  }

  override dispose(): void {
    super.dispose();
    this.#table.dispose();
    this.#disposeTextures();
  }

  #texturesFor(shape: ImageTextures["shape"]): ImageTextures {
    const [rows, columns] = shape;
    const old = this.#textures;
    if (old !== undefined && old.shape[0] === rows && old.shape[1] === columns) return old;
    this.#disposeTextures();
    const textures: ImageTextures = {
      shape,
      data: new DataTexture(null, columns, rows, RedFormat, FloatType),
      status: new DataTexture(null, columns, rows, RedFormat, UnsignedByteType),
      floats: new Float32Array(rows * columns),
    };
    this.#textures = textures;
    this.#set("data", textures.data);
    this.#set("status", textures.status);
    return textures;
  }

  #disposeTextures(): void {
    this.#textures?.data.dispose();
    this.#textures?.status.dispose();
  }

  #set(uniform: string, value: DataTexture | Vector3 | number): void {
    const { [uniform]: held } = this.uniforms;
    if (held !== undefined) held.value = value;
  }
}
