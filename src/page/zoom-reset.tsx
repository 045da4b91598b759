import { ResetZoomButton } from "@h5web/lib";
import { useThree } from "@react-three/fiber";
import { type MutableRefObject, useEffect } from "react";

interface ZoomResetProps {
  readonly reset: MutableRefObject<() => void>;
}

/**
 * H5Web's button that shows the whole image again, and the same for a key.
 *
 * H5Web 17 zooms by the camera's scale, which three supports only up to version 0.182.
 *
 * @see https://github.com/silx-kit/h5web/pull/2032
 */
export function ZoomReset({ reset }: ZoomResetProps) {
  const camera = useThree((three) => three.camera);
  const invalidate = useThree((three) => three.invalidate);
  useEffect(() => {
    reset.current = () => {
      camera.scale.set(1, 1, 1);
      camera.position.setX(0).setY(0);
      camera.updateMatrixWorld();
      invalidate();
    };
  }, [reset, camera, invalidate]);
  return <ResetZoomButton />;
}
