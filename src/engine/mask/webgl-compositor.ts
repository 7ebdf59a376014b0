/** compositor.ts in WebGL 2, pass by pass. */
import { COARSE, DIMMED, KERNEL, LEAST, LUMA, NIGHT, prepared, rgbOf, type Scene } from './compositor.ts';
import { BACKGROUNDS } from './effects.ts';

export interface WebglCompositor {
  /**
   * What the scene's effects make of the picture at the top left of a canvas, on a canvas that is drawn over next time;
   * null once the browser has taken the GPU away.
   */
  composite(picture: TexImageSource, scene: Scene): OffscreenCanvas | null;
}

const HEAD = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;`;

const EVERYWHERE = `#version 300 es
void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
  gl_Position = vec4(4.0 * corner - 1.0, 0.0, 1.0);
}`;

const BLOCKS = `${HEAD}
uniform sampler2D picture;
uniform sampler2D shown;
uniform ivec2 size;
uniform int block;
uniform float least;
out vec4 sum;
void main() {
  ivec2 from = ivec2(gl_FragCoord.xy) * block;
  ivec2 to = min(from + block, size);
  sum = vec4(0.0);
  int stride = block >= ${COARSE} ? 2 : 1;
  for (int y = from.y; y < to.y; y += stride) {
    for (int x = from.x; x < to.x; x += stride) {
      float weight = 1.0 - texelFetch(shown, ivec2(x, y), 0).r * (1.0 - least);
      sum += weight * vec4(texelFetch(picture, ivec2(x, y), 0).rgb, 1.0);
    }
  }
}`;

const BLUR = `${HEAD}
uniform sampler2D sums;
uniform ivec2 size;
uniform ivec2 along;
uniform float kernel[${KERNEL.length}];
out vec4 sum;
void main() {
  ivec2 own = ivec2(gl_FragCoord.xy);
  sum = vec4(0.0);
  for (int tap = 0; tap < ${KERNEL.length}; tap++) {
    ivec2 at = own + (tap - ${(KERNEL.length - 1) / 2}) * along;
    if (all(greaterThanEqual(at, ivec2(0))) && all(lessThan(at, size))) sum += kernel[tap] * texelFetch(sums, at, 0);
  }
}`;

const COMPOSE = `${HEAD}
uniform sampler2D picture;
uniform sampler2D shown;
uniform sampler2D pixelated;
uniform sampler2D blurred;
uniform sampler2D around;
uniform sampler2D within;
uniform sampler2D tiles;
uniform ivec2 size;
uniform ivec2 blocks;
uniform int block;
uniform int mosaic;
uniform int background;
uniform vec3 colour;
uniform vec3 night;
uniform bool pixelates;
uniform bool blurs;
out vec4 made;
vec3 mean(sampler2D sums, ivec2 at) {
  vec4 sum = texelFetch(sums, at, 0);
  return sum.rgb / sum.a;
}
vec3 between(sampler2D sums, ivec2 pixel) {
  vec2 at = clamp((vec2(pixel) + 0.5) / float(block) - 0.5, vec2(0.0), vec2(blocks - 1));
  ivec2 low = ivec2(floor(at));
  ivec2 high = min(low + 1, blocks - 1);
  vec2 part = at - floor(at);
  vec3 above = mix(mean(sums, low), mean(sums, ivec2(high.x, low.y)), part.x);
  vec3 below = mix(mean(sums, ivec2(low.x, high.y)), mean(sums, high), part.x);
  return mix(above, below, part.y);
}
void main() {
  ivec2 pixel = ivec2(int(gl_FragCoord.x), size.y - 1 - int(gl_FragCoord.y));
  vec3 own = texelFetch(picture, pixel, 0).rgb;
  if (pixelates) own = mix(own, mean(tiles, pixel / mosaic), texelFetch(pixelated, pixel, 0).r);
  if (blurs) own = mix(own, between(within, pixel), texelFetch(blurred, pixel, 0).r);
  vec3 behind = own;
  if (background == ${BACKGROUNDS.indexOf('dim')}) behind = mix(own, night, ${DIMMED});
  else if (background == ${BACKGROUNDS.indexOf('blur')}) behind = between(around, pixel);
  else if (background == ${BACKGROUNDS.indexOf('grey')}) behind = vec3(dot(own, vec3(${LUMA.join(', ')})));
  else if (background == ${BACKGROUNDS.indexOf('colour')}) behind = colour;
  made = vec4(mix(behind, own, texelFetch(shown, pixel, 0).r), 1.0);
}`;

/** Places of the textures among the units. */
const UNITS = {
  picture: 0,
  shown: 1,
  pixelated: 2,
  blurred: 3,
  around: 4,
  within: 5,
  tiles: 6,
  sums: 7,
} as const;

/**
 * Null where the browser has no WebGL 2 that can draw floats, or only one that renders in software, which is slower than
 * the CPU's own way; `software`: that will do.
 */
export function createWebglCompositor({ software = false } = {}): WebglCompositor | null {
  const canvas = new OffscreenCanvas(1, 1);
  const gl = canvas.getContext('webgl2', {
    alpha: false,
    antialias: false,
    depth: false,
    failIfMajorPerformanceCaveat: !software,
  });
  if (!gl?.getExtension('EXT_color_buffer_float')) return null;
  const programs = {
    blocks: programOf(gl, BLOCKS),
    blur: programOf(gl, BLUR),
    compose: programOf(gl, COMPOSE),
  };
  const textures = {
    picture: textureOf(gl),
    shown: textureOf(gl),
    pixelated: textureOf(gl),
    blurred: textureOf(gl),
  };
  const [around, within, tiles, spare] = [textureOf(gl), textureOf(gl), textureOf(gl), textureOf(gl)];
  const framebuffer = gl.createFramebuffer();

  const bind = (unit: number, texture: WebGLTexture) => {
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, texture);
  };
  const draw = (width: number, height: number) => {
    gl.viewport(0, 0, width, height);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  };
  const target = (texture: WebGLTexture, columns: number, rows: number) => {
    bind(UNITS.sums, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, columns, rows, 0, gl.RGBA, gl.FLOAT, null);
    bind(UNITS.sums, spare);
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  };

  return {
    composite(source, scene) {
      if (gl.isContextLost()) return null;
      const made = prepared(scene);
      const { width, height, block, mosaic } = made;
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      bind(UNITS.picture, textures.picture);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, source);
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
      for (const name of ['shown', 'pixelated', 'blurred'] as const) {
        const plane = made[name];
        bind(UNITS[name], textures[name]);
        if (plane) gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, width, height, 0, gl.RED, gl.UNSIGNED_BYTE, plane);
      }

      /** Sums over blocks into a texture. */
      const sum = (to: WebGLTexture, side: number, least: number) => {
        const { activate, at } = programs.blocks;
        const [columns, rows] = [Math.ceil(width / side), Math.ceil(height / side)];
        target(to, columns, rows);
        activate();
        gl.uniform1i(at('picture'), UNITS.picture);
        gl.uniform1i(at('shown'), UNITS.shown);
        gl.uniform2i(at('size'), width, height);
        gl.uniform1i(at('block'), side);
        gl.uniform1f(at('least'), least);
        draw(columns, rows);
        return { columns, rows };
      };
      /** A texture's sums blurred, in place. */
      const blur = (sums: WebGLTexture, columns: number, rows: number) => {
        const { activate, at } = programs.blur;
        const passes = [
          { from: sums, to: spare, along: [1, 0] },
          { from: spare, to: sums, along: [0, 1] },
        ] as const;
        for (const { from, to, along } of passes) {
          target(to, columns, rows);
          bind(UNITS.sums, from);
          activate();
          gl.uniform1i(at('sums'), UNITS.sums);
          gl.uniform2i(at('size'), columns, rows);
          gl.uniform2i(at('along'), along[0], along[1]);
          gl.uniform1fv(at('kernel'), KERNEL);
          draw(columns, rows);
        }
      };
      for (const [wanted, texture, least] of [
        [scene.background === 'blur', around, LEAST],
        [made.blurred, within, 1],
      ] as const) {
        if (!wanted) continue;
        const { columns, rows } = sum(texture, block, least);
        blur(texture, columns, rows);
      }
      if (made.pixelated) sum(tiles, mosaic, 1);

      gl.bindFramebuffer(gl.FRAMEBUFFER, null);
      const { activate, at } = programs.compose;
      activate();
      bind(UNITS.around, around);
      bind(UNITS.within, within);
      bind(UNITS.tiles, tiles);
      for (const [name, unit] of Object.entries(UNITS)) if (name !== 'sums') gl.uniform1i(at(name), unit);
      gl.uniform2i(at('size'), width, height);
      gl.uniform2i(at('blocks'), Math.ceil(width / block), Math.ceil(height / block));
      gl.uniform1i(at('block'), block);
      gl.uniform1i(at('mosaic'), mosaic);
      gl.uniform1i(at('background'), BACKGROUNDS.indexOf(scene.background));
      for (const [name, value] of [
        ['colour', scene.colour],
        ['night', NIGHT],
      ] as const) {
        const [red, green, blue] = rgbOf(value);
        gl.uniform3f(at(name), red / 255, green / 255, blue / 255);
      }
      gl.uniform1i(at('pixelates'), Number(made.pixelated !== null));
      gl.uniform1i(at('blurs'), Number(made.blurred !== null));
      draw(width, height);
      return canvas;
    },
  };
}

function textureOf(gl: WebGL2RenderingContext): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  for (const edge of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
    gl.texParameteri(gl.TEXTURE_2D, edge, gl.CLAMP_TO_EDGE);
  for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
    gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, 1, 1, 0, gl.RGBA, gl.FLOAT, null);
  return texture;
}

function programOf(gl: WebGL2RenderingContext, source: string) {
  const program = gl.createProgram();
  for (const [kind, code] of [
    [gl.VERTEX_SHADER, EVERYWHERE],
    [gl.FRAGMENT_SHADER, source],
  ] as const) {
    const shader = gl.createShader(kind)!;
    gl.shaderSource(shader, code);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error(`The compositor’s shader does not link: ${gl.getProgramInfoLog(program)}`);
  const places = new Map<string, WebGLUniformLocation | null>();
  const at = (name: string) => {
    if (!places.has(name)) places.set(name, gl.getUniformLocation(program, name));
    return places.get(name)!;
  };
  return { activate: () => gl.useProgram(program), at };
}
