import { Component, type ReactNode } from "react";

/** If the image cannot be drawn, the numbers continue. */
export class ImageFault extends Component<
  { readonly children: ReactNode },
  { readonly fault: string | null }
> {
  override state = { fault: null };

  static getDerivedStateFromError(error: unknown): { fault: string } {
    return { fault: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.fault === null) return this.props.children;
    return (
      <p role="alert" className="image-fault">
        This browser cannot draw the image: {this.state.fault}. The live view needs WebGL 2: switch on
        hardware acceleration, or use another browser.
      </p>
    );
  }
}
