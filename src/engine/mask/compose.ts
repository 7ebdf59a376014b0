import { composite, type Scene } from './compositor.ts';
import { createWebglCompositor } from './webgl-compositor.ts';

/** Changes the picture at the top left of a canvas into what the scene's effects make of it. */
type Compose = (context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D, scene: Scene) => void;

interface Composer {
  compose: Compose;
  onGpu: boolean;
}

let composer: Composer | null = null;

/**
 * The compositor's twin that is fast here: on the GPU, or where that is none or has been lost, on the CPU. One a thread:
 * browsers take WebGL away from whoever had it first when many ask for it.
 */
export function composerHere(): Composer {
  composer ??= createComposer();
  return composer;
}

function createComposer(): Composer {
  const gpu = createWebglCompositor();
  return {
    onGpu: gpu !== null,
    compose(context, scene) {
      const made = gpu?.composite(context.canvas, scene);
      if (made) {
        context.drawImage(made, 0, 0);
        return;
      }
      const { width, height } = scene.map;
      const image = context.getImageData(0, 0, width, height);
      composite(image.data, scene);
      context.putImageData(image, 0, 0);
    },
  };
}
